"""While a slip prints: trouble is noticed at once, mended trouble is waited for, no stray answer is ever a proof."""

from __future__ import annotations

import dataclasses

import pytest

from hardware.printer.driver import PrinterDriver, PrintOutcome, PrintResult
from hardware.printer.profile import PrinterProfile
from hardware.printer.status import ErrorCause, PrinterStatus
from tests.hardware.model_printer import COVER_OPEN, FINE, PAPER_OUT, ModelClock, ModelPrinter, Trouble
from tests.hardware.profiles import PAPER_80

SLIP = b"\x1b@" + b"a line of the slip\n" * 40
WITH_ID = dataclasses.replace(PAPER_80, process_id=True)
WITH_ASB = dataclasses.replace(PAPER_80, asb=True)


@pytest.fixture
def clock() -> ModelClock:
    return ModelClock()


class Till:
    """A driver with a model behind it, and what it heard and when."""

    def __init__(self, printer: ModelPrinter, profile: PrinterProfile = PAPER_80, address: str = "tcp:m:1") -> None:
        self.printer = printer
        self.heard: list[tuple[PrinterStatus, float]] = []
        self.driver = PrinterDriver(
            address, profile, on_status=self._on_status, transport=printer.at, clock=printer.clock
        )

    def _on_status(self, status: PrinterStatus) -> None:
        self.heard.append((status, self.printer.clock.now_s))

    def print(self) -> PrintResult:
        return self.driver.print(SLIP)


def test_a_slip_is_confirmed_as_soon_as_it_is_printed(clock: ModelClock) -> None:
    till = Till(ModelPrinter(clock, print_s=2.5))
    began_s = clock.now_s

    assert till.print() == PrintResult(PrintOutcome.CONFIRMED, "", PrinterStatus.READY)
    assert 2.5 <= clock.now_s - began_s < 2.8


@pytest.mark.parametrize("profile", [PAPER_80, WITH_ASB, WITH_ID], ids=["asked", "automatic", "process id"])
def test_paper_that_runs_out_in_a_slip_is_told_at_once_and_waited_for(
    clock: ModelClock, profile: PrinterProfile
) -> None:
    printer = ModelPrinter(clock, trouble=Trouble(0.5, 40.5), automatic=profile.asb, knows_ids=profile.process_id)
    till = Till(printer, profile)
    began_s = clock.now_s

    assert till.print().outcome is PrintOutcome.CONFIRMED
    assert [status for status, _ in till.heard] == [PrinterStatus.PAPER_OUT, PrinterStatus.READY]
    assert till.heard[0][1] - began_s < 0.5 + 0.4
    assert till.heard[1][1] - began_s < 40.5 + 0.4
    assert len(printer.slips) == 1


def test_paper_that_nobody_puts_in_leaves_a_doubtful_slip(clock: ModelClock) -> None:
    till = Till(ModelPrinter(clock, trouble=Trouble(0.5, 500)))
    began_s = clock.now_s

    assert till.print() == PrintResult(PrintOutcome.DOUBTFUL, "printer.paper_out", PrinterStatus.PAPER_OUT)
    assert 60 <= clock.now_s - began_s < 63


def test_a_cover_that_is_opened_is_its_own_trouble(clock: ModelClock) -> None:
    till = Till(ModelPrinter(clock, trouble=Trouble(0.2, 5, COVER_OPEN)))

    assert till.print().outcome is PrintOutcome.CONFIRMED
    assert till.heard[0][0] is PrinterStatus.COVER_OPEN


def test_a_jammed_cutter_is_an_error_with_its_cause(clock: ModelClock) -> None:
    till = Till(ModelPrinter(clock, trouble=Trouble(0.2, 500, {**FINE, 1: 0x1A, 2: 0x52, 3: 0x1A})))

    assert till.print() == PrintResult(PrintOutcome.DOUBTFUL, "printer.error", PrinterStatus.ERROR, ErrorCause.CUTTER)


def test_the_end_answer_of_an_earlier_slip_is_not_taken_for_the_next(clock: ModelClock) -> None:
    """Paper out, given up, paper in: the first slip comes out, and then its answer – while the second is asked for."""
    printer = ModelPrinter(clock, trouble=Trouble(0.5, 65))
    till = Till(printer)
    assert till.print().outcome is PrintOutcome.DOUBTFUL
    clock.sleep(6)  # paper is in; the rest of the first slip prints for some tenths of a second more
    printer.trouble = Trouble(0.1, 1000)

    result = till.print()

    assert result.outcome is PrintOutcome.DOUBTFUL
    assert result.reason == "printer.paper_out"


@pytest.mark.parametrize("first_proves", [True, False])
def test_a_printer_still_busy_with_an_earlier_slip_proves_nothing_by_its_answers(
    clock: ModelClock, first_proves: bool
) -> None:
    printer = ModelPrinter(clock)
    till = Till(printer)
    if first_proves:
        assert till.print().outcome is PrintOutcome.CONFIRMED
    # Another program has left a long slip and a question; its answer comes in the middle of ours.
    printer.print_s = 30.0
    printer.write(SLIP, 0.0)
    printer.write(b"\x1dr\x01", 0.0)
    printer.print_s = 500.0

    assert till.print().outcome is not PrintOutcome.CONFIRMED


