"""The training panel: switches move off the GUI thread, the paper is shown, the till beside it stays whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel, QTableView

from pos.i18n import Translator
from pos.ui.training.desk import TrainingDesk, each_kind_first, meaning_of
from pos.ui.training.panel import WIDTH_PX, TrainingPanel
from pos.ui.widgets.slip import SlipPreview, picture_of
from tests.ui.hands import Hands

VI = Translator("vi")


@dataclass(frozen=True)
class Sample:
    code: str
    state: int
    value_vnd: int
    voucher_type: str = "standard"
    label: str = ""


class FakeControls:
    """Notes calls and the thread they came on; can be told to fail."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.threads: set[int] = set()
        self.broken = False
        self.paper: Callable[[object], None] = lambda _: None

    def _note(self, *call: object) -> None:
        self.threads.add(threading.get_ident())
        if self.broken:
            raise OSError("unplugged")
        self.calls.append(call)

    def samples(self) -> tuple[Sample, ...]:
        return (
            Sample("4471902835", 3, 50_000),
            Sample("9003000001", 4, 50_000),
            Sample("7719000001", 2, 100_000, "conditional"),
        )

    def scan(self, text: str) -> None:
        self._note("scan", text)

    def set_network(self, *, up: bool) -> None:
        self._note("network", up)

    def set_hang(self, *, on: bool) -> None:
        self._note("hang", on)

    def set_paper(self, *, present: bool) -> None:
        self._note("paper", present)

    def on_paper(self, told: Callable[[object], None]) -> None:
        self.paper = told


@pytest.fixture
def controls() -> FakeControls:
    return FakeControls()


@pytest.fixture
def desk(hands: Hands, controls: FakeControls) -> TrainingDesk:
    hands.sign_in()
    return TrainingPanel.beside(hands.window, controls)


def panel(hands: Hands) -> TrainingPanel:
    return hands.window.findChildren(TrainingPanel)[-1]


def test_sample_vouchers_say_what_they_are_for(controls: FakeControls) -> None:
    """A trainee chooses a case, not a number."""
    assert [meaning_of(VI, sample) for sample in controls.samples()] == [
        "dùng được 50.000\u00a0₫", "đã dùng rồi", "theo món, 100.000\u00a0₫",
    ]  # fmt: skip


def test_switches_move_off_the_gui_thread_and_show_when_they_have_moved(
    hands: Hands, desk: TrainingDesk, controls: FakeControls
) -> None:
    """Pulling the cable never freezes the window; the button offers to plug it in again."""
    panel(hands).buttons["cable"].click()
    hands.qtbot.waitUntil(lambda: not desk.on["cable"])
    assert controls.calls == [("network", False)]
    assert threading.get_ident() not in controls.threads
    assert panel(hands).buttons["cable"].accessibleName() == "Cắm lại dây mạng"
    panel(hands).buttons["cable"].click()
    hands.qtbot.waitUntil(lambda: desk.on["cable"])
    assert controls.calls[-1] == ("network", True)


def test_a_switch_that_fails_stays_where_it_was_and_says_so(
    hands: Hands, desk: TrainingDesk, controls: FakeControls
) -> None:
    """The panel never claims what did not happen."""
    controls.broken = True
    panel(hands).buttons["paper"].click()
    hands.qtbot.waitUntil(lambda: desk.failed)
    assert desk.on["paper"]
    assert panel(hands)._failed.text()


def test_a_sample_is_scanned_by_a_touch(hands: Hands, desk: TrainingDesk, controls: FakeControls) -> None:
    """The virtual scanner reads it, as a real one would."""
    panel(hands).table.opened.emit("4471902835")
    hands.qtbot.waitUntil(lambda: controls.calls == [("scan", "4471902835")])
    assert not desk.failed


