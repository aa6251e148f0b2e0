"""The plug is pulled at every point of a redemption.

- `test_kill.py`: a process killed at every named point of nine stories.
- `test_random_kill.py`, `kill.py`, `life.py`: the running till, killed at random moments.
- `test_kill_issuers.py`, `kill_issuers.py`, `issuer_life.py`, `clerk.py`: the same where codes are sold, bookings paid
  and e-vouchers used up; `judge_issuers.py` compares with the issuers' own books.
- `test_power_cut.py`, `power_cut.py`: every disk that a power cut may leave, from a record of each write and sync.

The long runs: `python -m tests.crash --help`.
"""
