"""What the status strip says: the state of the world in a few words, each with a shape and a colour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pos.i18n import Translator
from pos.till.views import DeviceView, Environment, Link, StripView
from pos.ui.signs import Shape
from pos.ui.theme import Tone

CLOCK_TOLERANCE_S = 60.0
"""Below this a difference to the issuer's clock is not worth a word."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: `brief` replaces `text` where room is short."""

    name: str
    text: str
    brief: str
    shape: Shape = Shape.NONE
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class StripModel:
    """All entries, the buttons to cases and slips (empty: none wait), and the badge of the environment."""

    items: tuple[Item, ...]
    badge: str
    slips: str = ""
    cases: str = ""


def strip_model(tr: Translator, view: StripView, *, now_utc: datetime, mono_s: float) -> StripModel:
    """The strip at this moment, left to right in reading order."""
    items = [_network(tr, view, mono_s), _queue(tr, view, now_utc), _device(tr, "printer", view.printer)]
    items += [_device(tr, "scanner", view.scanner), _clock(tr, view)]
    items.append(_person(tr, view))
    day = tr.date(view.business_date)
    items.append(Item("date", day, day))
    badge = "" if view.environment is Environment.PRODUCTION else tr.t(f"env.{view.environment}")
    cases = tr.t("strip.cases", count=view.open_cases) if view.open_cases else ""
    return StripModel(tuple(items), badge, _slips(tr, view), cases)


def _slips(tr: Translator, view: StripView) -> str:
    waiting = view.unprinted - view.doubtful
    if waiting and view.doubtful:
        return tr.t("strip.unprinted_both", count=waiting, doubtful=view.doubtful)
    if view.doubtful:
        return tr.t("strip.doubtful", count=view.doubtful)
    return tr.t("strip.unprinted", count=waiting) if waiting else ""


def device_word(tr: Translator, view: DeviceView) -> str:
    """A device's state; a word without a sentence is told by how bad it is."""
    key = f"device.{view.word.rpartition('.')[2]}"
    return tr.t(key) if tr.has(key) else tr.t(f"device.link.{view.link}")


def _network(tr: Translator, view: StripView, mono_s: float) -> Item:
    shape, tone = _LINKS[view.network.link]
    if not tr.has(f"device.{view.network.word}"):  # an error code: its sentence is too long for the strip
        view = replace(view, network=replace(view.network, word=_NETWORK_WORDS[view.network.link]))
    until = view.throttled_until_mono_s
    if until is not None and until > mono_s:
        text = tr.t("strip.throttled", wait_s=until - mono_s + 0.999)
        return Item("network", text, text, Shape.DIAMOND, Tone.UNKNOWN)
    word = device_word(tr, view.network)
    text = word
    if view.network.link in (Link.DOWN, Link.WARN) and view.network.since_utc is not None:
        text = tr.t("strip.since", what=word, time=tr.clock(view.network.since_utc))
    return Item("network", text, word, shape, tone)


def _queue(tr: Translator, view: StripView, now_utc: datetime) -> Item:
    brief = tr.t("strip.queue", count=view.queue_count)
    if not view.queue_count:
        return Item("queue", brief, brief, Shape.DOT, Tone.USABLE)
    text = tr.t("strip.queue_sum", count=view.queue_count, risk_vnd=view.at_risk_vnd)
    brief = text
    if view.oldest_utc is not None:
        age_s = (now_utc - view.oldest_utc).total_seconds()
        text = tr.t("strip.queue_age", count=view.queue_count, risk_vnd=view.at_risk_vnd, age_s=age_s)
    return Item("queue", text, brief, Shape.SHIELD, Tone.OFFLINE)


def _device(tr: Translator, name: str, view: DeviceView) -> Item:
    shape, tone = _LINKS[view.link]
    label, word = tr.t(f"strip.{name}"), device_word(tr, view)
    spoken = tr.t("strip.state", part=label, state=word)
    text = label if view.link is Link.OK else spoken
    return Item(name, text, text, shape, tone)


def _clock(tr: Translator, view: StripView) -> Item:
    clock = view.clock
    if clock.jumped_back:
        text = tr.t("strip.clock_back")
        return Item("clock", text, text, Shape.DIAMOND, Tone.REFUSED)
    if clock.offset_s is not None and abs(clock.offset_s) >= CLOCK_TOLERANCE_S:
        text = tr.t("strip.clock_off", offset_s=abs(clock.offset_s))
        tone = Tone.UNKNOWN if clock.trusted else Tone.REFUSED
        return Item("clock", text, text, Shape.DIAMOND, tone)
    label = tr.t("strip.clock")
    if not clock.trusted:
        return Item("clock", label, label, Shape.RING, Tone.UNKNOWN)
    return Item("clock", label, label, Shape.DOT, Tone.USABLE)


def _person(tr: Translator, view: StripView) -> Item:
    if view.person is None:
        text = tr.t("strip.nobody")
        return Item("person", text, text)
    text = tr.t("strip.person", name=view.person.name, role=tr.t(f"role.{view.person.role}"))
    return Item("person", text, view.person.name)


_NETWORK_WORDS = {
    Link.OK: "online",
    Link.DOWN: "offline",
    Link.WARN: "setup_fault",
    Link.UNKNOWN: "not_asked",
    Link.OFF: "not_asked",
}
_LINKS: dict[Link, tuple[Shape, Tone]] = {
    Link.OK: (Shape.DOT, Tone.USABLE),
    Link.DOWN: (Shape.DIAMOND, Tone.REFUSED),
    Link.WARN: (Shape.DIAMOND, Tone.UNKNOWN),
    Link.UNKNOWN: (Shape.RING, Tone.NEUTRAL),
    Link.OFF: (Shape.RING, Tone.NEUTRAL),
}
