"""The settings of one data folder: one small file, and the secrets beside it, encrypted."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from pos.domain.errors import ConfigError, JournalUnavailable
from pos.durable import make_folder, replace_file
from pos.settings.declared import BY_KEY, SETTINGS
from pos.settings.parsing import known, parse, parse_new
from pos.settings.setting import Form, Setting, Value
from pos.settings.worlds import environment_of, mixes, profile_of, shipped_for
from pos.sound_json import read_json
from pos.till.views import Environment

FILE = "settings.json"


class Secrets(Protocol):
    """Where secret settings live."""

    def get(self, name: str) -> str | None:
        """The secret, or None."""

    def set(self, name: str, value: str) -> None:
        """Keep it, flushed."""


class NoSecrets:
    """Stands in where only what is no secret is read: asking the key store may cost a password."""

    def get(self, name: str) -> str | None:
        """None, whatever it is."""
        del name
        return None

    def set(self, name: str, value: str) -> None:
        """Nothing is kept. Raises `TypeError`: our bug."""
        del value
        raise TypeError(f"no secret can be kept here: {name}")


class Settings:
    """The settings of one data folder. Reading is cheap; every `set` is written at once, whole, by replacing the file.

    Args:
        data_dir: the folder; need not exist.
        secrets: where secret settings live.
        profile: of a folder that is still to be made.

    Raises:
        ConfigError: the file is not ours or a value is impossible.
    """

    def __init__(self, data_dir: Path, secrets: Secrets, *, profile: Environment | None = None) -> None:
        self.folder = data_dir
        self.profile = profile_of(data_dir) or profile
        """What this folder is for ever; None: its first bill decides."""
        self._path = data_dir / FILE
        self._secrets = secrets
        self._shipped = shipped_for(self.profile)
        self._values = self._load()
        self.revision = 0
        """Another number whenever anything was set."""
        self.changed: Callable[[], None] = lambda: None
        """Called after anything was set, on the thread that set it: what can take effect at once does so here."""
        self._writing = threading.Lock()  # the window's choices and a printer's proof come from two threads

    def _load(self) -> dict[str, Value]:
        try:
            raw = read_json(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise JournalUnavailable("journal.io", file=self._path.name) from error
        except ValueError as error:
            raise ConfigError("config.file_damaged", file=self._path.name) from error
        if not isinstance(raw, dict):
            raise ConfigError("config.file_damaged", file=self._path.name)
        return {key: parse(BY_KEY[key], value) for key, value in raw.items() if key in BY_KEY}

    def text(self, key: str) -> str:
        """A text, choice or secret."""
        setting = known(key)
        if setting.secret:
            return self._secrets.get(key) or ""
        return str(self._value(setting))

    def number(self, key: str) -> int:
        """A whole number."""
        return int(self._value(known(key)))

    def flag(self, key: str) -> bool:
        """Yes or no."""
        return bool(self._value(known(key)))

    def shown(self, key: str) -> Value:
        """The value for people: a secret shows as dots."""
        setting = known(key)
        if setting.secret:
            return "••••" if self.text(key) else ""
        return self._value(setting)

    def shipped(self, key: str) -> Value:
        """The value of a new folder of this profile; of a secret nothing."""
        setting = known(key)
        return "" if setting.secret else self._shipped.get(key, setting.default)

    def given(self) -> Mapping[str, Value]:
        """Every value that stands in the file; no secret does."""
        return self._values

    def _value(self, setting: Setting) -> Value:
        return self._values.get(setting.key, self._shipped.get(setting.key, setting.default))

    def unchosen(self, key: str) -> bool:
        """Whether this begins bill numbers and stands as shipped: every till would have the same."""
        return known(key).form is Form.CODE and key not in self._values

    def secret_values(self) -> list[str]:
        """Every secret that is set, for the log's mask; of a key with several lines each line too."""
        texts = [self.text(setting.key) for setting in SETTINGS if setting.secret]
        return [part for text in texts if text for part in {text, *text.splitlines()}]

    def checked(self, values: Mapping[str, str]) -> dict[str, Value]:
        """These values as they would be kept; nothing is.

        Raises:
            ConfigError: unknown key, impossible value, or one that belongs to another profile.
        """
        parsed = {key: parse_new(known(key), value) for key, value in values.items()}
        if self.profile is not None:
            self._check_world(parsed)
        return parsed

    def _check_world(self, parsed: Mapping[str, Value]) -> None:
        """What would send a profile's bills elsewhere is refused: its journal, keys and numbers are of one world."""

        def would_be(key: str) -> Value:
            return parsed.get(key, self._value(BY_KEY[key]))

        now = environment_of(training=bool(would_be("training")), gotit_url=str(would_be("gotit.base_url")))
        if now is not self.profile:
            key = "training" if "training" in parsed else "gotit.base_url"
            raise ConfigError("profile.fixed", key=key, profile=str(self.profile), now=now.value)
        for key, value in parsed.items():
            if key.endswith(".base_url") and mixes(now, str(value)):
                raise ConfigError("profile.mixed", key=key, profile=now.value)

    def set_many(self, values: Mapping[str, str]) -> None:
        """Set several at once: all are checked before any is kept. Who changed it is noted by `SettingsNoted.change`.

        Raises:
            ConfigError: unknown key, impossible value, or one that belongs to another profile; nothing was changed.
            JournalUnavailable: could not be written; the old file stands.
        """
        parsed = self.checked(values)
        for key, value in parsed.items():
            if BY_KEY[key].secret:
                self._secrets.set(key, str(value))
        plain = {key: value for key, value in parsed.items() if not BY_KEY[key].secret}
        if plain:
            with self._writing:
                self._save({**self._values, **plain})
        self.revision += 1
        self.changed()

    def put_back(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """Keep those of these that were never set here; what belongs to another profile, or is no value, stays away.

        Raises:
            JournalUnavailable: could not be written; the old file stands.
        """
        missing: dict[str, Value] = {}
        for key, value in values.items():
            setting = BY_KEY.get(key)
            if setting is None or setting.secret or key in self._values:
                continue
            with contextlib.suppress(ConfigError):
                wanted = missing | {key: parse(setting, value)}
                if self.profile is not None:
                    self._check_world(wanted)
                missing = wanted
        if missing:
            with self._writing:
                self._save({**self._values, **missing})
            self.revision += 1
            self.changed()
        return tuple(missing)

    def _save(self, values: dict[str, Value]) -> None:
        text = json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True)
        try:
            make_folder(self._path.parent)
            replace_file(self._path, text.encode())
        except OSError as error:
            raise JournalUnavailable("journal.io", file=self._path.name) from error
        self._values = values

    @property
    def environment(self) -> Environment:
        """Where redemptions go: training by its flag, production by the issuer's host, anything else is sandbox."""
        return environment_of(training=self.flag("training"), gotit_url=self.text("gotit.base_url"))

    def mixes(self, key: str) -> bool:
        """Whether the address under this key is of play money where money is real, or the other way round."""
        return mixes(self.environment, self.text(key))
