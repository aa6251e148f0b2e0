"""The screens of the issuers' keys: which issuers, and what each has given to the shop."""

from __future__ import annotations

from collections.abc import Mapping

from pos.i18n import Translator
from pos.settings import BY_KEY
from pos.setup.key_trials import RULES as KEY_RULES
from pos.setup.trials import ISSUERS, IssuerTrial, Sort, Stage, TrialResult
from pos.setup.words import say_result
from pos.ui.first_run.flow import Flow
from pos.ui.first_run.parts import (
    Choice,
    FieldKind,
    FieldPart,
    Page,
    Part,
    Press,
    Presses,
    Result,
    Row,
    Rows,
)
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill
from pos.ui.words import say_message

FIELDS: Mapping[str, tuple[str, ...]] = {
    "gotit": ("gotit.pin", "gotit.base_url", "gotit.flow", "gotit.ca_file"),
    "vinid-evoucher": (
        "vinid.key_code", "vinid.api_private_key", "vinid.evoucher_merchant_code", "vinid.evoucher_store_code",
        "vinid.evoucher_pos_code", "vinid.base_url", "vinid.ca_file",
    ),
    "vinid": (
        "vinid.key_code", "vinid.api_private_key", "vinid.giftcode_private_key", "vinid.giftcode_merchant_code",
        "vinid.giftcode_store_code", "vinid.giftcode_pos_code", "vinid.base_url", "vinid.ca_file",
    ),
    "appotapay": (
        "appotapay.partner_code", "appotapay.api_key", "appotapay.secret_key", "appotapay.private_key",
        "appotapay.base_url", "appotapay.ca_file",
    ),
    "gotadi": (
        "gotadi.user_id", "gotadi.api_key", "gotadi.access_code", "gotadi.partner_private_key",
        "gotadi.gotadi_public_key", "gotadi.base_url", "gotadi.ca_file",
    ),
}  # fmt: skip
"""What an issuer's screen asks, in the order of the issuer's own letter; what seldom changes comes last."""
TRY = "try"


def keys_page(tr: Translator, flow: Flow) -> Page:
    """All issuers, or the keys of one."""
    return _issuer(tr, flow, flow.issuer) if flow.issuer else _list(tr, flow)


def _list(tr: Translator, flow: Flow) -> Page:
    rows = tuple(
        Row(
            name,
            tr.t(f"first_run.issuer.{name}"),
            tr.t(f"first_run.issuer.{name}.about"),
            f"F{number}",
            _pill(tr, flow, name),
        )
        for number, name in enumerate(ISSUERS, start=1)
    )
    return Page("keys", tr.t("first_run.keys.title"), tr.t("first_run.keys.hint"), (Rows("issuers", rows),))


def _pill(tr: Translator, flow: Flow, name: str) -> Pill | None:
    lacking = flow.facts.credentials.get(name)
    if lacking is None:
        return None
    if lacking:
        return Pill(tr.t("first_run.issuer.lacks", count=len(lacking)), Tone.UNKNOWN, Shape.RING)
    how = flow.facts.tried.get(name)
    if how == Sort.WORKS:
        return Pill(tr.t("first_run.issuer.works"), Tone.USABLE, Shape.TICK)
    if how:
        return Pill(tr.t("first_run.issuer.fails"), Tone.REFUSED, Shape.X)
    return Pill(tr.t("first_run.state.untried"), Tone.UNKNOWN, Shape.QUESTION)


def _issuer(tr: Translator, flow: Flow, name: str) -> Page:
    parts: list[Part] = [_field(tr, flow, key) for key in FIELDS[name]]
    busy = name in flow.running
    presses = [Press(TRY, tr.t("first_run.try"), "F5", primary=True, enabled=not busy)]
    if busy:
        presses.append(Press("stop", tr.t("first_run.stop"), "Esc"))
    # The answer stands above the fields: an installer must not scroll to read it.
    parts.insert(0, result_part(tr, flow, name))
    return Page(
        f"keys.{name}",
        tr.t(f"first_run.issuer.{name}"),
        tr.t(f"first_run.issuer.{name}.hint"),
        tuple(parts),
        on=tr.t("first_run.issuer.on"),
        doing=Presses("issuer", tuple(presses)),
    )


def _field(tr: Translator, flow: Flow, key: str) -> Part:
    setting = BY_KEY[key]
    label = short_label(tr, key)
    if setting.choices:
        options = tuple((each, tr.t(f"setting.{key}.choice.{each}")) for each in setting.choices)
        return Choice(key, label, options, flow.facts.values.get(key, ""))
    wrong, note = flow.wrong.get(key), flow.notes.get(key)
    text, tone = "", Tone.NEUTRAL
    if wrong is not None:
        said = say_message(tr, wrong)
        text, tone = f"{said.what} {said.do}", Tone.REFUSED
    elif note is not None:
        text, tone = say_message(tr, note).what, Tone.USABLE
    kind = (
        FieldKind.KEY if key in KEY_RULES
        else FieldKind.SECRET if setting.secret
        else FieldKind.FILE if key.endswith("_file")
        else FieldKind.PLAIN
    )  # fmt: skip
    return FieldPart(
        key,
        label,
        kind,
        hint=tr.t("first_run.may_stay_empty") if key.endswith("_file") else "",
        text="" if setting.secret else flow.drafts.get(key, flow.facts.values.get(key, "")),
        length=flow.facts.lengths.get(key, 0),
        note=text,
        tone=tone,
        most=20_000 if setting.lines else 1_000,
    )


def short_label(tr: Translator, key: str) -> str:
    """A setting's name without the issuer's before it, which stands above all of them."""
    label = tr.t(f"setting.{key}.label")
    head, colon, rest = label.partition(": ")
    return rest[:1].upper() + rest[1:] if colon and len(head) <= _LONGEST_ISSUER else label


_LONGEST_ISSUER = 18
_TONES = {
    Sort.WORKS: Tone.USABLE,
    Sort.ISSUER: Tone.UNKNOWN,
    Sort.NETWORK: Tone.UNKNOWN,
    Sort.SILENT: Tone.UNKNOWN,
    Sort.UNSURE: Tone.UNKNOWN,
}


def result_part(tr: Translator, flow: Flow, what: str) -> Result:
    """How the trial of this stands; empty where there was none in this run."""
    found = flow.trials.get(what)
    if isinstance(found, Stage):
        return Result(tr.t(f"first_run.trial.{found}"), busy=True)
    if not isinstance(found, TrialResult) or found.sort is Sort.CANCELLED:
        return Result()
    said = say_result(tr, found)
    return Result(
        said.sentence.what, said.sentence.safe, said.sentence.do, said.detail, _TONES.get(found.sort, Tone.REFUSED)
    )


def press_key(flow: Flow, name: str) -> None:
    """A line of the list, or the trial of the open issuer."""
    issuer = flow.issuer
    if not issuer:
        if name in ISSUERS:
            flow.open_issuer(name)
    elif name == "stop":
        flow.stop_trial(issuer)
    elif name == TRY:
        flow.keep_all(lambda: _begin(flow, issuer))


def _begin(flow: Flow, issuer: str) -> None:
    if flow.issuer != issuer:
        return
    engine = flow.engine
    flow.begin_trial(issuer, lambda told: IssuerTrial(issuer, engine.settings, engine.clock, told=told))
