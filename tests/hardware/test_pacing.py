"""A small buffer on a line without flow control never overruns, and nothing waits that need not."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.address import parse_address
from hardware.printer.driver import PrinterDriver
from hardware.printer.pacing import Slice, plan
from hardware.virtual.brain import Pace, PrinterBrain
from tests.hardware.model_printer import ModelClock
from tests.hardware.profiles import PAPER_80

LINE_115200 = 11_520.0


class SmallPrinter:
    """A receive buffer, a line that takes its time and mechanics that do too; told by the test what each byte prints.

    Args:
        rows: For each byte of the slip, how many rows of paper it moves.
        talks: It answers, a millisecond after a question has arrived.
    """

    answers = True

    def __init__(
        self,
        rows: list[float],
        *,
        buffer_bytes: int,
        dots_per_s: int,
        line_bytes_per_s: float,
        talks: bool = False,
    ) -> None:
        self.address = parse_address("serial:/dev/ttyS0?baud=115200")
        self.clock = ModelClock()
        self.lost_bytes = 0
        self.most_bytes = 0
        self.first_row_s: float | None = None
        self._rows, self._buffer_bytes, self._dots_per_s = rows, buffer_bytes, dots_per_s
        self._line_bytes_per_s = line_bytes_per_s
        self._talks = talks
        self._answer = b""
        self._at = 0
        self._free_s: list[float] = []  # when each byte of the slip has left the buffer
        self._consumed = 0

    def at(self, address: str) -> SmallPrinter:
        return self

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        answer, self._answer = self._answer, b""
        self.clock.sleep(0.001 if answer else timeout_s)
        return answer

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        asked = data[:2] == b"\x10\x04" or data == b"\x1dr\x01"
        for _ in data:
            self.clock.sleep(1 / self._line_bytes_per_s)
            if not asked:
                self._take(self.clock.now_s)
        if asked and self._talks:
            self._answer = b"\x12" if data[0] == 0x10 else b"\x00"

    def _take(self, now_s: float) -> None:
        while self._consumed < len(self._free_s) and self._free_s[self._consumed] <= now_s:
            self._consumed += 1
        held = len(self._free_s) - self._consumed + 1
        self.most_bytes = max(self.most_bytes, held)
        self.lost_bytes += held > self._buffer_bytes
        begins_s = max(now_s, self._free_s[-1] if self._free_s else 0.0)
        rows = self._rows[self._at]
        self._at += 1
        if rows and self.first_row_s is None:
            self.first_row_s = begins_s
        self._free_s.append(begins_s + rows / self._dots_per_s)


def raster(rows: int, width_bytes: int = 72) -> tuple[bytes, list[float]]:
    head = b"\x1dv0\x00" + bytes((width_bytes, 0, rows % 256, rows // 256))
    return head + b"\x55" * (width_bytes * rows), [0.0] * 8 + ([0.0] * (width_bytes - 1) + [1.0]) * rows


def text(lines: int) -> tuple[bytes, list[float]]:
    return b"mot dong chu\n" * lines, ([0.0] * 12 + [34.0]) * lines


def feed(count: int) -> tuple[bytes, list[float]]:
    return b"\x1bJ\xff" * count, [0.0, 0.0, 255.0] * count


def joined(*parts: tuple[bytes, list[float]]) -> tuple[bytes, list[float]]:
    return b"".join(data for data, _ in parts), [row for _, rows in parts for row in rows]


SLIPS = {
    "picture": raster(1200),
    "long text": text(800),
    "feeds": feed(3000),
    "mixed": joined(raster(200), text(300), raster(24), feed(900), text(200), raster(600)),
}


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("baud", [9600, 115_200])
@pytest.mark.parametrize(("buffer_bytes", "dots_per_s"), [(4096, 560), (4096, 1600), (1024, 400)])
def test_no_byte_is_lost_in_a_small_buffer(name: str, baud: int, buffer_bytes: int, dots_per_s: int) -> None:
    data, rows = SLIPS[name]
    printer = SmallPrinter(rows, buffer_bytes=buffer_bytes, dots_per_s=dots_per_s, line_bytes_per_s=baud / 10)

    for piece in plan(data, line_bytes_per_s=baud / 10, buffer_bytes=buffer_bytes, dots_per_s=dots_per_s):
        printer.clock.now_s = max(printer.clock.now_s, 1000.0 + piece.earliest_s)
        printer.write(data[piece.start : piece.end], 0.0)

    assert printer.lost_bytes == 0


def test_without_pacing_the_same_slip_loses_bytes() -> None:
    data, rows = SLIPS["long text"]
    printer = SmallPrinter(rows, buffer_bytes=4096, dots_per_s=560, line_bytes_per_s=LINE_115200)
    printer.write(data, 0.0)

    assert printer.lost_bytes > 1000


def test_the_printer_never_stands_still_for_want_of_bytes() -> None:
    data, rows = SLIPS["long text"]
    printer = SmallPrinter(rows, buffer_bytes=4096, dots_per_s=560, line_bytes_per_s=LINE_115200)
    for piece in plan(data, line_bytes_per_s=LINE_115200, buffer_bytes=4096, dots_per_s=560):
        printer.clock.now_s = max(printer.clock.now_s, 1000.0 + piece.earliest_s)
        printer.write(data[piece.start : piece.end], 0.0)

    assert printer._free_s[-1] - 1000.0 < sum(rows) / 560 + 0.01


def test_a_picture_at_full_line_speed_is_one_piece() -> None:
    data, _ = SLIPS["picture"]

    (piece,) = plan(data, line_bytes_per_s=LINE_115200, buffer_bytes=4096, dots_per_s=800)

    assert (piece.start, piece.end, piece.earliest_s) == (0, len(data), 0.0)
    assert piece.carried_s == pytest.approx(len(data) / LINE_115200)


def test_a_slip_smaller_than_the_buffer_is_never_held_back() -> None:
    data, _ = text(200)

    assert plan(data, line_bytes_per_s=LINE_115200, buffer_bytes=4096, dots_per_s=100) == [
        Slice(0, len(data), 0.0, len(data) / LINE_115200)
    ]


@pytest.mark.parametrize("talks", [True, False])
def test_the_first_line_is_on_paper_within_300_ms_at_115200_baud(talks: bool) -> None:
    data, rows = SLIPS["mixed"]
    printer = SmallPrinter(rows, buffer_bytes=4096, dots_per_s=560, line_bytes_per_s=LINE_115200, talks=talks)
    slow = dataclasses.replace(PAPER_80, buffer_bytes=4096, dots_per_s=560)
    PrinterDriver("serial:/dev/ttyS0?baud=115200", slow, transport=printer.at, clock=printer.clock).print(data)

    assert printer.first_row_s is not None
    assert printer.first_row_s - 1000.0 < 0.3
    assert printer.lost_bytes == 0


@settings(deadline=None)
@given(st.binary(max_size=3000), st.integers(64, 5000), st.integers(1, 3000))
def test_any_bytes_at_all_are_sent_whole_and_in_order(data: bytes, buffer_bytes: int, dots_per_s: int) -> None:
    pieces = plan(data, line_bytes_per_s=960.0, buffer_bytes=buffer_bytes, dots_per_s=dots_per_s)

    assert b"".join(data[piece.start : piece.end] for piece in pieces) == data
    assert all(one.earliest_s <= next_.earliest_s for one, next_ in itertools.pairwise(pieces))


def on_a_virtual_printer(data: bytes, pieces: list[Slice], pace: Pace) -> int:
    """Send the pieces to the printer of software, which measures paper in its own way; return what it lost."""
    now_s = 0.0
    brain = PrinterBrain(pace=pace, clock=lambda: now_s)

    def go_on(until_s: float) -> None:
        nonlocal now_s
        while (due_s := brain.due_mono_s) is not None and due_s <= until_s:
            now_s = max(now_s, due_s)
            brain.tick()
        now_s = max(now_s, until_s)

    for piece in pieces:
        go_on(piece.earliest_s)
        for at in range(piece.start, piece.end):
            go_on(now_s + 1 / LINE_115200)
            brain.receive(data[at : at + 1])
    return brain.overrun_bytes


@pytest.mark.parametrize("buffer_bytes", [1024, 4096])
@pytest.mark.parametrize("name", ["long text", "feeds"])
def test_a_printer_of_software_that_knows_nothing_of_the_plan_loses_nothing_by_it(name: str, buffer_bytes: int) -> None:
    data, _ = SLIPS[name]
    pace = Pace(buffer_bytes=buffer_bytes, dots_per_s=1600)
    paced = plan(data, line_bytes_per_s=LINE_115200, buffer_bytes=buffer_bytes, dots_per_s=1600)

    assert on_a_virtual_printer(data, paced, pace) == 0
    assert on_a_virtual_printer(data, [Slice(0, len(data), 0.0, 0.0)], pace) > 1000


def test_a_slip_that_was_held_up_does_not_make_up_for_it_in_a_rush() -> None:
    data, rows = SLIPS["long text"]
    printer = SmallPrinter(rows, buffer_bytes=4096, dots_per_s=560, line_bytes_per_s=LINE_115200)
    slow = dataclasses.replace(PAPER_80, buffer_bytes=4096, dots_per_s=560)
    write = printer.write

    def stalls_once(data: bytes, deadline_mono_s: float) -> None:
        if len(data) > 1000:
            printer.clock.sleep(5.0)  # the machine is busy while the first piece waits
        write(data, deadline_mono_s)

    printer.write = stalls_once  # type: ignore[method-assign]
    PrinterDriver("serial:/dev/ttyS0?baud=115200", slow, transport=printer.at, clock=printer.clock).print(data)

    assert printer.lost_bytes == 0
