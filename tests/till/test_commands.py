"""What the window asks of the till and hears back: each command does its one thing, and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pos.domain.bill import SkuLine
from pos.domain.cases import CaseKind
from pos.domain.drawer import DrawerReason
from pos.domain.errors import JournalUnavailable
from pos.domain.reasons import Reason
from pos.domain.redemption import DONE, DROPPED, UNSENT, USED_NOT_GIVEN
from pos.domain.voucher import CallRefused, Evidence, Proof
from pos.till.counter_view import verdicts_of
from pos.till.drawer import DrawerDesk
from pos.till.ports import SEEN_ON_PAPER, DrawerEnd, PrintJob, PrintState
from pos.till.service import Till, TillInfo
from pos.till.settle import Settler
from pos.till.views import (
    Banner,
    BannerKind,
    BannerRaised,
    BillChanged,
    BillView,
    CommandFailed,
    DeviceView,
    DrawerOpened,
    Environment,
    Link,
    ListsChanged,
    ListsView,
    Message,
    Phase,
    SignedIn,
    StripChanged,
    StripView,
    TillEvent,
)
from tests.till.fake_issuer import FakeIssuer, Fault
from tests.till.hand_clock import HandClock
from tests.till.record import changes
from tests.till.rig import Rig
from tests.till.test_service import TwoPeople

A, B, C = "4471902835", "880213457719", "5550000000012"


class AtOnce:
    """Workers that do each job on the spot."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    def put(self, key: str, job: Callable[[], None]) -> None:
        job()

    def forget(self, key: str) -> None:
        self.forgotten.append(key)


class Box:
    """A drawer that ends each pulse as told."""

    def __init__(self) -> None:
        self.end: tuple[DrawerEnd, str | None] = (DrawerEnd.SENT, None)
        self.pulses = 0

    def open_drawer(self) -> tuple[DrawerEnd, str | None]:
        self.pulses += 1
        return self.end


class Desk:
    """A till whose commands are done when they return; its settle thread is not started."""

    def __init__(self, rig: Rig, pause_s: float = 0, *, drawer: bool = True) -> None:
        self.rig = rig
        self.woken = 0
        self.box = Box()
        self.errands: list[Callable[[], None]] = []
        """What was handed to the printer's thread."""
        self.events: list[TillEvent] = []
        self.pause: Callable[[], bool] = lambda: False
        self.till = Till(
            rig.desk,
            self._settler,
            TwoPeople(),
            TillInfo(Environment.TRAINING, lambda day, n: f"HN-{day}-{n:03d}", lambda day: f"bill/{day}"),
            wake_printer=self._wake,
            drawer=self._drawer() if drawer else None,
            at_printer=self.errands.append,
            pause_s=pause_s,
        )
        self.workers = AtOnce()
        self.till._workers = self.workers  # type: ignore[assignment]
        self.till.subscribe(self.events.append)

    def _settler(self, on_settled: object, here: object, pause: Callable[[], bool]) -> Settler:
        self.pause = pause
        return self.rig.settler

    def _wake(self) -> None:
        self.woken += 1

    def _drawer(self) -> DrawerDesk:
        rig = self.rig
        return DrawerDesk(rig.journal, TwoPeople(), rig.clock, rig.chance, self.box, cashier_may_open=lambda: False)

    def heard(self, kind: type) -> list[TillEvent]:
        """Events of this kind since last asked; they are forgotten then."""
        found = [event for event in self.events if isinstance(event, kind)]
        self.events = [event for event in self.events if not isinstance(event, kind)]
        self.till._listeners[:] = [self.events.append]
        return found

    def banners(self) -> list[Banner]:
        return [event.banner for event in self.heard(BannerRaised) if isinstance(event, BannerRaised)]

    def failures(self) -> list[tuple[str, str]]:
        return [(e.command, e.message.code) for e in self.heard(CommandFailed) if isinstance(e, CommandFailed)]

    def view(self, key: str) -> BillView:
        """The bill's latest snapshot."""
        return [e.view for e in self.events if isinstance(e, BillChanged) and e.view.key == key][-1]

    @property
    def strip(self) -> StripView:
        """The latest."""
        return [event.view for event in self.events if isinstance(event, StripChanged)][-1]

    @property
    def lists(self) -> ListsView:
        """The latest."""
        return [event.view for event in self.events if isinstance(event, ListsChanged)][-1]

    def bill(self, *codes: str) -> str:
        """A bill with these codes, checked."""
        key = self.till.open_bill()
        self.till.set_total(key, 265_000)
        for code in codes:
            self.till.scan(key, code)
        return key


@pytest.fixture
def desk(till: Rig) -> Desk:
    return Desk(till)


@pytest.fixture
def reserving_desk(reserving_till: Rig) -> Desk:
    return Desk(reserving_till)


# ---------------------------------------------------------------- people


