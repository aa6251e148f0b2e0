"""The printer test's box: a page, or lines to be read one by one. Enter answers nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.till.views import DeviceView
from pos.ui.look import Look
from pos.ui.printer_test.presenter import PrinterTestPresenter, Stage
from pos.ui.signs import Sound
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

_SIGNS = {Tone.USABLE: "✓ ", Tone.REFUSED: "✗ ", Tone.UNKNOWN: "? "}
_SOUNDS = {Tone.USABLE: Sound.USABLE, Tone.REFUSED: Sound.REFUSED, Tone.UNKNOWN: Sound.UNKNOWN}


class PrinterTestSheet(Sheet):
    """Draws the presenter's stage.

    Args:
        trouble: why the printer cannot be used at this moment; empty if it can.

    Signals:
        heard(object): a `Sound` for what the printer answered.
    """

    heard = Signal(object)

    def __init__(self, look: Look, presenter: PrinterTestPresenter, trouble: str, parent: QWidget) -> None:
        tr = look.tr
        title, hint = tr.t("printer_test.title"), tr.t("printer_test.hint")
        super().__init__(
            look, title, hint, ok=tr.t("action.keep"), back=tr.t("action.close"), width=580, parent=parent
        )  # fmt: skip
        self.presenter = presenter
        self._trouble = trouble
        self._printer: DeviceView | None = None
        self._waited_s = 0
        self.says = Text(look, design_px=20, weight=700, wrap=True, parent=self.card)
        self.note = Text(look, design_px=16, wrap=True, parent=self.card)
        self.body.addWidget(self.says)
        self.body.addWidget(self.note)
        self.buttons: dict[str, KeyButton] = {}
        self._add("sample", "F6", presenter.print_sample)
        self._add("prove", "F7", presenter.print_lines)
        self._add("yes", "F6", lambda: presenter.answer(readable=True))
        self._add("no", "F7", lambda: presenter.answer(readable=False))
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._on_second)
        self._draw()

    def _add(self, name: str, key: str, act: Callable[[], None]) -> None:
        def pressed() -> None:
            act()
            self._step()

        label = self.look.tr.t(f"printer_test.{name}")
        button = KeyButton(self.look, label, key, design_px=17, height=60, parent=self.card)
        button.clicked.connect(pressed)
        self.body.addWidget(button)
        self.buttons[name] = button

    def _draw(self) -> None:
        stage, tr = self.presenter.stage, self.look.tr
        said = self.presenter.says(tr, self._trouble)
        waiting = stage in (Stage.PRINTING, Stage.KEEPING)
        text = f"{said.text} {tr.duration(self._waited_s)}" if waiting and self._waited_s else said.text
        self.says.say(_SIGNS.get(said.tone, "") + text)
        self.says.set_colour(self.look.ink(said.tone))
        self.note.say(self.presenter.note(tr, self._printer))
        for name, button in self.buttons.items():
            button.setVisible(stage is (Stage.CHOOSE if name in ("sample", "prove") else Stage.QUESTION))
        self.buttons["prove"].setEnabled(self.presenter.manager)
        self.ok_button.setVisible(stage is Stage.SUMMARY)

    def _step(self) -> None:
        """The stage may be another: draw it and put the keyboard there."""
        if self.presenter.stage in (Stage.PRINTING, Stage.KEEPING):
            self._waited_s = 0
            self._clock.start()
        else:
            self._clock.stop()
        self._draw()
        self.focus_home()

    def take(self, event: object) -> None:
        """What the printer's thread told."""
        before = self.presenter.stage
        self.presenter.take(event)  # type: ignore[arg-type]
        if self.presenter.stage is not before:
            self._step()
            self.heard.emit(_SOUNDS.get(self.presenter.says(self.look.tr).tone))

    def show_printer(self, view: DeviceView, trouble: str) -> None:
        """How the printer is by now."""
        self._printer, self._trouble = view, trouble
        self._draw()

    @Slot()
    def _on_second(self) -> None:
        self._waited_s += 1
        self._draw()

    @Slot()
    def accept(self) -> None:
        """Enter keeps what was answered, and answers nothing itself."""
        if self.presenter.stage is Stage.SUMMARY:
            self.presenter.keep()
            self._step()

    def keyed(self) -> Iterable[KeyButton]:
        """All that can be pressed now."""
        return [button for button in self.buttons.values() if button.isEnabled()]

    def focus_home(self) -> None:
        """No answer has the keyboard: nobody gives one by accident."""
        if self.presenter.stage is Stage.SUMMARY:
            self.ok_button.setFocus()
        elif self.presenter.stage is Stage.CHOOSE:
            self.buttons["sample"].setFocus()
        else:
            self.setFocus()
