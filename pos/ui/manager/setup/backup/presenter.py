"""Decides what the panel of the copies asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pos.domain.backups import CopyReason
from pos.i18n import Translator
from pos.security.secret import Secret
from pos.setup.settings_desk import SettingsDesk
from pos.till.backups import BackupPort, BackupView, CopyMade, JournalNotice
from pos.till.review.events import Reported, ReportFailed
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.backup import words
from pos.ui.manager.setup.backup.model import KEYS, Act, BackupModel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

LOOK, MAKE, VERIFY, SEEN, FOLDER = (f"setup/backup/{what}" for what in ("look", "make", "verify", "seen", "folder"))
_SHAPES = {Tone.USABLE: Shape.CHECK, Tone.REFUSED: Shape.CROSS, Tone.UNKNOWN: Shape.WAIT}


class BackupPresenter:
    """State of the panel. GUI thread only.

    Args:
        backups: asked on the review service's threads.
        desk: changes the second folder.
        folder_key: the setting with the second folder.
        who: name of the manager who acts.
        now_utc: the till's clock.
    """

    def __init__(
        self, backups: BackupPort, review: Asking, desk: SettingsDesk, folder_key: str, who: Callable[[], str],
        now_utc: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._backups, self._review, self._desk = backups, review, desk
        self._folder_key, self._who, self._now_utc = folder_key, who, now_utc
        self._tickets = dict.fromkeys((LOOK, MAKE, VERIFY, SEEN, FOLDER), 0)
        self.view: BackupView | None = None
        self.notices: Sequence[JournalNotice] = ()
        self.at = 0
        """The copy that is chosen in the list."""
        self._running = ""
        self._said: tuple[str, Tone, dict[str, str]] | Message | None = None
        self._fault: Message | None = None

    # ------------------------------------------------------------ asking

    def opened(self) -> None:
        """Into sight: read the folder."""
        self._look()

    def closed(self) -> None:
        """Nobody waits for the list; a copy that is being made is made."""
        self._review.forget(LOOK)
        self._review.forget(VERIFY)
        if self._running == VERIFY:
            self._running = ""

    def waiting(self) -> int:
        """Notices that nobody has acknowledged."""
        return len(self.notices)

    def _look(self) -> None:
        backups = self._backups
        self._tickets[LOOK] = self._review.ask(LOOK, lambda _: (backups.view(), tuple(backups.notices())))

    @property
    def copies(self) -> tuple[CopyMade, ...]:
        """Newest first."""
        return self.view.copies if self.view is not None else ()

    @property
    def chosen(self) -> CopyMade | None:
        """The copy that buttons are about."""
        return self.copies[self.at] if 0 <= self.at < len(self.copies) else None

    def make(self) -> None:
        """Make one now."""
        if not self._running:
            backups, who = self._backups, self._who()
            self._run(MAKE, self._review.change(MAKE, lambda run: backups.make(CopyReason.BY_HAND, who, run)))

    def verify(self) -> None:
        """Read the chosen one through."""
        if not self._running and self.chosen is not None:
            backups, name = self._backups, self.chosen.name
            self._run(VERIFY, self._review.ask(VERIFY, lambda _: backups.verify(name)))

    def acknowledge(self) -> None:
        """She has read what was told."""
        if self.notices and not self._running:
            backups, who = self._backups, self._who()
            self._run(SEEN, self._review.change(SEEN, lambda _: backups.acknowledge(who)))

    def set_second_folder(self, path: str) -> None:
        """Copies go there as well from now on; an empty path: no more."""
        if not self._running:
            desk, key, who = self._desk, self._folder_key, self._who()
            self._run(FOLDER, self._review.change(FOLDER, lambda _: desk.save({key: Secret(path)}, {}, who=who)))

    def _run(self, key: str, ticket: int) -> None:
        self._running, self._said, self._tickets[key] = key, None, ticket

    # ------------------------------------------------------------ answers

    def mine(self, event: object) -> bool:
        """Whether the event is about this panel."""
        return isinstance(event, Reported | ReportFailed) and event.key in self._tickets

    def take(self, event: object) -> bool | None:
        """An answer: whether a press ended well; None if no press ended."""
        if not isinstance(event, Reported | ReportFailed) or self._tickets.get(event.key) != event.ticket:
            return None
        if event.key == LOOK:
            self._take_view(event)
            return None
        self._running = ""
        if isinstance(event, ReportFailed):
            self._said = event.message
        else:
            made = event.value
            params = {"at": words.when(made.made_utc)} if isinstance(made, CopyMade) else {}
            self._said = (f"setup.backup.done.{event.key.rpartition('/')[2]}", Tone.USABLE, params)
        self._look()
        return isinstance(event, Reported)

    def _take_view(self, event: Reported | ReportFailed) -> None:
        if isinstance(event, ReportFailed):
            self._fault = event.message
        elif isinstance(event.value, tuple):
            self._fault = None
            self.view, self.notices = event.value
            self.at = min(self.at, max(0, len(self.copies) - 1))

    # ------------------------------------------------------------ showing

    def model(self, tr: Translator) -> BackupModel:
        """The panel now."""
        says, tone = self._says(tr)
        view = self.view
        if view is None:
            title, verdict = (
                tr.t("setup.reading") if self._fault is None else tr.t("setup.backup.unreadable"),
                Tone.NEUTRAL,
            )
        else:
            title, verdict = words.verdict(tr, view, self._now_utc())
        return BackupModel(
            title,
            verdict,
            _SHAPES.get(verdict, Shape.QUESTION),
            words.lines(tr, view) if view is not None else (),
            tuple(words.notice(tr, one) for one in self.notices),
            says,
            tone,
            tr.t("setup.backup.list.empty") if view is not None and not view.copies else "",
            self._actions(tr),
        )

    def _says(self, tr: Translator) -> tuple[str, Tone]:
        if self._running:
            return tr.t(f"setup.backup.doing.{self._running.rpartition('/')[2]}"), Tone.BRAND
        if self._fault is not None:
            return str(say_message(tr, self._fault)), Tone.REFUSED
        if isinstance(self._said, Message):
            return str(say_message(tr, self._said)), Tone.REFUSED
        if self._said is not None:
            key, tone, params = self._said
            return tr.t(key, **params), tone
        return "", Tone.NEUTRAL

    def _actions(self, tr: Translator) -> tuple[BarAction, ...]:
        acts = []
        if not self._running and self.view is not None:
            acts.append(Act.COPY)
            if self.chosen is not None:
                acts += [Act.VERIFY, Act.RESTORE]
            acts.append(Act.FOLDER)
            if self.notices:
                acts.insert(0, Act.SEEN)
        first = acts[0] if acts else None
        return tuple(BarAction(act, tr.t(f"setup.backup.do.{act}"), KEYS[act], primary=act is first) for act in acts)