def test_signing_in_and_out_is_told_and_names_the_actor(desk: Desk) -> None:
    till = desk.till
    assert [person.name for person in till.people()] == ["Lan", "Hoa"]
    till.sign_in("1", "0000")
    assert desk.failures() == [("sign_in", "pin.wrong")]
    till.sign_in("1", "2580")
    (signed,) = desk.heard(SignedIn)
    assert isinstance(signed, SignedIn)
    assert signed.person is not None
    assert (signed.person.name, desk.strip.person) == ("Lan", signed.person)
    key = desk.bill(A)
    till.confirm(key)
    assert desk.rig.row(desk.view(key).number).cashier == "Lan"
    till.sign_out()
    assert desk.heard(SignedIn) == [SignedIn(None)]
    assert desk.strip.person is None


# ---------------------------------------------------------------- bills


def test_bills_are_numbered_by_the_shops_day(desk: Desk) -> None:
    """The first snapshot comes with the number; each has a key of its own."""
    first, second = desk.till.open_bill(), desk.till.open_bill()
    assert (desk.view(first).number, desk.view(second).number) == ("HN-20261121-001", "HN-20261121-002")
    assert (desk.view(first).total_vnd, desk.view(first).phase) == (0, Phase.DRAFT)


def test_a_number_that_cannot_be_written_opens_no_bill(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: str) -> int:
        raise JournalUnavailable("journal.full")

    monkeypatch.setattr(desk.rig.journal, "next_number", full)
    desk.till.open_bill()
    assert desk.failures() == [("open_bill", "journal.full")]


def test_each_command_of_a_draft_reaches_its_bill(desk: Desk, issuer: FakeIssuer) -> None:
    till, key = desk.till, desk.bill(A, B)
    till.set_bill_number(key, "OWN-1")
    till.add_sku(key, "MILK:2:12000")
    till.set_total(key, 24_000)
    view = desk.view(key)
    assert (view.number, view.skus, view.total_vnd) == ("OWN-1", (SkuLine("MILK", 2, 12_000),), 24_000)
    checks = issuer.count("check")
    till.check_again(key, view.lines[0].id)
    assert issuer.count("check") == checks + 1
    till.remove_line(key, view.lines[0].id)
    assert [line.ending for line in desk.view(key).lines] == [B[-4:]]
    till.confirm(key)
    assert desk.view(key).confirm_loss == 76_000
    till.confirm(key, loss_accepted=True)
    assert desk.view(key).phase is Phase.DONE
    till.scan("no such key", A)


def test_a_changed_bill_wakes_printer_and_lists(desk: Desk, issuer: FakeIssuer) -> None:
    """A confirm may have a slip to print and changes what stands open."""
    key = desk.bill(A)
    woken = desk.woken
    issuer.faults["mark_used"] = ["lost_before"]
    desk.till.confirm(key)
    assert desk.woken == woken + 1
    assert desk.till._wake.is_set()
    assert desk.strip.open_bills == 1
    (lists,) = desk.heard(ListsChanged)
    assert isinstance(lists, ListsChanged)
    assert lists.view.open_bills[0].phase is Phase.UNKNOWN
    desk.till.refresh()
    assert desk.heard(ListsChanged) == [], "the same lists are not told twice"


def test_offline_with_a_managers_pin(desk: Desk, issuer: FakeIssuer) -> None:
    """A wrong one is told and gives nothing; the right one gives, and the strip shows the risk."""
    issuer.cable_in = False
    key = desk.bill(A)
    desk.till.declare(key, desk.view(key).lines[0].id, 150_000)
    desk.till.accept_offline(key, manager_pin="0000")
    assert desk.failures() == [("bill", "pin.wrong")]
    desk.till.accept_offline(key)
    assert desk.view(key).phase is Phase.OFFERED
    desk.till.accept_offline(key, manager_pin="7391")
    assert desk.view(key).phase is Phase.ACCEPTED_OFFLINE
    strip = desk.strip
    assert (strip.queue_count, strip.at_risk_vnd, strip.oldest_utc) == (1, 150_000, desk.rig.clock.now_utc())
    assert (strip.unprinted, strip.environment, strip.network.word) == (1, Environment.TRAINING, "net.refused")
    assert (strip.network.link, strip.open_cases) == (Link.DOWN, 0)
    issuer.cable_in = True
    issuer.vouchers[A].worth_vnd = 150_000
    desk.rig.settle()
    desk.till.refresh()
    assert [banner.kind for banner in desk.banners()] == [BannerKind.QUEUE_EMPTY]
    assert (desk.strip.network.link, desk.strip.network.word) == (Link.OK, "online")


