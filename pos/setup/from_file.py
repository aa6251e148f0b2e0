"""A till set up from a file: read, looked through as a whole, then carried out; a second time it changes nothing.

The file is TOML. No secret and no PIN stands in it, only where each is to be had:

    profile = "production"
    [settings]
    store.code = "HN03"
    ui.language = "vi"
    [secrets]
    gotit.pin = { file = "gotit.pin" }          # or { stdin = true }, or { env = "NAME" }
    [[people]]
    name = "Hương"
    role = "manager"
    pin = { stdin = true }                      # a PIN: from a file or stdin only
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from pos.domain.errors import ConfigError, PosError
from pos.domain.permissions import Action
from pos.profiles import NAMES
from pos.security.common_pins import CASHIER_DIGITS, MANAGER_DIGITS, too_common
from pos.security.names import alike, read_name
from pos.settings import BY_KEY, NoSecrets, Settings, Who, parse_new
from pos.till.ports import Role
from pos.till.views import Environment, Message

if TYPE_CHECKING:
    from pos.bootstrap import HeldFolder

_MOST_BYTES = 200_000
_TILL_CODE = "till.code"
"""Never taken over from another till: two with one code give the same bill numbers, and by the bill number an issuer
tells whose use a voucher's was."""


class Source(StrEnum):
    """Where a secret or a PIN is to be had."""

    FILE = "file"
    STDIN = "stdin"
    ENV = "env"


@dataclass(frozen=True, slots=True)
class Ref:
    """One place. `name`: of the file or the variable."""

    source: Source
    name: str = ""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to work at this till."""

    name: str
    role: Role
    pin: Ref


@dataclass(slots=True)
class Plan:
    """What the file wants.

    Args:
        profile: "": whatever the folder is.
        settings: by key, as text.
        secrets: by key.
        manager_pin: of a manager who works here already; only asked for where something is to be changed.
        reason: for a change of the risk policy.
    """

    profile: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, Ref] = field(default_factory=dict)
    people: list[Newcomer] = field(default_factory=list)
    manager_pin: Ref | None = None
    reason: str = ""


class SetupRefused(ConfigError):
    """The file as a whole is refused; nothing was written.

    Args:
        faults: each thing in it that is wrong.
    """

    def __init__(self, faults: Sequence[Message]) -> None:
        super().__init__("setup.refused", count=len(faults))
        self.faults = tuple(faults)


def read_plan(text: str) -> Plan:
    """The plan that a file's text is.

    Raises:
        SetupRefused: with everything that is wrong in it.
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # no TOML, a number of thousands of digits; nested without end
        raise SetupRefused([Message("setup.not_toml", (("why", str(error)),))]) from None
    reader = _Reader()
    plan = reader.read(raw)
    if reader.faults:
        raise SetupRefused(reader.faults)
    return plan


class _Reader:
    """Takes the parts of a file and gathers what is wrong."""

    def __init__(self) -> None:
        self.faults: list[Message] = []

    def fault(self, code: str, **params: str) -> None:
        self.faults.append(Message(code, tuple(params.items())))

    def read(self, raw: Mapping[str, Any]) -> Plan:
        plan = Plan()
        for part, value in raw.items():
            if part == "profile":
                plan.profile = self._profile(value)
            elif part == "reason" and isinstance(value, str):
                plan.reason = value
            elif part == "manager_pin":
                plan.manager_pin = self._ref(part, value, pin=True)
            elif part == "settings" and isinstance(value, Mapping):
                self._settings(value, plan)
            elif part == "secrets" and isinstance(value, Mapping):
                self._secrets(value, plan)
            elif part == "people" and isinstance(value, list):
                self._people(value, plan)
            else:
                self.fault("setup.unknown_part", part=part)
        return plan

    def _profile(self, value: object) -> str:
        if value not in NAMES:
            self.fault("profile.unknown", name=str(value), known=", ".join(NAMES))
        return str(value)

    def _settings(self, raw: Mapping[str, Any], plan: Plan) -> None:
        for key, value in _flat(raw):
            setting = BY_KEY.get(key)
            if setting is None:
                self.fault("config.unknown_key", key=key)
            elif setting.secret:
                self.fault("setup.secret_in_clear", key=key)
            elif isinstance(value, bool):
                plan.settings[key] = str(value).lower()
            elif isinstance(value, str | int):
                plan.settings[key] = str(value)
            else:
                self.fault("config.bad_value", key=key)

    def _secrets(self, raw: Mapping[str, Any], plan: Plan) -> None:
        for key, value in _flat(raw, stop=_is_ref):
            setting = BY_KEY.get(key)
            if setting is None:
                self.fault("config.unknown_key", key=key)
            elif not setting.secret:
                self.fault("setup.no_secret", key=key)
            elif (ref := self._ref(key, value)) is not None:
                plan.secrets[key] = ref

    def _people(self, raw: Sequence[Any], plan: Plan) -> None:
        for value in raw:
            fields = value if isinstance(value, Mapping) else {}
            role = fields.get("role", Role.CASHIER.value)
            name = _tried(self.faults, read_name, str(fields.get("name", "")))
            if not name:
                continue
            if role not in [each.value for each in Role] or fields.keys() - {"name", "role", "pin"}:
                self.fault("setup.person", name=name)
            elif any(alike(each.name) == alike(name) for each in plan.people):
                self.fault("person.name_taken", name=name)
            elif (ref := self._ref(name, fields.get("pin"), pin=True)) is not None:
                plan.people.append(Newcomer(name, Role(role), ref))

    def _ref(self, key: str, value: object, *, pin: bool = False) -> Ref | None:
        """A place; a secret or a PIN written out is refused whatever it is, and not repeated."""
        if isinstance(value, Mapping) and len(value) == 1:
            (source, name), *_ = value.items()
            if source == Source.STDIN and name is True:
                return Ref(Source.STDIN)
            if source == Source.FILE and isinstance(name, str) and name:
                return Ref(Source.FILE, name)
            if source == Source.ENV and isinstance(name, str) and name and not pin:
                return Ref(Source.ENV, name)
        self.fault("setup.pin_in_clear" if pin else "setup.secret_in_clear", key=key)
        return None


