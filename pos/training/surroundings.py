"""The training counter as the tour sees it."""

from __future__ import annotations

from pathlib import Path

from pos.journal.case_store import CaseStore
from pos.journal.closing_store import ClosingStore
from pos.journal.store import SqliteJournal
from pos.training.school import School

_PLAIN_VND = 50_000
_PLAIN_COUNT = 10
_USED_STATE = 4


class TourSurroundings:
    """Answers the tour's questions from the sandbox, the printer and the journal.

    Args:
        school: the training counter.
        journal: of the running till; read on the calling thread.
    """

    def __init__(self, school: School, journal: SqliteJournal) -> None:
        self._school = school
        self._journal = journal
        self._plain = school.issuer.add_plain(_PLAIN_COUNT, _PLAIN_VND)

    def plain_code(self, number: int) -> str:
        """The n-th usable voucher worth 50,000 đ."""
        return self._plain[number]

    plain_vnd = _PLAIN_VND

    def used_vnd(self) -> int:
        """What the issuer counts as used of those vouchers."""
        return sum(self.issuer_says(code)[0] for code in self._plain) * _PLAIN_VND

    def closed_days(self) -> int:
        """How many days the journal has a Z report of."""
        return len(ClosingStore(self._journal).z_texts(10))

    def open_cases(self) -> int:
        """How many cases are open, of any kind."""
        return CaseStore(self._journal).count_open()

    def used_code(self) -> str:
        """A sample voucher that was used elsewhere."""
        return next(s.code for s in self._school.samples() if s.state == _USED_STATE)

    def issuer_says(self, code: str) -> tuple[int, str | None]:
        """How often the issuer counts it as used, and for which bill."""
        voucher = self._school.issuer.voucher(code)
        return voucher["times_used"], voucher.get("bill_number")

    def scan(self, text: str) -> None:
        """The scanner reads something."""
        self._school.scan(text)

    def set_network(self, *, up: bool) -> None:
        """Plug the cable in or pull it."""
        self._school.set_network(up=up)

    def lose_next_answer(self) -> None:
        """The issuer carries the next mark-use out, and its answer is lost."""
        self._school.issuer.faults([{"operation": "mark_use", "fault": "drop_after", "times": 1}])

    def purchases(self) -> tuple[int, int]:
        """How many orders the seller of cards knows, and how often it took money."""
        truth = self._school.issuer.truth("appotapay")
        return len(truth["purchases"]), truth["debits"]

    def lose_next_purchase(self) -> None:
        """The purchase is carried out, its answer is lost."""
        self._school.issuer.account_faults("appotapay", [{"operation": "buy", "fault": "drop_after", "times": 1}])

    def booking(self) -> tuple[str, str]:
        """The first sample booking and the first sample voucher for bookings."""
        samples = self._school.samples()
        number, voucher = (
            next(s.code for s in samples if s.voucher_type == kind) for kind in ("booking", "booking_voucher")
        )
        return number, voucher

    def booking_says(self, number: str) -> tuple[str, int, int]:
        """Issue state, vouchers used and payments committed at its issuer."""
        record = self._school.issuer.truth("gotadi")["bookings"][number]
        return record["issued_status"], record["redeems_done"], record["commits_done"]

    def set_paper(self, *, present: bool) -> None:
        """Put paper in or take it out."""
        self._school.set_paper(present=present)

    def slips(self) -> int:
        """How many slips came out of the printer."""
        return len(self._school.printer.slips)

    def save_slips(self, folder: Path) -> list[Path]:
        """Write every slip as a picture."""
        paths = []
        for number, slip in enumerate(self._school.printer.slips, start=1):
            paths.append(folder / f"slip-{number}.png")
            slip.save(paths[-1])
        return paths

    def at_risk(self) -> int:
        """How many vouchers stand accepted offline, unsettled."""
        return self._journal.risk().count

    def journal_sound(self) -> bool:
        """Whether the audit chain and the rules hold."""
        return not self._journal.verify().faults
