"""What the drawer's box asks next: why, in which words, by whose right. Plain Python; knows no widget."""

from __future__ import annotations

from enum import StrEnum

from pos.domain.drawer import A_PERSON_S, DrawerReason
from pos.i18n import Translator
from pos.till.commands import CounterTill
from pos.till.views import Message
from pos.ui.words import say_message

NEEDS_MANAGER = "drawer.needs_manager"
REASON_KEYS = {str(number): reason for number, reason in enumerate(A_PERSON_S, start=1)}
"""The digit that stands for a reason."""
_WORDS = frozenset({"drawer.note_missing", "drawer.note_unusable"})


class Stage(StrEnum):
    """What the box asks for now."""

    REASON = "reason"
    WORDS = "words"  # of DrawerReason.OTHER
    PIN = "pin"  # a manager's
    WAITING = "waiting"  # the till and the printer are at it


class DrawerPresenter:
    """One opening, from the question why to the drawer's jump."""

    def __init__(self, till: CounterTill) -> None:
        self._till = till
        self._reason = DrawerReason.OTHER
        self._note = ""
        self.stage = Stage.REASON
        self._error: Message | None = None

    def choose(self, reason: DrawerReason) -> None:
        """Why; `OTHER` asks for words first."""
        if self.stage is Stage.REASON:
            self._reason, self._note, self._error = reason, "", None
            if reason is DrawerReason.OTHER:
                self.stage = Stage.WORDS
            else:
                self._open()

    def give_words(self, note: str) -> None:
        """The words that go with `OTHER`."""
        if self.stage is Stage.WORDS and note.strip():
            self._note = note
            self._open()

    def give_pin(self, pin: str) -> None:
        """A manager's PIN."""
        if self.stage is Stage.PIN and pin:
            self._open(pin)

    def _open(self, pin: str | None = None) -> None:
        self.stage, self._error = Stage.WAITING, None
        self._till.open_drawer(self._reason, self._note, manager_pin=pin)

    def failed(self, message: Message) -> None:
        """The drawer stayed shut: ask for what is missing, or say why and begin anew."""
        if message.code == NEEDS_MANAGER:
            self.stage = Stage.PIN
            return
        self._error = message
        if message.code.startswith("pin."):
            self.stage = Stage.PIN
        else:
            self.stage = Stage.WORDS if message.code in _WORDS else Stage.REASON

    def says(self, tr: Translator) -> str:
        """The sentence of the stage."""
        if self.stage is Stage.REASON:
            return tr.t("drawer.why")
        reason = self._note or tr.t(f"drawer.reason.{self._reason}")
        return tr.t(f"drawer.{self.stage}", reason=reason)

    def error(self, tr: Translator) -> str:
        """Why the last try failed; empty if it did not."""
        if self._error is None:
            return ""
        why = dict(self._error.params).get("why")
        if isinstance(why, str):
            word = f"drawer.why.{why.rpartition('.')[2]}"
            params = (("why", tr.t(word if tr.has(word) else "drawer.why.unreachable")),)
            return str(say_message(tr, Message(self._error.code, params)))
        said = say_message(tr, self._error)
        return f"{said.what} {said.do}"
