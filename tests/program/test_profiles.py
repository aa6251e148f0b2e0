"""Production, sandbox and training are tills of their own: nothing of one is ever another's."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from pos.bootstrap import HeldFolder, Program, open_folder
from pos.cli.main import main
from pos.domain.errors import ConfigError, PosError
from pos.profiles import NAMES, Profiles
from pos.settings import PRODUCTION_HOST
from pos.till.ports import Role

REAL = f"https://{PRODUCTION_HOST}"
PLAY = "https://openapi-stg.gotit.vn"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, as the commands find it."""
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "quay-voucher"


def refusal(folder: Path, **values: str) -> tuple[str, dict[str, object]]:
    with pytest.raises(ConfigError) as caught:
        open_folder(folder).settings.set_many({key.replace("__", "."): value for key, value in values.items()})
    return caught.value.code, dict(caught.value.params)


def test_no_two_profiles_share_key_secret_people_or_a_bill_number(root: Path) -> None:
    seen: dict[str, set[object]] = {"key": set(), "bill": set(), "secret": set(), "person": set()}
    for name in ("sandbox", "training"):
        program = Program(Profiles(root).make(name))
        program.settings_noted.change({"gotit.pin": f"invented-{name}", "store.code": "HN03"}, actor="")
        program.people.add(f"Hương {name}", Role.MANAGER, "482913", actor="")
        for what, found in (
            ("key", (program.folder.path / "key").read_bytes()),
            ("bill", program._next_bill_number("20261129")),
            ("secret", program.settings.text("gotit.pin")),
            ("person", tuple(person.name for person in program.people.everyone())),
        ):
            assert found not in seen[what]
            seen[what].add(found)
        program.close()
    # On this machine without a key store a production till asks for a passphrase; its settings alone show the same.
    real = Profiles(root).make("production")
    assert sorted(path.name for path in real.iterdir()) == ["profile"]
    assert seen["bill"] == {"TN-HN03-T1-20261129-000001", "DT-HN03-T1-20261129-000001"}


def test_a_secret_file_carried_into_another_profile_does_not_open(root: Path) -> None:
    for name in ("sandbox", "training"):
        open_folder(Profiles(root).make(name)).settings.set_many({"gotit.pin": f"invented-{name}"})
    stolen = (root / "training" / "secrets.bin").read_bytes()
    (root / "sandbox" / "secrets.bin").write_bytes(stolen)
    with pytest.raises(PosError):
        open_folder(root / "sandbox").settings.text("gotit.pin")


def test_where_nobody_has_chosen_nothing_real_is_meant(root: Path) -> None:
    profiles = Profiles(root)
    assert (profiles.chosen(), profiles.current(), profiles.folder()) == (None, "sandbox", root / "sandbox")
    assert not root.exists()


def test_the_choice_is_remembered_and_the_folder_is_its_owners_alone(root: Path) -> None:
    folder = Profiles(root).use("production")
    assert (Profiles(root).chosen(), Profiles(root).folder()) == ("production", folder)
    assert (root.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o700, 0o700)


@pytest.mark.parametrize(
    ("profile", "key", "value", "code", "now"),
    [
        ("sandbox", "gotit.base_url", REAL, "profile.fixed", "production"),
        ("sandbox", "training", "true", "profile.fixed", "training"),
        ("training", "training", "false", "profile.fixed", "sandbox"),
        ("sandbox", "appotapay.base_url", "https://gateway.appotapay.com", "profile.mixed", None),
    ],
)
def test_a_profile_never_becomes_another(
    root: Path, profile: str, key: str, value: str, code: str, now: str | None
) -> None:
    folder = Profiles(root).make(profile)
    said, params = refusal(folder, **{key: value})
    assert (said, params["key"], params["profile"], params.get("now")) == (code, key, profile, now)
    assert not (folder / "settings.json").exists()


