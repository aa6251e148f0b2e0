"""What the big panel says, for every phase of a bill: pure functions of the snapshot and the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos.domain.offline_policy import Ground
from pos.domain.reasons import Reason
from pos.i18n import Translator
from pos.till.views import BillView, LineStatus, LineView, OfflineOffer, Phase, Verdict
from pos.ui.counter.issuer import is_question, question_panel_of
from pos.ui.counter.manager import (
    accepted_panel,
    decision_panel,
    rejected_note,
    rejected_panel,
    taken_back_panel,
    waits_for_decision,
)
from pos.ui.counter.model import Ask, Panel
from pos.ui.counter.moment import Moment
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.words import chip_of, goods_text, masked, provider_name, reason_do, reason_what

SETTLED = frozenset({LineStatus.USED, LineStatus.ACCEPTED_OFFLINE})
"""Vouchers whose value was given: beside others that are still open nothing more is done with them."""
MOST_POINTS = 6
"""Vouchers named one by one under a result."""
SHOW_ELAPSED_AFTER_S = 1.0
"""Over a second, a wait says how long and what it waits for."""


def panel_for(moment: Moment, *, acknowledged: bool = False) -> Panel:
    """The panel of the bill's phase; `acknowledged`: the line's refusal was read, show how the bill stands instead.

    Whatever the phase, a late effect is told: the cashier must not hand anything over for it.
    """
    phase = moment.view.phase
    if phase in (Phase.DRAFT, Phase.OFFERED) and moment.line is not None and is_question(moment.line):
        return question_panel_of(moment.tr, moment.line)
    panel = _draft(moment, acknowledged) if phase is Phase.DRAFT else _BY_PHASE[phase](moment)
    late = [line for line in moment.view.lines if line.status is LineStatus.LATE]
    if not late:
        return panel
    endings = ", ".join(masked(line.ending) for line in late)
    told = moment.tr.t("panel.late", provider=provider_name(moment.tr, late[0].provider), endings=endings)
    return replace(panel, note="\n".join(part for part in (told, panel.note) if part))


def needs_value(view: BillView) -> LineView | None:
    """The first voucher whose face value must be declared."""
    return next((line for line in view.lines if line.needs_value), None)


def usable_count(view: BillView) -> int:
    """How many vouchers a confirmation would use."""
    return sum(line.status in (LineStatus.USABLE, LineStatus.HELD) for line in view.lines)


def _draft(m: Moment, acknowledged: bool) -> Panel:
    if m.line is None:
        return idle_panel(m.tr, has_total=m.view.total_vnd > 0)
    if acknowledged and m.line.status is not LineStatus.USABLE:
        return _ready(m)
    return _BY_STATUS.get(m.line.status, _ready)(m)


def idle_panel(tr: Translator, *, has_total: bool) -> Panel:
    """Nothing scanned yet."""
    note = "" if has_total else tr.t("panel.idle.no_total")
    return Panel(Tone.NEUTRAL, Shape.SCAN, tr.t("panel.idle.title"), what=tr.t("panel.idle.what"), note=note)


def _ready(m: Moment) -> Panel:
    count = usable_count(m.view)
    if not count:
        return idle_panel(m.tr, has_total=m.view.total_vnd > 0)
    what = m.tr.t("panel.ready.what", count=count)
    amount = m.tr.money(m.view.voucher_vnd)
    return Panel(Tone.USABLE, Shape.CHECK, m.tr.t("panel.ready.title"), amount=amount, what=what)


def _checking(m: Moment) -> Panel:
    tr, line = m.tr, m.line
    waited_s = m.waited_s()
    note = tr.t("panel.checking.note")
    if waited_s >= SHOW_ELAPSED_AFTER_S:
        note = tr.t("panel.checking.note_elapsed", elapsed_s=waited_s)
    what = tr.t("panel.checking.what", provider=m.issuer, ending=line.ending if line else "")
    return Panel(Tone.NEUTRAL, Shape.WORKING, tr.t("panel.checking.title"), what=what, note=note)


def _usable(m: Moment) -> Panel:
    tr, line = m.tr, m.line
    if line is None:
        return _ready(m)
    what = m.issuer
    if line.redeems:
        what = f"{what} · {goods_text(tr, line.redeems)}"
    notes = []
    if line.lost_vnd and m.view.total_vnd:
        notes.append(tr.t("panel.usable.lost", amount_vnd=line.amount_vnd, lost_vnd=line.lost_vnd))
    if line.expires_on is not None:
        notes.append(tr.t("panel.usable.expires", on_date=line.expires_on))
    if not m.view.total_vnd:
        notes.append(tr.t("panel.usable.need_total"))
    worth_vnd = line.worth_vnd if line.worth_vnd is not None else line.amount_vnd
    return Panel(
        Tone.USABLE,
        Shape.CHECK,
        tr.t("panel.usable.title"),
        amount=tr.money(worth_vnd),
        what=what,
        note="\n".join(notes),
    )


def _refused(m: Moment) -> Panel:
    tr, line = m.tr, m.line
    reason = line.reason if line and line.reason else Reason.UNRECOGNISED
    detail = line.detail if line else None
    what = reason_what(tr, reason, detail) if detail else reason_what(tr, reason)
    do = reason_do(tr, reason, detail) if detail else reason_do(tr, reason)
    if reason is Reason.NEEDS_CONSENT:
        return Panel(Tone.UNKNOWN, Shape.WAIT, tr.t("panel.refused.customer.title"), what=what, note=do)
    return Panel(Tone.REFUSED, Shape.CROSS, tr.t("panel.refused.title"), what=what, note=do)


def _unchecked(m: Moment) -> Panel:
    tr, line = m.tr, m.line
    reason = line.reason if line and line.reason else Reason.ASKING_FAILED
    until = m.view.throttled_until_mono_s
    if until is not None and until > m.mono_s:
        note = tr.t("panel.throttled.note", wait_s=until - m.mono_s + 0.999)
        what = reason_what(tr, Reason.THROTTLED)
        return Panel(Tone.UNKNOWN, Shape.WAIT, tr.t("panel.throttled.title"), what=what, note=note)
    what, do = reason_what(tr, reason), reason_do(tr, reason)
    return Panel(Tone.UNKNOWN, Shape.WAIT, tr.t("panel.unchecked.title"), what=what, note=do)


def _sending(m: Moment) -> Panel:
    tr, waited_s = m.tr, m.waited_s()
    note = tr.t("panel.sending.note")
    if m.view.can_set_aside:
        note = tr.t("panel.sending.aside", elapsed_s=waited_s)
    elif waited_s >= SHOW_ELAPSED_AFTER_S:
        note = tr.t("panel.sending.aside_soon", elapsed_s=waited_s)
    what = tr.t("panel.sending.what", provider=m.issuer)
    return Panel(Tone.UNKNOWN, Shape.WORKING, tr.t("panel.sending.title"), what=what, note=note)


def _held(m: Moment) -> Panel:
    tr, view = m.tr, m.view
    what = tr.t("panel.held.what", left_vnd=view.left_vnd) if view.left_vnd else tr.t("panel.held.what_nothing")
    title, note = tr.t("panel.held.title"), tr.t("panel.held.note")
    return Panel(Tone.BRAND, Shape.CHECK, title, amount=tr.money(view.voucher_vnd), what=what, note=note)


def _left_to_pay(m: Moment) -> str:
    if m.view.left_vnd:
        return m.tr.t("panel.done.left", left_vnd=m.view.left_vnd)
    return m.tr.t("panel.done.left_nothing")


def _done(m: Moment) -> Panel:
    tr, view = m.tr, m.view
    if any(line.taken_back for line in view.lines):
        return taken_back_panel(m, _line_points(m))
    if any(line.unconfirmed for line in view.lines):
        return accepted_panel(m, _line_points(m), _left_to_pay(m))
    used = sum(line.status is LineStatus.USED for line in view.lines)
    note = tr.t("panel.done.transaction", transaction=view.transaction_id) if view.transaction_id else ""
    if any(line.rejected for line in view.lines):
        note = "\n".join(part for part in (rejected_note(m), note) if part)
    return Panel(
        Tone.USABLE,
        Shape.CHECK,
        tr.t("panel.done.title"),
        amount=tr.money(view.voucher_vnd),
        what=tr.t("panel.done.what", count=used),
        note=note,
        points=_line_points(m),
        total=_left_to_pay(m),
        outcome=True,
    )


def _line_points(m: Moment) -> tuple[str, ...]:
    """Each voucher of a finished bill in a line; only where one line would not say it all."""
    lines = m.view.lines
    if len(lines) < 2 or len(lines) > MOST_POINTS:
        return ()
    return tuple(f"{masked(line.ending)}  {_came_to(m.tr, line)}" for line in lines)


def _came_to(tr: Translator, line: LineView) -> str:
    if line.taken_back or line.status not in SETTLED:
        return chip_of(tr, line)[0]
    amount = tr.money(line.amount_vnd)
    return f"{amount} · {chip_of(tr, line)[0]}" if line.unconfirmed else amount


def _accepted(m: Moment) -> Panel:
    tr, view = m.tr, m.view
    note = tr.t("panel.accepted.note")
    if view.offer is not None and view.offer.at_risk_count:
        risk = tr.t("panel.accepted.risk", count=view.offer.at_risk_count, risk_vnd=view.offer.at_risk_vnd)
        note = f"{note} {risk}"
    return Panel(
        Tone.OFFLINE,
        Shape.SHIELD,
        tr.t("panel.accepted.title"),
        amount=tr.money(view.voucher_vnd),
        what=tr.t("panel.accepted.what", provider=m.issuer),
        note=note,
        points=_line_points(m),
        total=_left_to_pay(m),
        outcome=True,
    )


def _unknown(m: Moment) -> Panel:
    tr, view = m.tr, m.view
    if waits_for_decision(m) is not None:
        return decision_panel(m)
    wait_s = 0.0 if view.next_inquiry_mono_s is None else view.next_inquiry_mono_s - m.mono_s
    if wait_s <= 0:
        note = tr.t("panel.unknown.now", provider=m.issuer)
    elif view.inquiries:
        note = tr.t("panel.unknown.again", provider=m.issuer, count=view.inquiries, wait_s=wait_s + 0.999)
    else:
        note = tr.t("panel.unknown.first", provider=m.issuer, wait_s=wait_s + 0.999)
    note = f"{note}\n{tr.t('panel.unknown.elsewhere')}"
    title, what = tr.t("panel.unknown.title"), tr.t("panel.unknown.what")
    return Panel(Tone.UNKNOWN, Shape.WAIT, title, what=what, note=note, outcome=True)


def _unsent(m: Moment) -> Panel:
    tr = m.tr
    refused = [line for line in m.view.lines if line.status is LineStatus.REFUSED]
    beside = any(line.provider != entry.provider for line in refused for entry in m.view.lines)
    # Another issuer's refusal may be why these were never sent: then nobody has confirmed anything of them.
    what = tr.t("panel.unsent.beside" if beside else "panel.unsent.what", provider=m.issuer)
    return Panel(
        Tone.BRAND, Shape.QUESTION, tr.t("panel.unsent.title"), what=what, note=tr.t("panel.unsent.note"), outcome=True
    )


def _finish(m: Moment) -> Panel:
    tr = m.tr
    return Panel(
        Tone.UNKNOWN,
        Shape.GOODS,
        tr.t("panel.finish.title", provider=m.issuer),
        amount=tr.money(m.view.voucher_vnd) if m.view.voucher_vnd else "",
        what=tr.t("panel.finish.what"),
        note=tr.t("panel.finish.note"),
        outcome=True,
    )


def _closed(m: Moment) -> Panel:
    tr, view = m.tr, m.view
    if any(line.taken_back for line in view.lines):
        return taken_back_panel(m, _line_points(m))
    if any(line.rejected for line in view.lines):
        return rejected_panel(m)
    refused = next((line for line in view.lines if line.status is LineStatus.REFUSED and line.reason), None)
    total = tr.t("panel.closed.left", left_vnd=view.left_vnd) if view.left_vnd else ""
    late = any(line.status is LineStatus.LATE for line in view.lines)
    none_paid = tr.t("panel.closed.late" if late else "panel.closed.what")
    if refused is None or refused.reason is None:
        return Panel(
            Tone.NEUTRAL, Shape.CROSS, tr.t("panel.closed.dropped"), what=none_paid, note="", total=total, outcome=True
        )
    what = reason_what(tr, refused.reason, refused.detail)
    note = f"{none_paid}. {reason_do(tr, refused.reason, refused.detail)}"
    return Panel(Tone.REFUSED, Shape.CROSS, tr.t("panel.closed.title"), what=what, note=note, total=total, outcome=True)


def _offered(m: Moment) -> Panel:
    tr, view = m.tr, m.view
    line = needs_value(view)
    if line is not None:
        what = tr.t("panel.offered.value.what", ending=line.ending)
        return Panel(Tone.OFFLINE, Shape.NONE, tr.t("panel.offered.value.title"), what=what, ask=Ask.FACE_VALUE)
    offer = view.offer
    if offer is None:
        return replace(_checking(m), what=tr.t("panel.offered.title"))
    points = tuple(tr.t(f"ground.{ground}") for ground in offer.grounds)
    worth_vnd = sum(entry.amount_vnd for entry in view.lines)
    amount = tr.money(worth_vnd) if worth_vnd else ""
    panel = _VERDICTS[offer.verdict](m, offer, amount, points)
    if offer.grounds == (Ground.PROVIDER,):
        return panel
    return replace(panel, note="\n".join(part for part in (_left_out(m), panel.note) if part))


def _risk(m: Moment, offer: OfflineOffer) -> str:
    """What the customer loses by a voucher worth more than the bill, and what the till already risks."""
    notes, lost_vnd = [], sum(line.lost_vnd for line in m.view.lines)
    if lost_vnd and m.view.total_vnd:
        amount_vnd = sum(line.amount_vnd for line in m.view.lines)
        notes.append(m.tr.t("panel.usable.lost", amount_vnd=amount_vnd, lost_vnd=lost_vnd))
    if offer.at_risk_count:
        notes.append(m.tr.t("panel.offered.risk", count=offer.at_risk_count, risk_vnd=offer.at_risk_vnd))
    return "\n".join(notes)


def _offer_accept(m: Moment, offer: OfflineOffer, amount: str, points: tuple[str, ...]) -> Panel:
    tr = m.tr
    checked = [line.checked_utc for line in m.view.lines if line.checked_utc is not None]
    when = tr.t("panel.offered.checked", time=tr.clock(min(checked))) if checked else ""
    what = tr.t("panel.offered.accept.what", provider=m.issuer)
    note = "\n".join(part for part in (when, _risk(m, offer)) if part)
    title = tr.t("panel.offered.accept.title")
    return Panel(Tone.OFFLINE, Shape.SHIELD, title, amount=amount, what=what, note=note, points=points)


def _offer_manager(m: Moment, offer: OfflineOffer, amount: str, points: tuple[str, ...]) -> Panel:
    tr = m.tr
    if not m.view.total_vnd:
        return _offer_accept(m, offer, amount, points)
    title, what = tr.t("panel.offered.manager.title"), tr.t("panel.offered.manager.what")
    return Panel(
        Tone.OFFLINE, Shape.NONE, title, amount=amount, what=what, points=points, note=_risk(m, offer),
        ask=Ask.MANAGER_PIN,
    )  # fmt: skip


def _offer_refuse(m: Moment, offer: OfflineOffer, amount: str, points: tuple[str, ...]) -> Panel:
    del amount
    tr = m.tr
    title, what = tr.t("panel.offered.refuse.title"), tr.t("panel.offered.refuse.what")
    if offer.grounds == (Ground.PROVIDER,):
        return _needs_network(m)
    return Panel(Tone.REFUSED, Shape.CROSS, title, what=what, points=points, note=_risk(m, offer))


def _needs_network(m: Moment) -> Panel:
    """No policy and no manager can take these: what happened, what is safe, what to do."""
    tr = m.tr
    names = {line.provider for line in m.view.lines if line.needs_network or line.status is LineStatus.UNSENT}
    issuer = " + ".join(sorted(provider_name(tr, name) for name in names)) or m.issuer
    taken_vnd = sum(line.amount_vnd for line in m.view.lines if line.status in SETTLED)
    return Panel(
        Tone.UNKNOWN,
        Shape.WAIT,
        tr.t("panel.network.title", provider=issuer),
        what=tr.t("panel.network.what", provider=issuer),
        note=tr.t("panel.network.note"),
        total=tr.t("panel.network.taken", taken_vnd=taken_vnd) if taken_vnd else "",
    )


def _left_out(m: Moment) -> str:
    """Vouchers that the offer for the others does not speak of."""
    out = [line for line in m.view.lines if line.needs_network]
    if not out:
        return ""
    endings = ", ".join(masked(line.ending) for line in out)
    return m.tr.t("panel.network.left_out", provider=provider_name(m.tr, out[0].provider), endings=endings)


_VERDICTS: dict[Verdict, Callable[[Moment, OfflineOffer, str, tuple[str, ...]], Panel]] = {
    Verdict.ACCEPT: _offer_accept,
    Verdict.NEEDS_MANAGER: _offer_manager,
    Verdict.REFUSE: _offer_refuse,
}
_BY_STATUS: dict[LineStatus, Callable[[Moment], Panel]] = {
    LineStatus.CHECKING: _checking,
    LineStatus.USABLE: _usable,
    LineStatus.REFUSED: _refused,
    LineStatus.UNCHECKED: _unchecked,
}
_BY_PHASE: dict[Phase, Callable[[Moment], Panel]] = {
    Phase.SENDING: _sending,
    Phase.HELD: _held,
    Phase.OFFERED: _offered,
    Phase.DONE: _done,
    Phase.ACCEPTED_OFFLINE: _accepted,
    Phase.UNKNOWN: _unknown,
    Phase.UNSENT: _unsent,
    Phase.FINISH: _finish,
    Phase.CLOSED: _closed,
}
