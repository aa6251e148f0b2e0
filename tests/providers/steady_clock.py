"""The real monotonic clock, as the port wants it."""

from __future__ import annotations

import time


class SteadyClock:
    """Time as it is: sockets do not wait for a hand-turned one."""

    def mono_s(self) -> float:
        return time.monotonic()
