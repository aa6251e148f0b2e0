"""A panel of settings as the set-up section knows it: hands in, boxes and sounds out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from pos.i18n import Translator
from pos.security.secret import Secret
from pos.settings import known
from pos.ui.look import Look, fitting
from pos.ui.manager.presented import Presented
from pos.ui.manager.setup.settings import words
from pos.ui.manager.setup.settings.history_sheet import HistorySheet
from pos.ui.manager.setup.settings.model import Act, Kind
from pos.ui.manager.setup.settings.pick_sheet import PickSheet
from pos.ui.manager.setup.settings.presenter import Ended, SettingsPresenter
from pos.ui.manager.setup.settings.screen import SettingsScreen
from pos.ui.manager.setup.settings.secret_sheet import SecretSheet
from pos.ui.page import PageScreen
from pos.ui.signs import Sound
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.sheet import Sheet
from pos.ui.words import say_message


class SettingsPanel(Presented[SettingsPresenter, SettingsScreen]):
    """A `pos.ui.manager.section.Section` over a `SettingsPresenter`."""

    def __init__(self, presenter: SettingsPresenter) -> None:
        super().__init__(presenter)
        self.name = presenter.spec.name
        self._wanted = ""
        self._approval: KeptBox[ApprovalSheet] = KeptBox(self)
        self._history: KeptBox[HistorySheet] = KeptBox(self)

    # ------------------------------------------------------------ Section

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = SettingsScreen(look)
        drawn.acted.connect(self.act)
        drawn.edited.connect(self._edited)
        drawn.wanted.connect(self._open_box)
        drawn.entered.connect(self._entered)
        drawn.chip_chosen.connect(self._chip_chosen)
        self.show()
        return drawn

    def take_event(self, event: object) -> bool:
        """Its own answers."""
        ended = self.presenter.take(event)
        if not self.presenter.mine(event):
            return False
        if self.presenter.history is not None and self._history.sheet is not None:
            self._history.sheet.show_changes(self.presenter.history)
        self.show()
        if ended is not None:
            self._tell(ended)
        return True

    def opened(self) -> None:
        """It comes into sight."""
        super().opened()
        self.show()

    def waiting(self) -> int:
        """Changes that are not saved."""
        return self.presenter.waiting()

    def _tell(self, ended: Ended) -> None:
        drawn, look = self._drawn, self._look
        if drawn is None or look is None:
            return
        if ended.failure is None:
            drawn.heard.emit(Sound.USABLE)
            if self._approval.sheet is not None:
                self._approval.sheet.dismiss()
            self.saved(ended.saved)
            return
        drawn.heard.emit(Sound.REFUSED)
        if self._approval.sheet is not None:
            self._approval.sheet.failed(str(say_message(look.tr, ended.failure)))
        elif self.presenter.first_wrong:
            drawn.go_to(self.presenter.first_wrong)

    def saved(self, keys: tuple[str, ...]) -> None:
        """These were saved; a panel may have more to do."""

    # ------------------------------------------------------------ hands

    @Slot(str)
    def act(self, name: str) -> None:
        """A button or its key."""
        drawn, presenter = self._drawn, self.presenter
        if drawn is None:
            return
        if name == Act.SAVE:
            self._save(drawn)
        elif name == Act.UNDO:
            presenter.undo()
        elif name == Act.SHIPPED:
            presenter.to_shipped()
        elif name == Act.HISTORY:
            presenter.ask_history(presenter.at)
            drawn.box_wanted.emit(self._history_box)
        self.show()

    def _save(self, drawn: SettingsScreen) -> None:
        presenter = self.presenter
        if not presenter.can_save:
            drawn.heard.emit(Sound.REFUSED)
            drawn.go_to(presenter.first_wrong)
        elif presenter.needs_approval:
            drawn.box_wanted.emit(self._approval_box)
        else:
            presenter.save()

    @Slot(str, str)
    def _edited(self, key: str, text: str) -> None:
        self.presenter.edit(key, text)
        self.show()

    @Slot(str)
    def _entered(self, key: str) -> None:
        if self.presenter.at != key:
            self.presenter.at = key
            self.show()

    @Slot(str)
    def _chip_chosen(self, name: str) -> None:
        self.presenter.choose_part(name)
        self.show()

    # ------------------------------------------------------------ boxes

    @Slot(str)
    def _open_box(self, key: str) -> None:
        drawn = self._drawn
        if drawn is None:
            return
        self._wanted = key
        kind = words.kind_of(known(key))
        if kind in (Kind.FILE, Kind.FOLDER):
            self._choose_path(drawn, folder=kind is Kind.FOLDER)
            return
        if kind is Kind.ADDRESS:
            self.look_for(key)
        boxes: dict[Kind, Callable[[Look, QWidget], Sheet]] = {
            Kind.CHOICE: self._pick_box,
            Kind.SECRET: self._secret_box,
        }
        if kind in boxes:
            drawn.box_wanted.emit(boxes[kind])

    def _choose_path(self, drawn: SettingsScreen, *, folder: bool) -> None:
        dialog = QFileDialog(drawn.window(), drawn.rows[self._wanted].model.label)
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.choose_value)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def choose_value(self, value: str) -> None:
        """A box gave the value it was opened for."""
        self._edited(self._wanted, value)

    def look_for(self, key: str) -> None:
        """A device's address is wanted: look for what is plugged in."""

    def _pick_box(self, look: Look, over: QWidget) -> Sheet:
        row = next(row for row in self.presenter.model(look.tr).rows if row.key == self._wanted)
        look = fitting(look, over.width(), over.height(), 600, 640)
        box = PickSheet(look, row.label, row.help, row.options, row.text, over)
        box.chosen.connect(self.choose_value)
        return box

    def _secret_box(self, look: Look, over: QWidget) -> Sheet:
        row = next(row for row in self.presenter.model(look.tr).rows if row.key == self._wanted)
        box = SecretSheet(look, row.label, row.help, lines=known(row.key).lines, judge=self._judge, parent=over)
        box.given.connect(self._secret_given)
        return box

    def _judge(self, tr: Translator, secret: Secret) -> tuple[str, bool]:
        """What can be told of a key without showing it, and whether it can be one."""
        return self.presenter.judge(tr, self._wanted, secret)

    @Slot(object)
    def _secret_given(self, secret: object) -> None:
        if isinstance(secret, Secret):
            self._edited(self._wanted, secret.reveal())

    def _approval_box(self, look: Look, over: QWidget) -> Sheet:
        tr = look.tr
        title, hint = tr.t("setup.approve.title"), tr.t("setup.approve.hint", count=len(self.presenter.edits))
        sheet = ApprovalSheet(look, title, hint, wants_reason=True, wants_pin=True, parent=over)
        sheet.approved.connect(self._approved)
        return self._approval.keep(sheet)

    @Slot(str, str)
    def _approved(self, reason: str, pin: str) -> None:
        self.presenter.save(reason, pin)
        self.show()

    def _history_box(self, look: Look, over: QWidget) -> Sheet:
        tr, key = look.tr, self.presenter.at
        look = fitting(look, over.width(), over.height(), 900, 640)
        title = tr.t("setup.history.of", setting=words.label_of(tr, key)) if key else tr.t("setup.history.title")
        sheet = HistorySheet(look, title, one=bool(key), parent=over)
        if self.presenter.history is not None:
            sheet.show_changes(self.presenter.history)
        return self._history.keep(sheet)

    # ------------------------------------------------------------ drawing

    def show(self) -> None:
        """Draw what the presenter knows now."""
        if self._drawn is not None and self._look is not None:
            self._drawn.show_model(self.presenter.model(self._look.tr))
            self._drawn.changed.emit()
