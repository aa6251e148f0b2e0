"""Scrolling through a million rows: milliseconds a painted frame, beside a plain table of constant words.

What is held against 60 frames a second is the time of the window's own thread: all work of a frame, painting
included, is done there, and a busy machine does not change it. The clock on the wall stands beside it.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from pos.ui.app import application
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import ThemeName, Tone
from pos.ui.widgets.pill import Pill
from pos.ui.widgets.window_table import Column, WindowRow, WindowTable
from tests.bench.table import Row
from tests.bench.timing import in_turns, percentile

ROWS, SIZE = 1_000_000, (1880, 760)
FRAME_MS = 1000 / 60
_COLUMNS = tuple(Column(f"Cột {number}", 110, share=1, right=number == 4) for number in range(8))
_PILLS = (
    Pill("Đã dùng", Tone.USABLE, Shape.TICK),
    Pill("Ngoại tuyến, chờ gửi", Tone.OFFLINE, Shape.SHIELD),
    Pill("Bị từ chối, đã giao", Tone.REFUSED, Shape.X),
)


class Made:
    """A million rows made when they are asked for, as a window that has come holds them."""

    def total(self) -> int:
        """A million."""
        return ROWS

    def row(self, number: int) -> WindowRow:
        """One of them; every one differs."""
        words = (
            f"{number % 24:02}:{number % 60:02}",
            f"…{number:06}",
            f"••••{number % 10_000:04}",
            "Got It · Highlands",
        )
        return WindowRow(str(number), (*words, f"{number:,} ₫", _PILLS[number % 3], "Đã in", "Lan"))


class _Constant(QAbstractTableModel):
    """The least a table can do."""

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """A million."""
        return 0 if parent.isValid() else ROWS

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Eight."""
        return 0 if parent.isValid() else 8

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One word."""
        del index
        return "Got It" if role == Qt.ItemDataRole.DisplayRole else None


def _plain(look: Look, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setModel(_Constant(table))
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(look.px(48))
    table.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    table.setFont(look.font(15.5))
    return table


def frames_ms(table: QTableView, frames: int, step_px: int) -> tuple[list[float], list[float]]:
    """From the scroll bar's move to the painted picture: this thread's time, and the wall's."""
    app, bar = application(), table.verticalScrollBar()
    own, wall = [], []
    for _ in range(frames):
        began, began_own = time.perf_counter(), time.thread_time()
        bar.setValue((bar.value() + step_px) % bar.maximum())
        app.processEvents()
        own.append((time.thread_time() - began_own) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    return own, wall


def run() -> list[Row]:
    """A wheel's small steps, and jumps that paint every row anew."""
    app = application()
    look = Look.of(ThemeName.LIGHT, "vi", 1.4)
    ground = QWidget()
    ground.resize(*SIZE)
    ours = WindowTable(look, "Bảng", _COLUMNS, Made(), "…", ground)
    peer = _plain(look, ground)
    rows = []
    for name, step in (("wheel", 67), ("jump", 977_777)):
        taken: dict[str, list[float]] = {"ours": [], "peer": [], "wall": []}

        def measure(which: str, table: QTableView, *, step: int = step, taken: dict[str, list[float]] = taken) -> float:
            other = peer if table is ours else ours
            other.hide()
            table.setGeometry(0, 0, *SIZE)
            table.show()
            app.processEvents()
            own, wall = frames_ms(table, 100, step)
            taken[which] += own
            taken["wall"] += wall if table is ours else []
            return 0.0

        ground.show()
        in_turns({"ours": lambda: measure("ours", ours), "peer": lambda: measure("peer", peer)}, 4)
        mine, theirs = (percentile(taken[which], 95) for which in ("ours", "peer"))
        rows.append(
            Row(
                f"scroll 1,000,000 rows, {name}, a frame p95", f"{mine:.1f} ms", f"plain QTableView {theirs:.1f} ms",
                mine / theirs, f"≤ {FRAME_MS:.1f} ms", mine <= FRAME_MS,
                f"{SIZE[0]}×{SIZE[1]} px, offscreen; median {percentile(taken['ours'], 50):.1f} ms, "
                f"plain {percentile(taken['peer'], 50):.1f} ms; on the wall p50 {percentile(taken['wall'], 50):.1f}, "
                f"p95 {percentile(taken['wall'], 95):.1f} ms",
            )
        )  # fmt: skip
    ground.close()
    return rows
