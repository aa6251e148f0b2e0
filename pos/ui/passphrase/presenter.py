"""What the passphrase window says and does next. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pos.domain.errors import PosError, SecurityError
from pos.i18n import Translator
from pos.security.asking import TOO_WEAK, Attempt, check_strength

_TRY_AGAIN = TOO_WEAK | {"key.passphrase_wrong", "key.passphrase_differs"}


@dataclass(frozen=True, slots=True)
class PassphraseModel:
    """One picture of the window.

    Args:
        new: a passphrase is chosen, typed twice; else the one of old is asked for.
        error: why the last one was not taken.
        clear: what was typed is taken out of the fields.
    """

    new: bool
    busy: bool = False
    error: str = ""
    clear: bool = False


class PassphrasePresenter:
    """Tries passphrases until one is taken or the person leaves. GUI thread.

    Args:
        new: a passphrase is to be chosen.
        attempt: tries one; called by `work` only.
        work: runs a function on another thread and hands what it raised, or None, to the second one on this thread.
        shown: draws a model.
        ended: the window is no longer needed; with what goes wrong, or None when a passphrase was taken.
    """

    def __init__(
        self,
        tr: Translator,
        *,
        new: bool,
        attempt: Attempt,
        work: Callable[[Callable[[], None], Callable[[Exception | None], None]], None],
        shown: Callable[[PassphraseModel], None],
        ended: Callable[[Exception | None], None],
    ) -> None:
        self._tr, self._attempt, self._work = tr, attempt, work
        self._shown, self._ended = shown, ended
        self._model = PassphraseModel(new)

    def begin(self) -> None:
        """Draw the first picture."""
        self._show()

    def submit(self, phrase: str, again: str) -> None:
        """Enter, or the button.

        Args:
            phrase: as typed.
            again: as typed below it; only looked at where one is chosen.
        """
        if self._model.busy or not phrase:
            return
        try:
            if self._model.new:
                check_strength(phrase)
                if again != phrase:
                    raise SecurityError("key.passphrase_differs")
        except SecurityError as error:
            self._refuse(error, clear=False)
            return
        self._show(busy=True)
        self._work(lambda: self._attempt(phrase), self._tried)

    def leave(self) -> None:
        """Esc. Not while the key is being opened: that ends by itself within a second."""
        if not self._model.busy:
            self._ended(SecurityError("key.cancelled"))

    def _tried(self, error: Exception | None) -> None:
        if isinstance(error, PosError) and error.code in _TRY_AGAIN:
            self._refuse(error, clear=True)
        else:
            self._ended(error)

    def _refuse(self, error: PosError, *, clear: bool) -> None:
        said = self._tr.message(error.code, error.params)
        self._show(error=f"{said.what} {said.do}".strip(), clear=clear)

    def _show(self, *, busy: bool = False, error: str = "", clear: bool = False) -> None:
        self._model = replace(self._model, busy=busy, error=error, clear=clear)
        self._shown(self._model)
