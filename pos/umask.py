"""Whose files are whose: what the till makes is its owner's only; a file that a person asks for is shared as usual.

The rights that new files lose are the whole process's, so they are kept in one place. Without `keep_private` (another
program imported this one) nothing is changed and both kinds go by the umask that is there.
"""

from __future__ import annotations

import os
from contextlib import suppress

_found: int | None = None


def keep_private() -> None:
    """From now on files without rights of their own are their owner's only. Once, at the start, before any thread."""
    global _found  # noqa: PLW0603 - the umask is the process's too
    if _found is None:
        _found = os.umask(0o077)


def share(descriptor: int) -> None:
    """Give a file just made for people to hand on the rights that the shop's own umask would have given it."""
    if _found is not None and os.name != "nt":
        with suppress(OSError):  # a stick with FAT knows no rights, and says so
            os.fchmod(descriptor, 0o666 & ~_found)
