"""A text that shows itself to nobody who does not ask for it by name."""

from __future__ import annotations

from dataclasses import dataclass

DOTS = "••••"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A PIN, key or token. `str`, `repr` and formatting give dots; `reveal()` is the only way to the text."""

    _text: str

    def reveal(self) -> str:
        """The text, for the one place that needs it."""
        return self._text

    def __str__(self) -> str:
        return DOTS

    def __repr__(self) -> str:
        return f"Secret({DOTS})"

    def __bool__(self) -> bool:
        return bool(self._text)