def test_a_production_profile_begins_with_the_real_address_and_keeps_it(root: Path) -> None:
    from pos.settings import NoSecrets, Settings

    settings = Settings(Profiles(root).make("production"), NoSecrets())
    assert settings.environment.value == "production"
    for key in ("gotit.base_url", "appotapay.base_url", "vinid.base_url"):
        assert not settings.mixes(key)
    with pytest.raises(ConfigError, match=r"profile\.fixed"):
        settings.set_many({"gotit.base_url": PLAY})
    with pytest.raises(ConfigError, match=r"profile\.mixed"):
        settings.set_many({"vinid.base_url": "https://api-merchant-sandbox.vinid.dev"})


def test_a_profiles_file_edited_by_hand_to_send_elsewhere_opens_no_till(root: Path) -> None:
    folder = Profiles(root).make("sandbox")
    Program(folder).close()
    (folder / "settings.json").write_text(json.dumps({"training": True}))
    with pytest.raises(ConfigError, match=r"profile\.tampered"):
        Program(folder)
    assert main(["--data", str(folder), "config", "set", "training", "false"]) == 0  # the way back
    Program(folder).close()


def test_a_folder_with_data_is_never_taken_over_by_a_profile(root: Path) -> None:
    HeldFolder(root / "sandbox").close()  # made with --data, before there were profiles
    with pytest.raises(ConfigError, match=r"profile\.taken"):
        Profiles(root).make("sandbox")


def test_a_mark_that_names_nothing_opens_nothing(root: Path) -> None:
    folder = Profiles(root).make("sandbox")
    (folder / "profile").write_text("prod")
    with pytest.raises(ConfigError, match=r"profile\.unreadable"):
        open_folder(folder)


def test_a_till_from_before_there_were_profiles_goes_on_being_used(root: Path) -> None:
    old = Program(root)
    old.settings_noted.change({"store.code": "HN03"}, actor="")
    old.close()
    profiles = Profiles(root)
    assert (profiles.current(), profiles.folder(), profiles.make()) == ("sandbox", root, root)
    profiles.use("training")
    assert Profiles(root).folder() == root / "training"
    profiles.use("sandbox")
    assert Profiles(root).folder() == root
    assert open_folder(root).settings.text("store.code") == "HN03"


def test_every_command_finds_its_till_by_profile(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--profile", "training", "config", "set", "store.name", "Tập"]) == 0
    assert main(["config", "set", "--profile", "sandbox", "store.name", "Thử"]) == 0
    said = []
    for words in (["--profile", "training"], ["--profile", "sandbox"], []):
        assert main([*words, "config", "get", "store.name"]) == 0
        said.append(capsys.readouterr().out.strip())
    assert said == ["Tập", "Thử", "Thử"]
    assert main(["profile", "use", "training"]) == 0
    capsys.readouterr()
    assert main(["config", "get", "store.name"]) == 0
    assert capsys.readouterr().out.strip() == "Tập"
    assert main(["profile", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["profile"], row["current"], row["made"]) for row in rows] == [
        ("production", False, False),
        ("sandbox", False, True),
        ("training", True, True),
    ]
    assert [row["profile"] for row in rows] == list(NAMES)


def test_a_home_that_is_no_folder_is_not_told_as_a_failing_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service without a home: whoever reads "the disk may be failing" throws a good disk away."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    assert main(["--json", "people", "list"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "journal.read_only"


def test_an_export_that_cannot_be_written_there_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    (tmp_path / "file").touch()
    (tmp_path / "till").mkdir()
    data = ["--data", str(tmp_path / "till"), "--json"]
    assert main([*data, "people", "list"]) == 0
    capsys.readouterr()
    assert main([*data, "journal", "export", "--format", "csv", "--out", str(tmp_path / "file")]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "setup.not_written"


def test_folder_and_profile_at_once_contradict_each_other(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(root), "--profile", "training", "--lang", "en", "config", "list"]) == 2
    assert "Give only one of them" in capsys.readouterr().err


def test_the_command_says_why_a_profile_cannot_be_sent_elsewhere(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["--profile", "sandbox", "config", "set", "gotit.base_url", REAL]) == 2
    assert "quay profile use production" in capsys.readouterr().err
