"""The command line `quay`: the same engine as the window, for scripts, support and tests.

Exit status: 0 usable or used, 1 refused, 2 usage or set-up, 3 outcome unknown, 4 accepted offline.
"""

from pos.cli.main import main

__all__ = ["main"]
