"""Settings in words: rows, buttons, changes of the chain."""

from __future__ import annotations

from pos.domain.audit import AuditValue
from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.security.secret import DOTS, Secret
from pos.settings import BY_KEY, Applies, Form, Group, Setting, Value
from pos.settings import words as said
from pos.setup.settings_desk import Changed, Standing
from pos.till.views import Message
from pos.told_audit import actor_words
from pos.ui.manager.setup.settings.model import KEYS, Act, Kind, Option, RowModel
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

_FORMS = {Form.FILE: Kind.FILE, Form.FOLDER: Kind.FOLDER}


def as_typed(value: Value) -> str:
    """A value as a person would type it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def kind_of(setting: Setting) -> Kind:
    """The control it gets."""
    if setting.kind == "text":
        return Kind.ADDRESS if setting.key.endswith(".address") else _FORMS.get(setting.form, Kind.TEXT)
    return Kind(setting.kind)


def part_words(tr: Translator, name: str) -> str:
    """A part of a panel: an issuer by its name."""
    key = f"setting.group.{name}"
    return tr.t(key) if tr.has(key) else tr.t(f"setup.part.{name}")


def group_words(tr: Translator, group: Group) -> str:
    """What settings belong to."""
    return tr.t(f"setting.group.{group}")


def row(
    tr: Translator, setting: Setting, standing: Standing, edit: Secret | None, *, title: str, error: Message | None
) -> RowModel:
    """One setting as it stands, or as it was changed and not saved."""
    kind = kind_of(setting)
    if kind is Kind.SECRET:
        text, shown = "", _secret_words(tr, standing, edit)
    else:
        text = edit.reveal() if edit is not None else as_typed(standing.value)
        shown = said.choice(tr, setting, text) if kind is Kind.CHOICE else text
    options = tuple(Option(one, said.choice(tr, setting, one)) for one in setting.choices)
    return RowModel(
        setting.key,
        kind,
        title,
        short_label(tr, setting),
        said.meaning(tr, setting),
        text,
        shown,
        options,
        unit=said.unit(tr, setting),
        allowed=said.allowed(tr, setting) if kind is Kind.NUMBER else "",
        note=_note(tr, setting, standing),
        applies=_applies(tr, setting, standing),
        waits=standing.waits,
        error=message_words(tr, error) if error is not None else "",
        edited=edit is not None,
        has_secret=bool(standing.value if edit is None else edit),
    )


def short_label(tr: Translator, setting: Setting) -> str:
    """Its name without the issuer's before it: the panel says whose it is."""
    issuer, colon, rest = said.label(tr, setting).partition(": ")
    return rest[:1].upper() + rest[1:] if colon and issuer == group_words(tr, setting.group) else issuer + colon + rest


def _secret_words(tr: Translator, standing: Standing, edit: Secret | None) -> str:
    if edit is not None:
        return tr.t("setup.secret.new" if edit else "setup.secret.gone")
    return tr.t("setup.secret.kept") if standing.value else tr.t("setup.secret.none")


def _note(tr: Translator, setting: Setting, standing: Standing) -> str:
    parts = []
    if not setting.secret:
        parts.append(tr.t("setup.shipped", value=said.value(tr, setting, standing.shipped)))
    if standing.changed is not None:
        parts.append(changed_words(tr, standing.changed))
    return " · ".join(parts)


def changed_words(tr: Translator, changed: Changed) -> str:
    """Who changed it, and when."""
    key = "setup.changed.outside" if changed.outside else "setup.changed"
    return tr.t(key, who=actor_words(tr, changed.actor), at=when(changed))


def when(changed: Changed) -> str:
    """The shop's clock at that moment."""
    return "–" if changed.at_utc is None else f"{local_time(changed.at_utc):%H:%M %d/%m/%Y}"


def _applies(tr: Translator, setting: Setting, standing: Standing) -> str:
    if standing.waits:
        return tr.t("setup.applies.waits")
    return "" if setting.applies is Applies.NOW else tr.t(f"setting.applies.{setting.applies}")


def message_words(tr: Translator, message: Message) -> str:
    """What is wrong and what to do, with the setting's name in place of its key."""
    params = dict(message.params)
    key = str(params.get("key", ""))
    if key in BY_KEY:
        params["key"] = f"“{said.label(tr, BY_KEY[key])}”"
    sentence = say_message(tr, Message(message.code, tuple(params.items())))
    return f"{sentence.what} {sentence.do}".strip()


def actions(tr: Translator, acts: tuple[Act, ...], *, is_secret: bool) -> tuple[BarAction, ...]:
    """Buttons of what can be done now."""
    return tuple(
        BarAction(
            act.value,
            tr.t("setup.do.remove" if act is Act.SHIPPED and is_secret else f"setup.do.{act}"),
            KEYS[act],
            primary=act is Act.SAVE,
        )
        for act in acts
    )


def label_of(tr: Translator, key: str) -> str:
    """A setting's name; of one this version no longer has, its key."""
    return said.label(tr, BY_KEY[key]) if key in BY_KEY else key


def value_of(tr: Translator, changed: Changed, value: AuditValue) -> str:
    """A value of the chain in words."""
    if changed.secret:
        return DOTS
    setting = BY_KEY.get(changed.key)
    if value is None or setting is None:
        return "–" if value is None else str(value)
    return said.value(tr, setting, value)
