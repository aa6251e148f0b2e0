"""The screens of the first run that ask about the shop: language, profile, passphrase, shop, manager, policy, end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pos.i18n import LANGUAGES, Translator
from pos.settings import BY_KEY
from pos.setup.policies import Policy, values_of
from pos.setup.steps import Step, StepState
from pos.till.views import Message
from pos.ui.first_run.flow import Flow
from pos.ui.first_run.pages_devices import printer_page, scanner_page
from pos.ui.first_run.pages_keys import keys_page
from pos.ui.first_run.parts import FieldKind, FieldPart, Page, Part, PinPart, Row, Rows, Say, Tile, Tiles
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill
from pos.ui.words import say_message

_NAMES = {"vi": "Tiếng Việt", "en": "English"}
"""Each in its own language, whatever is shown."""
_PROFILES = ("sandbox", "production", "training")
_LONGEST_NAME, _LONGEST_CODE, _LONGEST_STORE = 60, 12, 80


def page_of(tr: Translator, flow: Flow) -> Page:
    """The screen to be drawn."""
    if flow.wants_unlocking:
        return _framed(tr, flow, _unlock(tr, flow), bare=True)
    return _framed(tr, flow, _PAGES[flow.at](tr, flow))


def error_text(tr: Translator, error: Message | None) -> str:
    """All that is known of a failure, in one line."""
    return "" if error is None else str(say_message(tr, error))


def _framed(tr: Translator, flow: Flow, page: Page, *, bare: bool = False) -> Page:
    """With the ways on and back that every screen has."""
    first, last = flow.progress.steps[0][0], flow.at is Step.DONE
    step = flow.at
    later = tr.has(f"first_run.{step}.later") and not flow.issuer and not bare
    pad = any(isinstance(part, PinPart) for part in page.parts)
    return Page(
        name=page.name,
        title=page.title,
        hint=page.hint,
        parts=page.parts,
        on=page.on or tr.t("first_run.open_till" if last else "first_run.on"),
        on_enabled=page.on_enabled and not flow.busy and (pad or bool(flow.issuer) or flow.complete),
        back="" if bare or (step is first and not flow.issuer) else tr.t("action.back"),
        later=tr.t("first_run.later") if later else "",
        later_means=tr.t(f"first_run.{step}.later") if later else "",
        doing=page.doing,
        error=page.error or error_text(tr, flow.error),
    )


def _titled(tr: Translator, name: str, parts: tuple[Part, ...], **more: object) -> Page:
    hint = tr.t(f"first_run.{name}.hint")
    return Page(name, tr.t(f"first_run.{name}.title"), hint, parts, **more)  # type: ignore[arg-type]


def _language(tr: Translator, flow: Flow) -> Page:
    chosen = flow.facts.language or tr.language
    tiles = tuple(
        Tile(name, _NAMES[name], key=f"F{number}", chosen=name == chosen)
        for number, name in enumerate(LANGUAGES, start=1)
    )
    return _titled(tr, "language", (Tiles("language", tiles, columns=2, tall=True),))


def _profile(tr: Translator, flow: Flow) -> Page:
    tiles = tuple(
        Tile(
            name,
            tr.t(f"first_run.profile.{name}"),
            tr.t(f"first_run.profile.{name}.about"),
            f"F{number}",
            chosen=name == flow.facts.profile,
            badge="" if name == "production" else tr.t(f"env.{name}"),
        )
        for number, name in enumerate(_PROFILES, start=1)
    )
    return _titled(tr, "profile", (Tiles("profile", tiles),))


def _passphrase(tr: Translator, flow: Flow) -> Page:
    parts: tuple[Part, ...] = ()
    if flow.facts.opened:
        return _titled(tr, "passphrase", (Say(tr.t("first_run.passphrase.kept"), loud=True),))
    field = FieldPart("passphrase", tr.t("first_run.passphrase.label"), FieldKind.SECRET)
    if flow.facts.knows_passphrase:
        typed = bool(flow.drafts.get("passphrase"))
        return _titled(tr, "passphrase", (field, Say(tr.t("first_run.passphrase.known"))), on_enabled=typed)
    same = flow.drafts.get("passphrase", "") == flow.drafts.get("passphrase_again", "")
    again = flow.drafts.get("passphrase_again", "")
    parts = (
        field,
        FieldPart(
            "passphrase_again",
            tr.t("first_run.passphrase.again"),
            FieldKind.SECRET,
            note=tr.t("first_run.passphrase.differ") if again and not same else "",
            tone=Tone.REFUSED,
        ),
        Say(tr.t("first_run.passphrase.note")),
    )
    return _titled(tr, "passphrase", parts, on_enabled=bool(again) and same)


def _shop(tr: Translator, flow: Flow) -> Page:
    fields = (
        ("store.name", FieldKind.TEXT, _LONGEST_STORE),
        ("store.code", FieldKind.PLAIN, _LONGEST_CODE),
        ("till.code", FieldKind.PLAIN, _LONGEST_CODE),
    )
    parts: list[Part] = [
        FieldPart(
            key,
            tr.t(f"first_run.{key}"),
            kind,
            hint=tr.t(f"first_run.{key}.hint"),
            text=flow.drafts.get(key, flow.facts.values.get(key, "")),
            note=error_text(tr, flow.wrong.get(key)),
            tone=Tone.REFUSED,
            most=most,
        )
        for key, kind, most in fields
    ]
    series = flow.progress.series()
    parts.append(Say(tr.t("first_run.shop.series", number=series) if series else tr.t("first_run.shop.no_series")))
    return _titled(tr, "shop", tuple(parts))


def _manager(tr: Translator, flow: Flow) -> Page:
    if flow.facts.manager:
        row = Row("manager", flow.facts.manager, tr.t("first_run.manager.made"), pill=_pill(tr, StepState.READY))
        return _titled(tr, "manager", (Rows("manager", (row,), live=False),))
    label = "first_run.manager.pin_again" if flow.first_pin else "first_run.manager.pin"
    parts: tuple[Part, ...] = (
        FieldPart("manager", tr.t("first_run.manager.name"), text=flow.name, most=_LONGEST_NAME),
        PinPart(tr.t(label), flow.pin_asks),
    )
    return _titled(tr, "manager", parts, on=tr.t(f"first_run.manager.{'on' if flow.first_pin else 'on_first'}"))


def _unlock(tr: Translator, flow: Flow) -> Page:
    hint = tr.t("first_run.unlock.hint", name=flow.facts.manager)
    pad = PinPart(tr.t("first_run.unlock.pin"), flow.pin_asks)
    return Page("unlock", tr.t("first_run.unlock.title"), hint, (pad,))


def _policy(tr: Translator, flow: Flow) -> Page:
    numbers = {key.rpartition(".")[2]: value for key, value in _numbers().items()}
    tiles = tuple(
        Tile(
            policy,
            tr.t(f"first_run.policy.{policy}"),
            tr.t(f"first_run.policy.{policy}.about", **numbers),
            f"F{number}",
            chosen=policy is flow.progress.policy,
        )
        for number, policy in enumerate(Policy, start=1)
    )
    parts: tuple[Part, ...] = (Tiles("policy", tiles),)
    if flow.progress.policy is None:
        parts = (*parts, Say(tr.t("first_run.policy.own")))
    return _titled(tr, "policy", parts)


def _numbers() -> Mapping[str, int]:
    return {key: int(value) for key, value in values_of(Policy.SHIPPED).items()}


def _done(tr: Translator, flow: Flow) -> Page:
    if flow.facts.profile == "training":
        return Page(
            "done_training",
            tr.t("first_run.done.training"),
            tr.t("first_run.done.training.hint"),
            (),
            on=tr.t("first_run.open_training"),
        )
    rows = tuple(
        Row(step, tr.t(f"first_run.{step}"), _told(tr, flow, step), pill=_pill(tr, state))
        for step, state in flow.progress.steps
        if step not in (Step.LANGUAGE, Step.DONE)
    )
    parts: list[Part] = [Rows("summary", rows, low=True)]
    spent_s = sum((flow.progress.spent_s or {}).values())
    parts.append(Say(tr.t("first_run.done.spent", spent_s=spent_s)))
    if flow.unverified:
        listed = "\n".join(f"•  {tr.t(f'assumption.{name}')}" for name in flow.unverified)
        parts.append(Say(f"{tr.t('first_run.done.unverified', count=len(flow.unverified))}\n{listed}"))
    open_ends = any(state is not StepState.READY for step, state in flow.progress.steps if step is not Step.DONE)
    title = tr.t("first_run.done.title" if not open_ends else "first_run.done.title_open")
    hint = tr.t("first_run.done.hint" if not open_ends else "first_run.done.hint_open")
    return Page("done", title, hint, tuple(parts))


def _told(tr: Translator, flow: Flow, step: Step) -> str:
    """What a step came to, in a line."""
    facts, values = flow.facts, flow.facts.values
    told: dict[Step, Callable[[], str]] = {
        Step.PROFILE: lambda: tr.t(f"first_run.profile.{facts.profile}"),
        Step.SHOP: lambda: f"{values.get('store.name', '')} · {flow.progress.series()}",
        Step.MANAGER: lambda: facts.manager,
        Step.KEYS: lambda: ", ".join(tr.t(f"first_run.issuer.{name}") for name in facts.credentials),
        Step.SCANNER: lambda: values.get("scanner.address") or tr.t("first_run.scanner.keyboard"),
        Step.PRINTER: lambda: values.get("printer.address", ""),
        Step.POLICY: lambda: tr.t(f"first_run.policy.{flow.progress.policy or 'finer'}"),
        Step.PASSPHRASE: lambda: tr.t("first_run.passphrase.set"),
    }
    if step in facts.later:
        return tr.t(f"first_run.{step}.later")
    return told[step]()


def _pill(tr: Translator, state: StepState) -> Pill:
    tone, shape = PILLS[state]
    return Pill(tr.t(f"first_run.state.{state}"), tone, shape)


PILLS: Mapping[StepState, tuple[Tone, Shape]] = {
    StepState.TODO: (Tone.NEUTRAL, Shape.RING),
    StepState.READY: (Tone.USABLE, Shape.TICK),
    StepState.UNTRIED: (Tone.UNKNOWN, Shape.QUESTION),
    StepState.LATER: (Tone.OFFLINE, Shape.DOT),
}
"""How a step's state is drawn."""

_PAGES: Mapping[Step, Callable[[Translator, Flow], Page]] = {
    Step.LANGUAGE: _language,
    Step.PROFILE: _profile,
    Step.PASSPHRASE: _passphrase,
    Step.SHOP: _shop,
    Step.MANAGER: _manager,
    Step.KEYS: keys_page,
    Step.SCANNER: scanner_page,
    Step.PRINTER: printer_page,
    Step.POLICY: _policy,
    Step.DONE: _done,
}


def press(flow: Flow, part: str, name: str) -> None:
    """A tile, line or button was pressed."""
    from pos.ui.first_run.pages_devices import press_device
    from pos.ui.first_run.pages_keys import press_key

    if part == "language":
        flow.set_language(name)
    elif part == "profile":
        flow.choose_profile(name)
    elif part == "policy":
        flow.choose_policy(Policy(name))
    elif part == "summary":
        flow.go_to(Step(name))
    elif part in ("issuers", "issuer"):
        press_key(flow, name)
    elif part in BY_KEY:
        flow.choose(part, name)
    else:
        press_device(flow, part, name)
