"""The panel of the copies as the set-up section knows it; also where its table's rows come from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from pos.i18n import Translator
from pos.ui.look import Look, fitting
from pos.ui.manager.setup.backup import words
from pos.ui.manager.setup.backup.model import Act
from pos.ui.manager.setup.backup.presenter import BackupPresenter
from pos.ui.manager.setup.backup.restore_sheet import RestoreSheet
from pos.ui.manager.setup.backup.screen import BackupScreen
from pos.ui.manager.setup.panel import Panel
from pos.ui.widgets.choice import Answer, ChoiceSheet
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.window_table import WindowRow

_CHOOSE, _NONE = "choose", "none"


class BackupPanel(Panel[BackupPresenter, BackupScreen]):
    """The copies.

    Args:
        restore_command: what to type to go back to the copy of this name.
    """

    name = "backup"

    def __init__(self, presenter: BackupPresenter, restore_command: Callable[[str], str]) -> None:
        super().__init__(presenter)
        self._restore_command = restore_command

    def _make(self, look: Look) -> BackupScreen:
        drawn = BackupScreen(look, self)
        drawn.table.chosen.connect(self._chosen)
        return drawn

    def _draw(self, drawn: BackupScreen, tr: Translator, *, anew: bool) -> None:
        drawn.show_model(self.presenter.model(tr))
        if anew:
            drawn.table.refresh(anew=True, current=self.presenter.at)

    def waiting(self) -> int:
        """Notices nobody has acknowledged."""
        return self.presenter.waiting()

    # ------------------------------------------------------------ rows of the table

    def total(self) -> int:
        """How many copies."""
        return len(self.presenter.copies)

    def row(self, number: int) -> WindowRow | None:
        """One of them in words."""
        if self._look is None or number >= len(self.presenter.copies):
            return None
        return words.row(self._look.tr, self.presenter.copies[number])

    # ------------------------------------------------------------ hands

    @Slot(str)
    def act(self, name: str) -> None:
        """A button or its key."""
        drawn, presenter = self._drawn, self.presenter
        if drawn is None:
            return
        if name == Act.COPY:
            presenter.make()
        elif name == Act.VERIFY:
            presenter.verify()
        elif name == Act.SEEN:
            presenter.acknowledge()
        elif name == Act.RESTORE and presenter.chosen is not None:
            drawn.box_wanted.emit(self._restore_box)
        elif name == Act.FOLDER:
            self._ask_folder(drawn)
        self._show()

    @Slot(int)
    def _chosen(self, number: int) -> None:
        self.presenter.at = number
        self._show()

    def _restore_box(self, look: Look, over: QWidget) -> Sheet:
        copy = self.presenter.chosen
        name, made = (copy.name, words.when(copy.made_utc)) if copy is not None else ("", "")
        look = fitting(look, over.width(), over.height(), 680, 660)
        return RestoreSheet(look, made, self._restore_command(name), over)

    def _ask_folder(self, drawn: BackupScreen) -> None:
        view = self.presenter.view
        if view is not None and view.second_folder:
            drawn.box_wanted.emit(self._folder_box)
        else:
            self._choose_folder()

    def _folder_box(self, look: Look, over: QWidget) -> Sheet:
        tr = look.tr
        folder = self.presenter.view.second_folder if self.presenter.view is not None else ""
        answers = [Answer(_CHOOSE, tr.t("setup.backup.second.choose")), Answer(_NONE, tr.t("setup.backup.second.stop"))]
        box = ChoiceSheet(
            look, tr.t("setup.backup.second"), tr.t("setup.backup.second.hint", folder=folder), answers, over
        )
        box.chosen.connect(self._folder_answered)
        return box

    @Slot(str)
    def _folder_answered(self, answer: str) -> None:
        if answer == _NONE:
            self._folder_chosen("")
        else:
            self._choose_folder()

    def _choose_folder(self) -> None:
        if self._drawn is None or self._look is None:
            return
        dialog = QFileDialog(self._drawn.window(), self._look.tr.t("setup.backup.second.choose"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._folder_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _folder_chosen(self, path: str) -> None:
        self.presenter.set_second_folder(path)
        self._show()
