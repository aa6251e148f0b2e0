"""Decides what the panel of the copies asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pos.domain.backups import CopyReason
from pos.i18n import Translator
from pos.security.secret import Secret
from pos.setup.settings_desk import SettingsDesk
from pos.till.backups import BackupPort, BackupView, CopyMade, JournalNotice
from pos.till.review.events import Reported
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.backup import words
from pos.ui.manager.setup.backup.model import KEYS, Act, BackupModel
from pos.ui.manager.setup.panel_presenter import SHAPES, PanelPresenter
from pos.ui.signs import Shape
from pos.ui.theme import Tone

MAKE, VERIFY, SEEN, FOLDER = (f"setup/backup/{what}" for what in ("make", "verify", "seen", "folder"))


class BackupPresenter(PanelPresenter):
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
        super().__init__("backup", "setup.backup", review)
        self._backups, self._desk = backups, desk
        self._folder_key, self._who, self._now_utc = folder_key, who, now_utc
        self.view: BackupView | None = None
        self.notices: Sequence[JournalNotice] = ()
        self.at = 0
        """The copy that is chosen in the list."""

    # ------------------------------------------------------------ asking

    def closed(self) -> None:
        """Nobody waits for what is read; a copy that is being made is made."""
        super().closed()
        self._review.forget(VERIFY)
        if self.running == VERIFY:
            self.running = ""

    def waiting(self) -> int:
        """Notices that nobody has acknowledged."""
        return len(self.notices)

    def _read(self) -> tuple[BackupView, tuple[JournalNotice, ...]]:
        return self._backups.view(), tuple(self._backups.notices())

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
        if not self.running:
            backups, who = self._backups, self._who()
            self._run(MAKE, self._review.change(MAKE, lambda run: backups.make(CopyReason.BY_HAND, who, run)))

    def verify(self) -> None:
        """Read the chosen one through."""
        if not self.running and self.chosen is not None:
            backups, name = self._backups, self.chosen.name
            self._run(VERIFY, self._review.ask(VERIFY, lambda _: backups.verify(name)))

    def acknowledge(self) -> None:
        """She has read what was told."""
        if self.notices and not self.running:
            backups, who = self._backups, self._who()
            self._run(SEEN, self._review.change(SEEN, lambda _: backups.acknowledge(who)))

    def set_second_folder(self, path: str) -> None:
        """Copies go there as well from now on; an empty path: no more."""
        if not self.running:
            desk, key, who = self._desk, self._folder_key, self._who()
            self._run(FOLDER, self._review.change(FOLDER, lambda _: desk.save({key: Secret(path)}, {}, who=who)))

    # ------------------------------------------------------------ answers

    def _take_view(self, value: object) -> None:
        if isinstance(value, tuple):
            self.view, self.notices = value
            self.at = min(self.at, max(0, len(self.copies) - 1))

    def _done(self, event: Reported) -> tuple[str, dict[str, str]]:
        made = event.value
        return event.key.rpartition("/")[2], {"at": words.when(made.made_utc)} if isinstance(made, CopyMade) else {}

    # ------------------------------------------------------------ showing

    def model(self, tr: Translator) -> BackupModel:
        """The panel now."""
        says, tone = self._says(tr)
        view = self.view
        if view is None:
            title, verdict = tr.t("setup.backup.unreadable" if self._fault else "setup.reading"), Tone.NEUTRAL
        else:
            title, verdict = words.verdict(tr, view, self._now_utc())
        return BackupModel(
            title,
            verdict,
            SHAPES.get(verdict, Shape.QUESTION),
            words.lines(tr, view) if view is not None else (),
            says,
            tone,
            self._buttons(tr, self._acts(), KEYS),
            tuple(words.notice(tr, one) for one in self.notices),
            tr.t("setup.backup.list.empty") if view is not None and not view.copies else "",
        )

    def _acts(self) -> list[Act]:
        acts = []
        if not self.running and self.view is not None:
            acts.append(Act.COPY)
            if self.chosen is not None:
                acts += [Act.VERIFY, Act.RESTORE]
            acts.append(Act.FOLDER)
            if self.notices:
                acts.insert(0, Act.SEEN)
        return acts