def _flat(raw: Mapping[str, Any], head: str = "", stop: Callable[[object], bool] = lambda _: False) -> Iterator[
    tuple[str, Any]
]:  # fmt: skip
    """`[settings.gotit] flow = …` and `"gotit.flow" = …` are one."""
    for name, value in raw.items():
        key = f"{head}{name}"
        if isinstance(value, Mapping) and not stop(value):
            yield from _flat(value, f"{key}.", stop)
        else:
            yield key, value


def _is_ref(value: object) -> bool:
    return isinstance(value, Mapping) and bool(value) and set(value) <= {source.value for source in Source}


class SecretReader:
    """Fetches secrets and PINs, each once: the manager's PIN, then secrets, then people's PINs, as the file has them.

    Args:
        folder: what names of files are relative to.
        line: the next line of stdin with its end; "" at its end.
        environment: variables.
    """

    def __init__(self, folder: Path, line: Callable[[], str], environment: Mapping[str, str] = os.environ) -> None:
        self._folder, self._line, self._environment = folder, line, environment
        self.open_files: list[str] = []
        """Files that others than their owner may read."""

    def get(self, key: str, ref: Ref, *, lines: bool = False) -> str:
        """The text behind a place.

        Args:
            key: what it is for.
            ref: the place.
            lines: a key of several lines; from stdin it goes on to the line that ends a PEM or an XML key.

        Raises:
            ConfigError: `setup.secret_missing`.
        """
        if ref.source is Source.FILE:
            text = self._from_file(ref.name)
        elif ref.source is Source.ENV:
            text = self._environment.get(ref.name, "")
        else:
            text = self._key() if lines else self._line()
        text = text if lines else text.rstrip("\r\n")
        if not text.strip():
            raise ConfigError("setup.secret_missing", key=key, place=ref.name or ref.source.value)
        return text

    def _from_file(self, name: str) -> str:
        path = self._folder / Path(name).expanduser()
        try:
            found = path.stat()
            text = path.read_text("utf-8") if found.st_size <= _MOST_BYTES else ""
        except (OSError, UnicodeDecodeError):
            return ""
        if os.name == "posix" and found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self.open_files.append(name)
        return text

    def _key(self) -> str:
        taken: list[str] = []
        while line := self._line():
            taken.append(line)
            if line.startswith("-----END") or line.rstrip().endswith("</RSAKeyValue>"):
                break
        return "".join(taken)


@dataclass(frozen=True, slots=True)
class Looked:
    """A plan that was looked through as a whole, with its secrets fetched.

    Args:
        values: of the settings and secrets, by key.
        pins: of `plan.people`, in order.
        manager_pin: "" where the file names none.
        warnings: what is unwise and goes on all the same.
    """

    plan: Plan
    values: Mapping[str, str] = field(repr=False)
    pins: tuple[str, ...] = field(repr=False)
    manager_pin: str = field(default="", repr=False)
    warnings: tuple[Message, ...] = ()


