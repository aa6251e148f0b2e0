"""Training's switches: what is pulled, what hangs, what was printed. Its calls run off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from pos.i18n import Translator
from pos.ui.widgets.slip import picture_of

MOST_SLIPS = 12
_USABLE = (1, 2, 3, 5)


class SampleVoucher(Protocol):
    """A voucher of the sandbox: play money, so its code may be held here."""

    @property
    def code(self) -> str:
        """The whole code."""

    @property
    def state(self) -> int:
        """The issuer's state number."""

    @property
    def value_vnd(self) -> int:
        """Face value."""

    @property
    def voucher_type(self) -> str:
        """`standard`, `conditional`, `evoucher`, `booking`, `booking_voucher`."""

    @property
    def label(self) -> str:
        """What the sandbox says of it; empty for the first two kinds."""


class TrainingControls(Protocol):
    """The surroundings of a training counter. Calls may block; they are never made on the GUI thread."""

    def samples(self) -> Sequence[SampleVoucher]:
        """Vouchers to practise with."""

    def scan(self, text: str) -> None:
        """The virtual scanner reads this."""

    def set_network(self, *, up: bool) -> None:
        """Plug the cable in or pull it."""

    def set_hang(self, *, on: bool) -> None:
        """Let the issuer hang, or answer again."""

    def set_paper(self, *, present: bool) -> None:
        """Put paper in or take it out."""

    def on_paper(self, told: Callable[[object], None]) -> None:
        """Hear each finished slip, on any thread."""


def meaning_of(tr: Translator, sample: SampleVoucher) -> str:
    """What a sample voucher is for, in a few words."""
    if sample.label:
        return tr.t(f"training.{sample.voucher_type}", label=sample.label)
    if sample.state not in _USABLE:
        key = f"training.state.{sample.state}"
        return tr.t(key) if tr.has(key) else f"{sample.state}"
    key = "training.conditional" if sample.voucher_type == "conditional" else "training.usable"
    return tr.t(key, amount_vnd=sample.value_vnd)


def each_kind_first(samples: Sequence[SampleVoucher]) -> tuple[SampleVoucher, ...]:
    """One voucher of each kind on top, so that every case is in sight; the others below in their order."""
    firsts: dict[tuple[int, str], SampleVoucher] = {}
    for sample in samples:
        firsts.setdefault((1 if sample.state in _USABLE else sample.state, sample.voucher_type), sample)
    rest = [sample for sample in samples if sample not in firsts.values()]
    return (*firsts.values(), *rest)


class TrainingDesk(QObject):
    """State of the training panel; outlives the panel's widgets, which are made anew with every look.

    Signals:
        changed(): a switch moved, or moving it failed.
        printed(): a slip came out.
    """

    changed = Signal()
    printed = Signal()
    _paper = Signal(object)
    _ended = Signal(str, bool, bool)

    def __init__(
        self, controls: TrainingControls, executor: Executor | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._controls = controls
        self._own = ThreadPoolExecutor(1, thread_name_prefix="training") if executor is None else None
        self._executor: Executor = executor or self._own or ThreadPoolExecutor(1)
        self.on = {"cable": True, "hang": False, "paper": True}
        self.failed = False
        self.samples = each_kind_first(controls.samples())
        self.slips: list[QImage] = []
        self._paper.connect(self._on_paper)
        self._ended.connect(self._on_ended)
        controls.on_paper(self._paper.emit)

    def scan(self, code: str) -> None:
        """Hold a sample voucher under the scanner."""
        self._do("", True, lambda: self._controls.scan(code))

    def flip(self, name: str) -> None:
        """Move one of the switches `cable`, `hang`, `paper`."""
        wanted = not self.on[name]
        calls: dict[str, Callable[[], None]] = {
            "cable": lambda: self._controls.set_network(up=wanted),
            "hang": lambda: self._controls.set_hang(on=wanted),
            "paper": lambda: self._controls.set_paper(present=wanted),
        }
        self._do(name, wanted, calls[name])

    @Slot()
    def close(self) -> None:
        """No more calls; one that runs is let go."""
        if self._own is not None:
            self._own.shutdown(wait=False, cancel_futures=True)

    def _do(self, name: str, wanted: bool, call: Callable[[], None]) -> None:
        def ended(future: Future[None]) -> None:
            if not future.cancelled():
                self._ended.emit(name, wanted, future.exception() is None)

        self._executor.submit(call).add_done_callback(ended)

    @Slot(str, bool, bool)
    def _on_ended(self, name: str, wanted: bool, done: bool) -> None:
        self.failed = not done
        if done and name:
            self.on[name] = wanted
        self.changed.emit()

    @Slot(object)
    def _on_paper(self, paper: object) -> None:
        self.slips.insert(0, picture_of(paper))
        del self.slips[MOST_SLIPS:]
        self.printed.emit()
