"""Whatever comes from outside is read or refused in words: random input into every parser of outside data.

    python -m tests.fuzz --inputs 1000000 --seed 20261129

An input is a seed (what the contracts, the vectors and the till's own files look like) that was changed by somebody who
knows its structure. Findings are: an exception that is no declared refusal, an input that takes over a second, memory
that grows. `mutate.py` makes inputs, `issuers.py`, `files.py`, `texts.py` and `devices.py` are the parsers.
"""