@pytest.mark.parametrize("profile", [PAPER_80, WITH_ASB], ids=["plain", "automatic"])
@pytest.mark.parametrize("answer_s", [0.19, 0.25, 0.4, 1.0, 3.0, 7.0, 20.0])
def test_a_printer_that_answers_late_is_believed_only_when_its_own_end_answer_came(
    clock: ModelClock, answer_s: float, profile: PrinterProfile
) -> None:
    till = Till(ModelPrinter(clock, answer_s=answer_s, print_s=600.0), profile)

    for _ in range(3):
        assert till.print().outcome in (PrintOutcome.SENT_UNCONFIRMED, PrintOutcome.DOUBTFUL)


def test_a_wrong_baud_rate_is_named_and_prints_no_rubbish(clock: ModelClock) -> None:
    printer = ModelPrinter(clock)
    printer.hears = lambda data: bytes((0xF8, 0x80, 0xFE))

    result = Till(printer, address="serial:/dev/ttyS0?baud=9600").print()

    assert result == PrintResult(PrintOutcome.NOT_SENT, "printer.garbled")
    assert printer.slips == []


def test_noise_when_the_line_opens_is_no_reason_not_to_print(clock: ModelClock) -> None:
    printer = ModelPrinter(clock)
    printer.say(b"\xff\xfe\x00", after_s=0.0005)

    assert Till(printer).print().outcome is PrintOutcome.CONFIRMED


def test_a_torn_automatic_status_is_not_the_end_of_a_slip(clock: ModelClock) -> None:
    printer = ModelPrinter(clock, print_s=600.0)
    till = Till(printer)
    for after_s in (0.3, 0.5, 0.7):
        printer.say(b"\x1c\x00\x00", after_s)

    assert till.print().outcome is PrintOutcome.DOUBTFUL


def test_a_torn_automatic_status_does_not_swallow_the_end_answer_that_follows(clock: ModelClock) -> None:
    printer = ModelPrinter(clock, print_s=1.0)
    printer.say(b"\x1c\x00\x00", after_s=0.5)

    assert Till(printer).print().outcome is PrintOutcome.CONFIRMED


def test_in_turn_answers_that_nobody_asked_for_spoil_the_proof(clock: ModelClock) -> None:
    printer = ModelPrinter(clock)
    printer.say(b"\x00\x00\x00", after_s=0.3)

    assert Till(printer).print() == PrintResult(PrintOutcome.DOUBTFUL, "printer.garbled", PrinterStatus.READY)


def test_an_end_answer_without_the_rehearsal_proves_nothing(clock: ModelClock) -> None:
    printer = ModelPrinter(clock, in_turn=False)
    till = Till(printer)

    assert till.print() == PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.no_end_answer", PrinterStatus.READY)


def test_a_printer_that_can_answer_and_does_not_leaves_doubt(clock: ModelClock) -> None:
    printer = ModelPrinter(clock)
    till = Till(printer)
    printer.print_s = 100.0  # stuck, and says that it is fine

    assert till.print() == PrintResult(PrintOutcome.DOUBTFUL, "printer.no_end_answer", PrinterStatus.READY)


def test_the_process_id_is_this_slips_own(clock: ModelClock) -> None:
    printer = ModelPrinter(clock, knows_ids=True)
    till = Till(printer, WITH_ID)

    assert till.print().outcome is PrintOutcome.CONFIRMED
    assert till.print().outcome is PrintOutcome.CONFIRMED
    assert len(set(printer.ids)) == 2


def test_another_slips_process_id_is_no_proof(clock: ModelClock) -> None:
    printer = ModelPrinter(clock, knows_ids=True)
    till = Till(printer, WITH_ID)
    assert till.print().outcome is PrintOutcome.CONFIRMED
    printer.knows_ids = False
    printer.say(b"\x37\x22" + printer.ids[0] + b"\x00", after_s=1.0)
    printer.say(b"\x37\x22" + printer.ids[0] + b"\x00", after_s=1.5)

    assert till.print() == PrintResult(PrintOutcome.DOUBTFUL, "printer.no_end_answer", PrinterStatus.READY)


def test_a_slip_with_its_own_id_is_on_paper_even_when_the_roll_ended_with_it(clock: ModelClock) -> None:
    printer = ModelPrinter(clock, knows_ids=True)

    def roll_ends(data: bytes) -> bytes:
        if data[:1] == b"\x37":
            printer.stands = (clock.now_s, clock.now_s + 100, PAPER_OUT)
        return data

    printer.hears = roll_ends

    assert Till(printer, WITH_ID).print() == PrintResult(PrintOutcome.CONFIRMED, "", PrinterStatus.PAPER_OUT)


def test_a_printer_that_goes_away_while_it_prints_leaves_doubt(clock: ModelClock) -> None:
    printer = ModelPrinter(clock)

    def pull_the_plug(data: bytes) -> bytes:
        printer.gone = bool(printer.slips)
        return data

    printer.hears = pull_the_plug

    assert Till(printer).print() == PrintResult(PrintOutcome.DOUBTFUL, "device.disconnected", PrinterStatus.OFFLINE)


def test_automatic_status_is_switched_on_for_the_slip_and_off_after_it(clock: ModelClock) -> None:
    printer = ModelPrinter(clock)
    Till(printer, WITH_ASB).print()

    switched = [data for data in printer.asked if data[:2] == b"\x1da"]
    assert switched == [b"\x1da\x0e", b"\x1da\x00"]


def test_a_printer_that_knows_no_questions_is_asked_none_and_not_waited_for(clock: ModelClock) -> None:
    printer = ModelPrinter(clock)
    began_s = clock.now_s
    result = Till(printer, dataclasses.replace(PAPER_80, realtime_status=False)).print()

    assert result == PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.mute")
    assert printer.asked == []
    assert clock.now_s - began_s < 0.01