def test_a_manager_lets_scanning_go_on(desk: Desk, issuer: FakeIssuer) -> None:
    """Only a manager's PIN does; every open bill's message goes."""
    key = desk.till.open_bill()
    for nth in range(5):
        issuer.vouchers[f"66600000{nth:02d}"].refused = Reason.CODE_UNKNOWN
        desk.till.scan(key, f"66600000{nth:02d}")
    desk.till.scan(key, A)
    message = desk.view(key).message
    assert message is not None
    assert message.code == "guard.too_many_unknown"
    desk.till.manager_unlock("2580")
    assert desk.failures() == [("manager_unlock", "pin.wrong")]
    desk.till.scan(key, A)
    assert len(desk.view(key).lines) == 5
    desk.till.manager_unlock("7391")
    assert desk.view(key).message is None
    desk.till.scan(key, A)
    assert len(desk.view(key).lines) == 6


def test_a_draft_that_is_given_up_is_forgotten(desk: Desk, issuer: FakeIssuer) -> None:
    key = desk.bill(A)
    issuer.cable_in = False
    desk.till.confirm(key)
    number = desk.view(key).number
    assert desk.rig.row(number).state == UNSENT
    desk.till.abandon(key)
    assert desk.rig.row(number).state == DROPPED
    assert desk.workers.forgotten == [key]
    told = len(desk.events)
    desk.till.scan(key, B)
    assert len(desk.events) == told


def test_only_a_finished_bill_is_closed(desk: Desk, issuer: FakeIssuer) -> None:
    issuer.faults["mark_used"] = ["lost_before"]
    key = desk.bill(A)
    desk.till.confirm(key)
    desk.till.close_bill(key)
    assert desk.workers.forgotten == []
    done = desk.bill(B)
    desk.till.confirm(done)
    desk.till.close_bill(done)
    desk.till.close_bill("no such key")
    assert desk.workers.forgotten == [done]


# ---------------------------------------------------------------- bills that wait


def test_an_unknown_bill_is_asked_about_dropped_or_sent_by_number(
    desk: Desk, issuer: FakeIssuer, clock: HandClock
) -> None:
    """From the list: the bill comes back to the counter under the key it had."""
    issuer.faults["mark_used"] = ["lost_before"]
    key = desk.bill(A)
    desk.till.confirm(key)
    number = desk.view(key).number
    clock.pass_s(61)
    desk.till.ask_again(number)
    assert desk.view(key).phase is Phase.UNSENT
    desk.till.set_total(key, 265_000)
    desk.till.send_again(number)
    assert desk.view(key).phase is Phase.DONE
    issuer.faults["mark_used"] = ["setup"]
    other = desk.bill(B)
    desk.till.confirm(other)
    desk.till.drop(desk.view(other).number)
    assert desk.view(other).phase is Phase.CLOSED


def test_sending_again_does_not_ask_about_loss_a_second_time(desk: Desk, issuer: FakeIssuer) -> None:
    """The cashier has agreed before."""
    issuer.faults["mark_used"] = ["setup"]
    key = desk.bill(A)
    desk.till.set_total(key, 70_000)
    desk.till.confirm(key, loss_accepted=True)
    assert desk.view(key).phase is Phase.UNSENT
    desk.till.send_again(desk.view(key).number)
    assert desk.view(key).phase is Phase.DONE


def test_a_bill_of_an_earlier_run_is_brought_back(desk: Desk, issuer: FakeIssuer) -> None:
    """Twice asked for it is one bill; one that is not there is told, and may be asked for again."""
    issuer.faults["mark_used"] = ["lost_after"]
    desk.rig.sold(A, number="OLD")
    key = desk.till.resume_bill("OLD")
    assert (desk.view(key).number, desk.view(key).phase) == ("OLD", Phase.UNKNOWN)
    told = len(desk.heard(BillChanged))
    assert desk.till.resume_bill("OLD") == key
    assert (told, len(desk.heard(BillChanged))) == (1, 1)
    for _ in (1, 2):
        desk.till.resume_bill("NONE")
        assert desk.failures() == [("resume_bill", "bill.not_found")]
    desk.till.ask_again("OLD")
    assert desk.rig.row("OLD").state == DONE


def test_a_bill_set_aside_is_not_waited_for_and_its_end_is_a_banner(desk: Desk, issuer: FakeIssuer) -> None:
    """The value is not given; finishing the sale gives it, a customer who left is a case."""
    key = desk.bill(A)
    number = desk.view(key).number
    issuer.faults["mark_used"] = [lambda: desk.till.set_aside(key)]
    desk.till.confirm(key)
    assert desk.rig.row(number).state == USED_NOT_GIVEN
    assert desk.banners() == [Banner(BannerKind.RESOLVED_USED, bill_number=number, amount_vnd=100_000)]
    assert not desk.till.waits(number)
    assert desk.till.resume_bill(number) == key
    assert desk.till.waits(number)
    assert not desk.till.waits("OTHER")
    desk.till.customer_left(number)
    assert [case.kind for case in desk.rig.journal.cases()] == [CaseKind.USED_NOT_GIVEN]
    desk.till.finish_sale(number)
    assert (desk.rig.row(number).state, desk.view(key).phase) == (DONE, Phase.DONE)
    desk.till.set_aside("no such key")