def test_a_slip_appears_whole(hands: Hands, desk: TrainingDesk, controls: FakeControls) -> None:
    """What the printer printed is on the screen, newest first, whatever thread it came from."""
    paper = Image.new("1", (384, 500), 1)
    thread = threading.Thread(target=controls.paper, args=(paper,))
    thread.start()
    thread.join()
    hands.qtbot.waitUntil(lambda: len(desk.slips) == 1)
    hands.settle()
    shown = panel(hands).findChildren(SlipPreview)
    assert len(shown) == 1
    assert shown[0].height() >= shown[0].width()


def test_a_picture_of_paper_has_every_dot(controls: FakeControls) -> None:
    """Black stays black at its place."""
    paper = Image.new("1", (9, 3), 1)
    paper.putpixel((8, 2), 0)
    picture = picture_of(paper)
    assert picture.size().toTuple() == (9, 3)
    assert picture.pixelColor(8, 2).lightness() == 0
    assert picture.pixelColor(0, 0).lightness() == 255


def test_the_till_keeps_its_size_beside_the_panel_through_a_change_of_look(hands: Hands, desk: TrainingDesk) -> None:
    """The panel stands beside the counter, not on it, in every language."""
    from pos.ui.config import Choices
    from pos.ui.theme import ThemeName

    assert hands.window.width() == 1024 + WIDTH_PX
    hands.window.choose(Choices("en", ThemeName.DARK, 100, 0))
    hands.settle()
    assert hands.window.screens.counter_screen.width() == 1024
    titles = [label.text() for label in panel(hands).findChildren(QLabel)]
    assert "Training panel" in titles
    assert desk.on["cable"]


def test_every_kind_of_voucher_is_on_top_of_the_list() -> None:
    """A trainee finds the used and the expired one without scrolling past twenty usable ones."""
    samples = [Sample(f"44719028{number:02}", 3, 50_000) for number in range(20)]
    samples += [Sample("9003000001", 4, 50_000), Sample("9003000002", 8, 50_000)]
    ordered = each_kind_first(samples)
    assert [sample.state for sample in ordered[:3]] == [3, 4, 8]
    assert len(ordered) == len(samples)


def test_a_box_of_the_till_leaves_the_panel_in_reach(hands: Hands) -> None:
    """With the scanner test open a sample can still be scanned, with the printer's the paper taken out."""
    desk = TrainingDesk(FakeControls())
    hands.window.set_side(lambda look: TrainingPanel(look, desk), WIDTH_PX)
    hands.window.show()
    hands.sign_in()
    hands.press("Ctrl+,", "F10")
    sheet = hands.window.box.sheet
    panel = next(iter(hands.window.findChildren(TrainingPanel)))
    assert sheet is not None
    covered = sheet.rect().translated(sheet.mapTo(hands.window, sheet.rect().topLeft()))
    assert not covered.intersects(panel.geometry())
    desk.close()


def test_the_panel_s_words_do_not_outgrow_it_on_a_large_screen(hands: Hands) -> None:
    desk = TrainingDesk(FakeControls())
    hands.window.set_side(lambda look: TrainingPanel(look, desk), WIDTH_PX)
    hands.window.resize(1920, 1080)
    hands.settle()
    panel = next(iter(hands.window.findChildren(TrainingPanel)))
    assert hands.window.screens.look.factor > 1.0
    assert panel.minimumSizeHint().width() <= WIDTH_PX
    table = next(iter(panel.findChildren(QTableView)))
    model = table.model()
    for column in range(model.columnCount()):
        words = max(
            table.fontMetrics().horizontalAdvance(str(model.index(row, column).data() or ""))
            for row in range(model.rowCount())
        )
        assert words < table.columnWidth(column)
    desk.close()


def test_the_panel_stays_on_a_small_screen(hands: Hands) -> None:
    """Without it there is nothing to scan; the till beside it gives way."""
    desk = TrainingDesk(FakeControls())
    room = hands.window.screen().availableGeometry().width()
    hands.window.resize(room, 700)
    hands.window.set_side(lambda look: TrainingPanel(look, desk), WIDTH_PX)
    hands.settle()
    panel = next(iter(hands.window.findChildren(TrainingPanel)))
    assert panel.geometry().right() < room
    desk.close()
