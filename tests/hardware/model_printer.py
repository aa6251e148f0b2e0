"""A printer and a clock of plain Python: what takes minutes at a counter takes no time in a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.address import DeviceAddress, parse_address
from hardware.errors import DeviceDisconnectedError

FINE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
PAPER_OUT = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}
COVER_OPEN = {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}
ASB_FINE, ASB_PAPER_OUT = b"\x14\x00\x00\x0f", b"\x1c\x00\x0c\x0f"


class ModelClock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@dataclass
class Trouble:
    """The printer stands still from one moment to another, seconds after the slip has begun."""

    from_s: float
    until_s: float
    answers: dict[int, int] = field(default_factory=lambda: PAPER_OUT)


class ModelPrinter:
    """A transport with a printer right behind it.

    Args:
        clock: Whose time it lives in.
        answer_s: How long it takes to answer.
        print_s: How long a slip takes to print.
        in_turn: It knows ``GS r``.
        knows_ids: It knows ``GS ( H``.
        trouble: What happens during each slip.
        automatic: It sends automatic status when a trouble begins and ends.
    """

    answers = True

    def __init__(
        self,
        clock: ModelClock,
        *,
        answer_s: float = 0.001,
        print_s: float = 1.0,
        in_turn: bool = True,
        knows_ids: bool = False,
        trouble: Trouble | None = None,
        automatic: bool = False,
    ) -> None:
        self.address: DeviceAddress = parse_address("tcp:model:9100")
        self.clock = clock
        self.answer_s = answer_s
        self.print_s = print_s
        self.in_turn = in_turn
        self.knows_ids = knows_ids
        self.trouble = trouble
        self.automatic = automatic
        self.slips: list[bytes] = []
        self.asked: list[bytes] = []
        self.hears: Callable[[bytes], bytes] = lambda data: data
        self.gone = False
        self._coming: list[tuple[float, bytes]] = []
        self._busy_until_s = 0.0
        self.stands: tuple[float, float, dict[int, int]] = (0.0, 0.0, FINE)

    def at(self, address: str) -> ModelPrinter:
        """Stand in for ``make_transport``."""
        self.address = parse_address(address)
        return self

    @property
    def ids(self) -> list[bytes]:
        """The process ids it was asked for."""
        return [data[7:] for data in self.asked if data[:3] == b"\x1d(H"]

    def say(self, data: bytes, after_s: float = 0.0) -> None:
        """Send something of its own accord."""
        self._coming.append((self.clock.now_s + after_s, data))
        self._coming.sort(key=lambda item: item[0])

    def open(self) -> None:
        """Be there. What an earlier connection did not read is lost."""
        self._coming = [item for item in self._coming if item[0] > self.clock.now_s]

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        """Take a question or a slip."""
        if self.gone:
            raise DeviceDisconnectedError(self.address.text, "gone")
        now_s = self.clock.now_s
        ready_s = max(now_s, self._busy_until_s) + self.answer_s
        if data[:2] == b"\x10\x04":
            self.asked.append(data)
            self._answer(now_s + self.answer_s, bytes((self._status(now_s)[data[2]],)))
        elif data == b"\x1dr\x01":
            self.asked.append(data)
            if self.in_turn:
                self._answer(ready_s, b"\x00")
        elif data[:3] == b"\x1d(H":
            self.asked.append(data)
            if self.knows_ids:
                self._answer(ready_s, b"\x37\x22" + data[7:] + b"\x00")
        elif data[:2] == b"\x1da":
            self.asked.append(data)
        else:
            self._print(data, now_s)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """Return what has come by now, or the next that comes in time."""
        if self.gone:
            raise DeviceDisconnectedError(self.address.text, "gone")
        if not self._coming or self._coming[0][0] > self.clock.now_s + timeout_s:
            self.clock.sleep(timeout_s)
            return b""
        due_s, data = self._coming.pop(0)
        self.clock.now_s = max(self.clock.now_s, due_s)
        if data[max_bytes:]:
            self._coming.insert(0, (due_s, data[max_bytes:]))
        return data[:max_bytes]

    def close(self) -> None:
        """Let go."""

    def _print(self, data: bytes, now_s: float) -> None:
        self.slips.append(data)
        ends_s = max(now_s, self._busy_until_s) + self.print_s
        if self.trouble is not None:
            from_s, until_s = now_s + self.trouble.from_s, now_s + self.trouble.until_s
            self.stands = (from_s, until_s, self.trouble.answers)
            ends_s += until_s - from_s
            if self.automatic:
                self._answer(from_s, ASB_PAPER_OUT)
                self._answer(until_s, ASB_FINE)
        self._busy_until_s = ends_s

    def _status(self, now_s: float) -> dict[int, int]:
        from_s, until_s, answers = self.stands
        return answers if from_s <= now_s < until_s else FINE

    def _answer(self, due_s: float, data: bytes) -> None:
        if heard := self.hears(data):
            self._coming.append((due_s, heard))
            self._coming.sort(key=lambda item: item[0])