def test_a_held_bill_set_aside_tells_that_it_is_held(reserving_desk: Desk, issuer: FakeIssuer) -> None:
    desk = reserving_desk
    key = desk.bill(A)
    issuer.faults["reserve"] = [lambda: desk.till.set_aside(key)]
    desk.till.confirm(key)
    assert [banner.kind for banner in desk.banners()] == [BannerKind.RESOLVED_UNUSED]


# ---------------------------------------------------------------- painted, slips


def test_a_verdict_is_shown_when_it_was_painted(desk: Desk, issuer: FakeIssuer) -> None:
    """Of this bill, not of another; after the next start the other comes up first."""
    seen = desk.rig.sold(A, number="B1").view().verdicts
    desk.rig.sold(B, number="B2")
    desk.till.painted("B1", seen)
    assert (desk.rig.row("B1").shown, desk.rig.row("B2").shown) == (True, False)
    desk.till._after_restart()
    assert desk.banners() == [Banner(BannerKind.AFTER_RESTART, bill_number="B2")]
    assert desk.strip.open_bills == 1
    links = desk.rig.journal.verify().links
    desk.till.painted("B1", seen)
    assert desk.rig.journal.verify().links == links


def test_a_reprint_is_a_copy_and_wakes_the_printer(desk: Desk) -> None:
    desk.rig.sold(A)
    desk.till.reprint("B1")
    assert [job.copy for job in desk.rig.journal.print_jobs(states=[PrintState.PENDING])] == [0, 1]
    assert (desk.woken, desk.strip.unprinted) == (1, 2)


def test_a_copy_that_is_asked_for_settles_the_doubt(desk: Desk) -> None:
    """The strip does not count the doubtful original for ever; another bill's stays."""
    journal = desk.rig.journal
    for code, number in ((A, "B1"), (B, "B2")):
        desk.rig.sold(code, number=number)
    for job in journal.print_jobs(states=[PrintState.PENDING]):
        with journal.transaction("printer") as tx:
            tx.set_print_state(job.id, PrintState.DOUBTFUL, note="printer.interrupted")
    desk.till.reprint("B1")
    states = {(job.bill_number, job.copy): job.state for job in journal.print_jobs(states=list(PrintState))}
    assert states == {
        ("B1", 0): PrintState.CANCELLED, ("B1", 1): PrintState.PENDING, ("B2", 0): PrintState.DOUBTFUL,
    }  # fmt: skip
    assert desk.strip.unprinted == 2


def test_a_person_who_has_looked_settles_the_doubt_with_her_name(desk: Desk) -> None:
    """The chain says who and when; nothing is printed for it."""
    desk.rig.sold(A)
    journal = desk.rig.journal
    (job,) = journal.print_jobs(states=[PrintState.PENDING])
    with journal.transaction("printer") as tx:
        tx.set_print_state(job.id, PrintState.DOUBTFUL, note="printer.interrupted")
    desk.till.sign_in("1", "2580")
    assert (desk.strip.unprinted, desk.strip.doubtful) == (1, 1)
    desk.till.slip_seen(job.id)
    assert (desk.strip.unprinted, desk.strip.doubtful, desk.woken) == (0, 0, 0)
    assert desk.lists.slips == ()
    assert changes(desk.rig, "slip.state")[-1] == {"state": "printed", "note": SEEN_ON_PAPER}
    links = journal._core.connections.get().execute("SELECT actor FROM audit ORDER BY seq DESC LIMIT 1").fetchall()
    assert links == [("Lan",)]


def test_the_list_of_slips_says_what_each_waits_for_and_is_worth(desk: Desk) -> None:
    """Oldest first; the waiting ones are tried when a person says so."""
    desk.rig.sold(A, number="B1")
    desk.rig.sold(B, number="B2", total_vnd=60_000)
    journal = desk.rig.journal
    first, _ = journal.print_jobs(states=[PrintState.PENDING])
    with journal.transaction("printer") as tx:
        tx.set_print_state(first.id, PrintState.PENDING, note="printer.paper_out")
    desk.till.refresh()
    assert [(row.bill_number, row.amount_vnd, row.state, row.note) for row in desk.lists.slips] == [
        ("B1", 100_000, PrintState.PENDING, "printer.paper_out"), ("B2", 60_000, PrintState.PENDING, None),
    ]  # fmt: skip
    desk.till.print_now()
    assert desk.woken == 1


def test_the_drawer_opens_on_the_printer_s_thread_and_the_screen_hears_of_it(desk: Desk) -> None:
    desk.till.sign_in("2", "7391")
    desk.till.open_drawer(DrawerReason.CHANGE)
    assert (len(desk.errands), desk.box.pulses, desk.heard(DrawerOpened)) == (1, 0, [])
    desk.errands[0]()
    assert (desk.box.pulses, desk.heard(DrawerOpened), desk.failures()) == (1, [DrawerOpened()], [])


