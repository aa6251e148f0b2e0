"""Decides what the audit section asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable

from pos import told_audit
from pos.i18n import Translator
from pos.till.review.audit import AuditDesk, AuditPage, Group, Link, Proven, Wanted, read_mark
from pos.till.review.events import Reported, ReportFailed, ReportProgress
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.audit import words
from pos.ui.manager.audit.model import Act, ListModel, ProofModel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.words import say_message

PAGE, VERIFY = "audit/page", "audit/verify"
_THOUSAND = 1000


class AuditPresenter:
    """State of the section. GUI thread only."""

    def __init__(self, desk: AuditDesk, review: Asking) -> None:
        self._desk, self._review = desk, review
        self.wanted = Wanted()
        self.links: list[Link] = []
        self._page: AuditPage | None = None
        self._actors: tuple[str, ...] = ()
        self._tickets = {PAGE: 0, VERIFY: 0}
        self._running = False
        self._done = 0
        self._proven: Proven | None = None
        self._fault: Message | None = None
        self._proof_fault: Message | None = None
        self._mark_wrong = False

    # ------------------------------------------------------------ asking

    def opened(self) -> None:
        """It comes into sight: the newest links."""
        self._ask(before=0)

    def closed(self) -> None:
        """Nobody looks at the list; a proof that runs goes on, for it takes its time."""
        self._review.forget(PAGE)

    def act(self, act: Act) -> None:
        """A button or its key."""
        if act is Act.VERIFY:
            self._stop() if self._running else self.verify(None)
        elif act is Act.GROUP:
            groups = list(Group)
            self._want(Wanted(groups[(groups.index(self.wanted.group) + 1) % len(groups)], self.wanted.actor))
        elif act is Act.ACTOR:
            names = ("", *self._actors)
            at = names.index(self.wanted.actor) if self.wanted.actor in names else 0
            self._want(Wanted(self.wanted.group, names[(at + 1) % len(names)]))
        elif act is Act.OLDER and self._page is not None and self._page.older:
            self._ask(before=self._page.older)
        elif act is Act.NEWEST:
            self._ask(before=0)

    def hold_against(self, text: str) -> None:
        """Prove it, and hold it against what a slip printed."""
        mark = read_mark(text)
        self._mark_wrong = mark is None
        if mark is not None:
            self.verify(mark)

    def verify(self, against: tuple[int, str] | None) -> None:
        """Prove the whole chain and every row it speaks of."""
        self._running, self._done, self._proof_fault, self._proven = True, 0, None, None
        self._mark_wrong = False
        self._tickets[VERIFY] = self._review.ask(VERIFY, lambda running: self._desk.verify(running, against))

    def _stop(self) -> None:
        self._running = False
        self._review.forget(VERIFY)

    def _want(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self._ask(before=0)

    def _ask(self, *, before: int) -> None:
        wanted = self.wanted
        self._fault = None
        self._tickets[PAGE] = self._review.ask(PAGE, lambda _: self._desk.page(wanted, before))

    # ------------------------------------------------------------ answers

    def take(self, event: object) -> bool:
        """True if it was this section's."""
        if not isinstance(event, Reported | ReportFailed | ReportProgress) or event.key not in self._tickets:
            return False
        if event.ticket != self._tickets[event.key]:
            return True
        if isinstance(event, ReportProgress):
            self._done = _THOUSAND * event.done // max(1, event.total)
        elif event.key == VERIFY:
            self._running = False
            if isinstance(event, ReportFailed):
                self._proof_fault = event.message
            elif isinstance(event.value, Proven):
                self._proven = event.value
        elif isinstance(event, ReportFailed):
            self._fault = event.message
        elif isinstance(event.value, AuditPage):
            self._take_page(event.value)
        return True

    def _take_page(self, page: AuditPage) -> None:
        if page.before == 0:
            self.links = []
        self.links += page.links
        self._page, self._actors = page, page.actors

    # ------------------------------------------------------------ showing

    def proof(self, tr: Translator) -> ProofModel:
        """The card on top."""
        button = tr.t("audit.do.stop" if self._running else "audit.do.verify")
        wrong = tr.t("audit.mark_wrong") if self._mark_wrong else ""

        def card(title: str, tone: Tone, shape: Shape, *lines: str) -> ProofModel:
            return ProofModel(title, tone, shape, lines, wrong, self._done if self._running else -1, button)

        if self._running:
            return card(tr.t("audit.running"), Tone.BRAND, Shape.WORKING, tr.t("audit.running.note"))
        if self._proof_fault is not None:
            said = say_message(tr, self._proof_fault)
            return card(tr.t("audit.damaged"), Tone.REFUSED, Shape.CROSS, str(said))
        if self._proven is None:
            return card(tr.t("audit.not_yet"), Tone.NEUTRAL, Shape.QUESTION, tr.t("audit.not_yet.note"))
        return self._proof_of(tr, self._proven, card=card)

    @staticmethod
    def _proof_of(tr: Translator, proven: Proven, *, card: Callable[..., ProofModel]) -> ProofModel:
        proof = proven.proof
        if not proof.complete:
            return card(tr.t("audit.not_yet"), Tone.NEUTRAL, Shape.QUESTION, tr.t("audit.not_yet.note"))
        if not proof.whole:
            return card(tr.t("audit.broken"), Tone.REFUSED, Shape.CROSS, *told_audit.proof_lines(tr, proof))
        lines = [
            tr.t(
                "audit.whole.note",
                links=_many(proof.links),
                seals=_many(proof.seals),
                since=told_audit.when(proof.since_utc),
                took_s=max(1, round(proven.took_s)),
            ),
            tr.t("audit.whole.last", number=proof.links, hash=grouped(proof.last_hash[:16])),
        ]  # fmt: skip
        if proven.against is not None:
            lines.append(tr.t("audit.whole.slip", number=proven.against[0]))
        elif proven.closing is not None:
            lines.append(tr.t("audit.whole.z", number=proven.closing.z_number, link=proven.closing.link))
        else:
            lines.append(tr.t("audit.whole.no_z"))
        return card(tr.t("audit.whole"), Tone.USABLE, Shape.CHECK, *lines)

    def list(self, tr: Translator) -> ListModel:
        """The list below."""
        page = self._page
        if self._fault is not None:
            note = str(say_message(tr, self._fault))
        elif page is None:
            note = tr.t("audit.reading")
        elif not self.links:
            note = tr.t("audit.none" if not page.older else "audit.none_here")
        else:
            note = tr.t("audit.shown", count=len(self.links), newest=page.newest)
        actor = told_audit.actor_words(tr, self.wanted.actor) if self.wanted.actor else tr.t("audit.anybody")
        return ListModel(
            tr.t("audit.do.group", group=words.group_words(tr, self.wanted.group)),
            tr.t("audit.do.actor", actor=actor),
            note,
            bool(page and page.older),
            page is None or page.before == 0,
        )


def grouped(digits: str) -> str:
    """Four digits and a blank, as people read a long number."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _many(count: int) -> str:
    return f"{count:,}".replace(",", ".")
