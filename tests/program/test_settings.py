"""Settings keep what they were told, refuse what cannot be, and never hold a secret in plain sight."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.bootstrap import open_folder
from pos.domain.errors import ConfigError
from pos.settings import SETTINGS, Settings
from pos.till.views import Environment


@pytest.fixture(autouse=True)
def _key_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")


def test_a_value_is_there_at_the_next_start(tmp_path: Path) -> None:
    open_folder(tmp_path).settings.set_many({"store.code": "HN03", "gotit.deadline_s": "20"})
    again = open_folder(tmp_path).settings
    assert (again.text("store.code"), again.number("gotit.deadline_s")) == ("HN03", 20)


def test_a_secret_is_in_no_file_and_shows_as_dots(tmp_path: Path) -> None:
    open_folder(tmp_path).settings.set_many({"gotit.pin": "7305815"})
    settings = open_folder(tmp_path).settings
    assert settings.text("gotit.pin") == "7305815"
    assert settings.shown("gotit.pin") == "••••"
    assert not any(b"7305815" in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("gotit.base_url", "http://openapi.gotit.vn"),
        ("gotit.base_url", "https://user:pw@host"),
        ("gotit.flow", "both"),
        ("gotit.deadline_s", "0"),
        ("gotit.deadline_s", "soon"),
        ("ui.scale", "70"),
        ("scanner.framing", "etx"),
        ("scanner.gs1_ai", "2"),
        ("scanner.gs1_ai", "AI21"),
        ("training", "perhaps"),
        ("store.code", "HN\x0003"),
        ("store.code", "HN 03"),
        ("store.code", "Lê"),
        ("store.code", "A-B"),
        ("till.code", ""),
        ("till.code", " "),
        ("till.code", "T" * 13),
        ("no.such.key", "1"),
    ],
)
def test_an_impossible_value_changes_nothing_at_all(tmp_path: Path, key: str, value: str) -> None:
    settings = open_folder(tmp_path).settings
    with pytest.raises(ConfigError):
        settings.set_many({"store.code": "NEW", key: value})
    assert open_folder(tmp_path).settings.text("store.code") != "NEW"


def test_a_till_whose_code_is_older_than_the_rule_for_codes_still_opens(tmp_path: Path) -> None:
    open_folder(tmp_path).settings.set_many({"store.code": "HN03"})
    (tmp_path / "settings.json").write_text('{"store.code": "HN 03"}')
    settings = open_folder(tmp_path).settings
    settings.set_many({"ui.language": "en"})
    assert open_folder(tmp_path).settings.text("store.code") == "HN 03"


def test_a_damaged_file_is_told_and_not_overwritten(tmp_path: Path) -> None:
    open_folder(tmp_path).settings.set_many({"store.code": "HN03"})
    (tmp_path / "settings.json").write_text('{"store.code": ')
    with pytest.raises(ConfigError, match=r"config\.file_damaged"):
        open_folder(tmp_path)
    assert (tmp_path / "settings.json").read_text() == '{"store.code": '


@pytest.mark.parametrize(
    ("values", "environment"),
    [
        ({}, Environment.SANDBOX),
        ({"gotit.base_url": "https://openapi.gotit.vn"}, Environment.PRODUCTION),
        ({"gotit.base_url": "https://openapi.gotit.vn:443"}, Environment.PRODUCTION),
        ({"gotit.base_url": "https://127.0.0.1:9000"}, Environment.SANDBOX),
        ({"gotit.base_url": "https://openapi.gotit.vn", "training": "true"}, Environment.TRAINING),
    ],
)
def test_only_the_issuers_own_address_is_production(
    tmp_path: Path, values: dict[str, str], environment: Environment
) -> None:
    settings = open_folder(tmp_path).settings
    settings.set_many(values)
    assert settings.environment is environment


class _NoSecrets:
    def get(self, name: str) -> str | None:
        return None

    def set(self, name: str, value: str) -> None:
        raise AssertionError(name)


def test_every_default_is_a_value_that_could_be_set(tmp_path: Path) -> None:
    settings = Settings(tmp_path, _NoSecrets())
    settings.set_many({s.key: str(s.default) for s in SETTINGS if not s.secret})
    assert all(settings.shown(s.key) == s.default for s in SETTINGS)