@pytest.mark.parametrize(("end", "code"), [(DrawerEnd.SHUT, "drawer.shut"), (DrawerEnd.DOUBTFUL, "drawer.doubtful")])
def test_a_drawer_that_may_have_stayed_shut_is_told_with_the_cause(desk: Desk, end: DrawerEnd, code: str) -> None:
    desk.box.end = end, "printer.paper_out"
    desk.till.sign_in("1", "2580")
    desk.till.open_drawer(DrawerReason.CHANGE)
    assert (desk.failures(), desk.errands) == ([("open_drawer", "drawer.needs_manager")], [])
    desk.till.open_drawer(DrawerReason.CHANGE, manager_pin="7391")
    desk.errands[0]()
    (failed,) = desk.heard(CommandFailed)
    assert failed == CommandFailed("open_drawer", Message(code, (("why", "printer.paper_out"),)))


def test_another_reason_that_nobody_names_leaves_the_drawer_shut(desk: Desk) -> None:
    desk.till.open_drawer(DrawerReason.OTHER, manager_pin="7391")
    assert (desk.failures(), desk.errands) == ([("open_drawer", "drawer.note_missing")], [])


def test_an_opening_whose_end_cannot_be_written_is_told_to_whoever_asked(desk: Desk) -> None:
    desk.till.open_drawer(DrawerReason.CHANGE, manager_pin="7391")
    desk.rig.journal.close()
    desk.errands[0]()
    assert desk.failures() == [("open_drawer", "journal.closed")]


def test_a_till_without_a_printer_has_no_drawer(till: Rig) -> None:
    desk = Desk(till, drawer=False)
    desk.till.open_drawer(DrawerReason.CHANGE)
    assert desk.failures() == [("open_drawer", "drawer.none")]


def test_a_slip_that_broke_off_is_told(desk: Desk) -> None:
    """Others are not; each brings the strip up to date."""
    job = PrintJob("1", "B1", 0, PrintState.PENDING, desk.rig.clock.now_utc(), 0, None)
    desk.till.slip_ended(job, PrintState.PRINTED, None)
    assert desk.banners() == []
    assert desk.strip.print_tried_utc == desk.rig.clock.now_utc()
    desk.till.slip_ended(job, PrintState.DOUBTFUL, "printer.broke_off")
    assert desk.banners() == [Banner(BannerKind.PRINT_DOUBTFUL, bill_number="B1", amount_vnd=0)]


def test_devices_link_and_storage_are_told(desk: Desk) -> None:
    desk.till.refresh()
    assert (desk.strip.printer, desk.strip.scanner) == (DeviceView(Link.OFF, "none"), DeviceView(Link.OFF, "none"))
    assert desk.strip.network == DeviceView(Link.UNKNOWN, "not_asked", None)
    paper, wand = DeviceView(Link.WARN, "no_paper"), DeviceView(Link.OK, "ready")
    tellings: tuple[Callable[[], None], ...] = (
        lambda: desk.till.printer_changed(paper), lambda: desk.till.scanner_changed(wand),
    )  # fmt: skip
    for tell in tellings:
        desk.till._wake.clear()
        tell()
        assert desk.till._wake.is_set()
    desk.till.refresh()
    assert (desk.strip.printer, desk.strip.scanner) == (paper, wand)
    desk.till._wake.clear()
    desk.till.link_changed()
    assert desk.till._wake.is_set()
    desk.till.storage_fault(JournalUnavailable("journal.full", free=1))
    (banner,) = desk.banners()
    assert banner.kind is BannerKind.STORAGE
    assert banner.message is not None
    assert (banner.message.code, banner.message.params) == ("journal.full", (("free", 1),))


def test_a_set_up_fault_is_the_networks_word(desk: Desk, issuer: FakeIssuer) -> None:
    issuer.faults["check"] = ["setup"]
    desk.bill(A)
    desk.till.refresh()
    assert (desk.strip.network.link, desk.strip.network.word) == (Link.WARN, "gotit.pin_wrong")


# ---------------------------------------------------------------- what the settle thread found


