"""What an error tells, for comparing it whole."""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.errors import PosError


def said(act: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Code and facts of the error that this raises."""
    try:
        act()
    except PosError as error:
        return error.code, dict(error.params)
    raise AssertionError("nothing was refused")