def look_through(plan: Plan, folder: Path, secrets: SecretReader) -> Looked:
    """Fetch every secret and check every value; nothing is written.

    Args:
        plan: of the file.
        folder: the data folder that it is meant for; need not exist.
        secrets: where they come from.

    Raises:
        SetupRefused: with everything that is wrong.
        PosError: the data folder cannot be read.
    """
    faults: list[Message] = []
    settings = Settings(folder, NoSecrets(), profile=Environment(plan.profile) if plan.profile else None)
    if plan.profile and settings.profile is not None and settings.profile.value != plan.profile:
        faults.append(Message("profile.taken", (("folder", folder.name),)))
    manager_pin = "" if plan.manager_pin is None else _tried(faults, secrets.get, "manager_pin", plan.manager_pin)
    values = dict(plan.settings)
    if not values.get(_TILL_CODE, "T"):
        values.pop(_TILL_CODE)  # an export leaves it open: as this till has it
    if _TILL_CODE not in values and settings.unchosen(_TILL_CODE) and (
        _TILL_CODE in plan.settings or settings.profile is Environment.PRODUCTION
    ):  # fmt: skip
        faults.append(Message("setup.till_code_missing"))
    for key, ref in plan.secrets.items():
        values[key] = _tried(faults, partial(secrets.get, lines=BY_KEY[key].lines), key, ref)
    pins = tuple(_tried(faults, _pin, each, secrets) for each in plan.people)
    managers = [pin for each, pin in zip(plan.people, pins, strict=True) if each.role is Role.MANAGER]
    for each, pin in zip(plan.people, pins, strict=True):
        if pin and pin in managers and (each.role is not Role.MANAGER or managers.count(pin) > 1):
            faults.append(Message("setup.pin_shared", (("name", each.name),)))
    for key, value in values.items():
        _tried(faults, parse_new, BY_KEY[key], value)
    if not faults:
        _tried(faults, settings.checked, values)
    if faults:
        raise SetupRefused(faults)
    warnings = tuple(Message("setup.open_file", (("file", name),)) for name in secrets.open_files)
    return Looked(plan, values, pins, manager_pin, warnings)


P = ParamSpec("P")


def _tried(faults: list[Message], work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    """What it gives, as text; "" and one more fault where it cannot be had."""
    try:
        return str(work(*args, **kwargs))
    except PosError as error:
        faults.append(Message(error.code, tuple(error.params.items())))
        return ""


def _pin(newcomer: Newcomer, secrets: SecretReader) -> str:
    """A PIN that the till will take: else half of the people would stand in it when the next is refused."""
    pin = secrets.get(newcomer.name, newcomer.pin)
    digits = MANAGER_DIGITS if newcomer.role is Role.MANAGER else CASHIER_DIGITS
    if not (pin.isascii() and pin.isdigit() and len(pin) in digits) or too_common(pin):
        raise ConfigError("setup.pin_unfit", name=newcomer.name, low=digits.start, high=digits.stop - 1)
    return pin


# ---------------------------------------------------------------- carrying it out


class Outcome(StrEnum):
    """What became of one line of the file."""

    SET = "set"
    KEPT = "kept"  # it was so already
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the file names. `what`: profile, setting, secret or person."""

    what: str
    name: str
    outcome: Outcome


def carry_out(looked: Looked, held: HeldFolder) -> tuple[Line, ...]:
    """Set what is not so yet, and add who is not there yet.

    Args:
        looked: of `look_through`.
        held: the data folder that it was looked through for.

    Raises:
        SetupRefused: a manager's PIN is needed and missing, or people do not fit those who work here; nothing was
            changed.
        PosError: not a manager's PIN, or the disk is in trouble.
    """
    changing = held.settings_noted.would_change(looked.values)
    here = {alike(person.name): person for person in held.people.everyone()}
    wanted = zip(looked.plan.people, looked.pins, strict=True)
    newcomers = [(each, pin) for each, pin in wanted if alike(each.name) not in here]
    faults = [
        Message("setup.person_role", (("name", each.name),))
        for each in looked.plan.people
        if alike(each.name) in here and here[alike(each.name)].role is not each.role
    ]
    first = next((each.name for each, _ in newcomers if each.role is Role.MANAGER), "")
    if newcomers and not held.managed() and not first:
        faults.append(Message("people.manager_first"))
    hers = [key for key in changing if BY_KEY[key].who is Who.MANAGER]
    if held.managed() and (hers or newcomers):
        if not looked.manager_pin:
            faults.append(Message("setup.manager_pin", (("count", len(hers) + len(newcomers)),)))
        if not looked.plan.reason.strip() and any(BY_KEY[key].needs_reason for key in hers):
            faults.append(Message("config.reason_missing"))
    if faults:
        raise SetupRefused(faults)
    actor = ""
    if held.managed() and (hers or newcomers):
        actor = held.rights.allow(Action.CHANGE_SETTINGS, None, looked.manager_pin).person.name
    changed = held.settings_noted.change(looked.values, actor=actor, reason=looked.plan.reason)
    # The first manager before anybody else: until she is there nobody may add anybody.
    for each, pin in sorted(newcomers, key=lambda pair: pair[0].name != first):
        held.people.add(each.name, each.role, pin, actor=actor or first)
    added = {each.name for each, _ in newcomers}
    return (
        *(
            Line("secret" if BY_KEY[key].secret else "setting", key, Outcome.SET if key in changed else Outcome.KEPT)
            for key in looked.values
        ),
        *(
            Line("person", each.name, Outcome.ADDED if each.name in added else Outcome.KEPT)
            for each in looked.plan.people
        ),
    )