@pytest.mark.parametrize(
    ("proof", "banner"),
    [
        (Proof.USED_BY_US, BannerKind.RESOLVED_USED),
        (Proof.NOT_USED, BannerKind.RESOLVED_UNUSED),
        (Proof.USED_ELSEWHERE, BannerKind.RESOLVED_REFUSED),
        (Proof.UNDECIDABLE, BannerKind.UNDECIDABLE),
    ],
)
@pytest.mark.parametrize("waiting", [True, False])
def test_what_an_inquiry_found_is_a_banner_unless_the_cashier_looks_at_the_bill(
    desk: Desk, issuer: FakeIssuer, clock: HandClock, proof: Proof, banner: BannerKind, waiting: bool
) -> None:
    issuer.faults["mark_used"] = ["lost_before"]
    key = desk.bill(A)
    desk.till.confirm(key)
    if not waiting:
        desk.till.set_aside(key)
    number = desk.view(key).number
    clock.pass_s(61)
    issuer.faults["inquire"] = [Evidence(proof, worth_vnd=100_000)]
    desk.rig.here = desk.till.waits
    desk.rig.settler._on_settled = desk.till._on_settled
    desk.heard(BillChanged)
    woken = desk.woken
    desk.rig.settle()
    wanted = [] if waiting else [Banner(banner, bill_number=number, amount_vnd=100_000)]
    assert desk.banners() == wanted
    assert desk.woken == woken + 1
    assert desk.heard(BillChanged) or proof is Proof.UNDECIDABLE, "the bill on the screen is brought up to date"


def test_a_loss_is_always_told(desk: Desk, issuer: FakeIssuer) -> None:
    """Value given, refused by the issuer: whoever stands at the counter hears of it; a good end is quiet."""
    for code, number in ((A, "B1"), (B, "B2")):
        bill = desk.rig.bill(number)
        bill.scan(code)
        issuer.cable_in = False
        bill.confirm()
        bill.accept_offline()
        issuer.cable_in = True
    desk.till.refresh()
    issuer.vouchers[A].used_for = "OTHER"
    desk.rig.settler._on_settled = desk.till._on_settled
    desk.rig.settle_to_rest()
    assert desk.banners() == [Banner(BannerKind.LOSS, bill_number="B1", amount_vnd=100_000)]
    desk.till.refresh()
    assert desk.banners() == [Banner(BannerKind.QUEUE_EMPTY)]
    assert desk.strip.open_cases == 1


def test_a_late_effect_is_told(desk: Desk, issuer: FakeIssuer, clock: HandClock) -> None:
    issuer.faults["mark_used"] = ["late"]
    desk.rig.sold(A)
    clock.pass_s(61)
    desk.rig.settle()
    desk.rig.resume().drop()
    issuer.commit_late()
    clock.pass_s(24 * 3600)
    desk.rig.settler._on_settled = desk.till._on_settled
    desk.rig.settle()
    assert desk.banners() == [Banner(BannerKind.LATE_EFFECT, bill_number="B1", amount_vnd=100_000)]


def test_a_given_up_voucher_that_stayed_unused_is_nothing_to_tell(
    desk: Desk, issuer: FakeIssuer, clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["lost_before"]
    desk.rig.sold(A)
    clock.pass_s(61)
    desk.rig.settle()
    desk.rig.resume().drop()
    clock.pass_s(24 * 3600)
    desk.rig.settler._on_settled = desk.till._on_settled
    desk.rig.settle()
    assert issuer.count("inquire") == 2, "it was looked at once more"
    assert desk.banners() == []


def test_a_late_effect_that_the_bill_needs_no_more_is_told_as_such(
    desk: Desk, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Not given up: its hold was lost, and another voucher paid the bill meanwhile."""
    issuer.vouchers[A].worth_vnd = issuer.vouchers[B].worth_vnd = 300_000
    issuer.set_reserving(True)
    issuer.faults["mark_used"], bill = ["late"], desk.rig.sold(A)
    bill.confirm(loss_accepted=True)
    issuer.vouchers[A].held_for = None
    desk.rig.settle_to_rest(120)
    issuer.faults["reserve"] = ["lost_before"]
    bill.confirm(loss_accepted=True)
    bill.scan(B)
    bill.confirm(loss_accepted=True)
    bill.confirm(loss_accepted=True)
    issuer.vouchers[A].used_for = "B1"
    clock.pass_s(61)
    desk.rig.settler._on_settled = desk.till._on_settled
    desk.rig.settle()
    assert [banner.kind for banner in desk.banners()] == [BannerKind.LATE_EFFECT]


# ---------------------------------------------------------------- every command, whatever it did


def unsent(desk: Desk, issuer: FakeIssuer) -> str:
    """A bill that was confirmed and provably not sent."""
    issuer.faults["mark_used"] = ["setup"]
    key = desk.bill(A)
    desk.till.confirm(key)
    return key


CHANGES: dict[str, Callable[[Till, str, BillView], None]] = {
    "remove_line": lambda till, key, view: till.remove_line(key, view.lines[0].id),
    "abandon": lambda till, key, view: till.abandon(key),
    "ask_again": lambda till, key, view: till.ask_again(view.number),
    "send_again": lambda till, key, view: till.send_again(view.number),
    "drop": lambda till, key, view: till.drop(view.number),
    "finish_sale": lambda till, key, view: till.finish_sale(view.number),
    "customer_left": lambda till, key, view: till.customer_left(view.number),
}


@pytest.mark.parametrize("command", CHANGES)
def test_what_may_change_a_bill_wakes_printer_settler_and_lists(desk: Desk, issuer: FakeIssuer, command: str) -> None:
    """A slip may wait, a next step may be due, the lists and the strip may tell something else now."""
    key = unsent(desk, issuer)
    wand = DeviceView(Link.OK, "ready")
    desk.till.scanner_changed(wand)
    desk.woken = 0
    desk.till._wake.clear()
    CHANGES[command](desk.till, key, desk.view(key))
    assert (desk.woken, desk.till._wake.is_set()) == (1, True)
    assert desk.strip.scanner == wand, "told, although the settle thread sleeps"


@pytest.mark.parametrize(
    ("command", "act"),
    [
        ("sign_out", lambda till: till.sign_out()),
        ("set_aside", lambda till: till.set_aside("no such key")),
        ("painted", lambda till: till.painted("B1", verdicts_of(till._desk.journal.redemptions_of("B1")))),
        ("reprint", lambda till: till.reprint("B1")),
    ],
)
def test_a_disk_in_trouble_is_told_with_the_command_that_met_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str, act: Callable[[Till], None]
) -> None:
    desk.rig.sold(A)

    def broken(*_: object) -> None:
        raise JournalUnavailable("journal.io")

    for name in ("transaction", "risk"):
        monkeypatch.setattr(desk.rig.journal, name, broken)
    act(desk.till)
    assert desk.failures() == [(command, "journal.io")]


def test_what_happens_while_nobody_is_signed_in_stands_under_the_tills_name(desk: Desk) -> None:
    key = desk.bill(A)
    desk.till.confirm(key)
    assert desk.rig.row(desk.view(key).number).cashier == "till"


def test_bills_brought_back_have_keys_of_their_own(desk: Desk, issuer: FakeIssuer) -> None:
    """A command goes to the bill that was meant."""
    issuer.faults["mark_used"] = ["lost_before", "lost_before"]
    for code, number in ((A, "B1"), (B, "B2")):
        desk.rig.sold(code, number=number)
    first, second = desk.till.resume_bill("B1"), desk.till.resume_bill("B2")
    assert first != second
    assert (desk.view(first).number, desk.view(second).number) == ("B1", "B2")


def test_only_a_verdict_counts_as_painted(desk: Desk, issuer: FakeIssuer) -> None:
    """The screen showed "do not hand over yet": what becomes of it is still to be shown; a second painting writes
    nothing.
    """
    issuer.faults["mark_used"] = ["lost_before"]
    waiting = desk.rig.sold(A, number="B1").view()
    desk.till.painted("B1", waiting.verdicts)
    assert not desk.rig.row("B1").shown
    seen = desk.rig.sold(B, number="B2").view().verdicts
    desk.till.painted("B2", seen)
    begun: list[str] = []
    real = desk.rig.journal.transaction
    desk.rig.journal.transaction = lambda actor: begun.append(actor) or real(actor)  # type: ignore[func-returns-value, method-assign]
    desk.till.painted("B2", seen)
    assert begun == []


def test_a_verdict_that_came_after_the_painting_is_still_to_be_shown(desk: Desk, issuer: FakeIssuer) -> None:
    """The screen said "not known yet"; before the till heard of it, the inquiry had found the use."""
    issuer.faults["mark_used"] = ["lost_after"]
    bill = desk.rig.sold(A, number="B1")
    painted = bill.view().verdicts
    desk.rig.settle_to_rest()
    assert desk.rig.row("B1").state == USED_NOT_GIVEN
    desk.till.painted("B1", painted)
    assert not desk.rig.row("B1").shown
    desk.till.painted("B1", bill.view().verdicts)
    assert desk.rig.row("B1").shown


def test_a_bill_set_aside_is_told_of_although_another_stands_at_the_counter(
    desk: Desk, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The cashier waits for the other one."""
    issuer.faults["mark_used"] = ["lost_after"]
    aside = desk.bill(A)
    desk.till.confirm(aside)
    desk.till.set_aside(aside)
    other = desk.bill(B)
    clock.pass_s(5)
    desk.rig.settler._on_settled = desk.till._on_settled
    desk.rig.settle()
    assert [banner.kind for banner in desk.banners()] == [BannerKind.RESOLVED_USED]
    assert (desk.view(aside).phase, desk.view(other).phase) == (Phase.FINISH, Phase.DRAFT)


def test_a_bill_set_aside_brings_the_strip_up_to_date(desk: Desk, issuer: FakeIssuer) -> None:
    """Her next look is at the strip, not at the bill."""
    key = desk.bill(A)
    desk.till.refresh()
    desk.heard(StripChanged)
    issuer.cable_in = False
    desk.rig.issuers.probe("gotit")
    desk.till.set_aside(key)
    assert desk.strip.network.link is Link.DOWN


def test_the_issuers_pause_stands_in_the_strip(desk: Desk, issuer: FakeIssuer, clock: HandClock) -> None:
    issuer.faults["check"] = ["throttled"]
    desk.bill(A)
    desk.till.refresh()
    assert desk.strip.throttled_until_mono_s == clock.mono_s() + 60


@pytest.mark.parametrize("pause_s", [0.0, 0.25])
def test_the_queue_pauses_between_two_calls_and_hears_of_the_end(
    till: Rig, monkeypatch: pytest.MonkeyPatch, pause_s: float
) -> None:
    """So long as is set, and not at all where nothing is."""
    slept: list[float] = []

    class Pause:
        """An event that nobody sets, waited for without waiting."""

        def wait(self, seconds: float) -> None:
            slept.append(seconds)

    desk = Desk(till, pause_s)
    monkeypatch.setattr("pos.till.service.threading.Event", Pause)
    assert desk.pause() is False
    assert slept == ([pause_s] if pause_s else [])
    desk.till._loop._stop = True
    assert desk.pause() is True


# ---------------------------------------------------------------- banners, and what may be left


@pytest.mark.parametrize(
    ("fault", "banner"),
    [
        ("setup", BannerKind.RESOLVED_UNUSED),
        ("not_sent", BannerKind.RESOLVED_UNUSED),
        (CallRefused(Reason.EXPIRED), BannerKind.RESOLVED_REFUSED),
        ("lost_before", None),
    ],
)
def test_how_a_call_ended_that_nobody_waited_for(
    desk: Desk, issuer: FakeIssuer, fault: Fault, banner: BannerKind | None
) -> None:
    """The cashier went on to the next customer; what nobody knows yet is told when it is known."""
    key = desk.bill(A)
    desk.till.set_aside(key)
    issuer.faults["mark_used"] = [fault]
    desk.till.confirm(key)
    assert [told.kind for told in desk.banners()] == ([] if banner is None else [banner])


def test_a_hold_found_by_an_inquiry_is_told(reserving_desk: Desk, issuer: FakeIssuer, clock: HandClock) -> None:
    desk = reserving_desk
    issuer.faults["reserve"] = ["lost_after"]
    key = desk.bill(A)
    desk.till.confirm(key)
    desk.till.set_aside(key)
    clock.pass_s(5)
    desk.rig.settler._on_settled = desk.till._on_settled
    desk.rig.settle()
    assert [banner.kind for banner in desk.banners()] == [BannerKind.RESOLVED_UNUSED]


def queued(desk: Desk, issuer: FakeIssuer, number: str = "Q1") -> None:
    """Taken offline without this window."""
    bill = desk.rig.bill(number)
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm()
    bill.accept_offline()
    issuer.cable_in = True
    desk.rig.settler._on_settled = desk.till._on_settled


def test_a_queue_that_is_settled_before_anybody_looked_is_told_all_the_same(desk: Desk, issuer: FakeIssuer) -> None:
    """Accepted and settled between two looks at the queue: the cashier hears that all is confirmed."""
    queued(desk, issuer)
    desk.rig.settle()
    desk.till.refresh()
    assert [banner.kind for banner in desk.banners()] == [BannerKind.QUEUE_EMPTY]


def test_no_queue_no_word_of_it(desk: Desk, issuer: FakeIssuer, clock: HandClock) -> None:
    """An inquiry about a bill at the counter settles nothing that was taken offline."""
    issuer.faults["mark_used"] = ["lost_after"]
    key = desk.bill(A)
    desk.till.confirm(key)
    clock.pass_s(5)
    desk.rig.settler._on_settled, desk.rig.here = desk.till._on_settled, desk.till.waits
    desk.rig.settle()
    desk.till.refresh()
    assert desk.banners() == []


def test_a_given_voucher_that_nobody_can_decide_about_is_always_told(
    desk: Desk, issuer: FakeIssuer, clock: HandClock
) -> None:
    queued(desk, issuer)
    issuer.faults["mark_used"] = ["lost_before"]
    desk.rig.settle()
    clock.pass_s(5)
    issuer.faults["inquire"] = [Evidence(Proof.UNDECIDABLE)]
    desk.rig.settle()
    assert [banner.kind for banner in desk.banners()] == [BannerKind.UNDECIDABLE]


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.ACCEPTED_OFFLINE, Phase.CLOSED])
def test_a_bill_that_needs_nobody_is_closed_when_the_counter_leaves_it(
    desk: Desk, issuer: FakeIssuer, phase: Phase
) -> None:
    """Its worker is free for the next bill."""
    key = desk.bill(A)
    if phase is Phase.ACCEPTED_OFFLINE:
        issuer.cable_in = False
        desk.till.confirm(key)
        desk.till.accept_offline(key)
    elif phase is Phase.CLOSED:
        issuer.faults["mark_used"] = [CallRefused(Reason.EXPIRED)]
        desk.till.confirm(key)
    assert desk.view(key).phase is phase
    desk.till.close_bill(key)
    assert desk.workers.forgotten == [key]
