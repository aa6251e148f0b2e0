"""`quay config`: what stands declared is what is shown, and who may change a setting is asked for her PIN."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from pos.bootstrap import HeldFolder, Program, SystemClock
from pos.cli.main import main
from pos.domain.errors import ConfigError
from pos.domain.offline_policy import Accept, NeedsManager, OfflineFacts, decide
from pos.i18n import LANGUAGES, Translator
from pos.instance_lock import InstanceLock
from pos.security.people import PinPeople
from pos.settings import SETTINGS, Applies, Group, Unit, Who, known, of_group, parse
from pos.till.ports import Role
from tests.program.test_audited import decided, opened

PIN = "482913"


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A till with a manager."""
    made = tmp_path_factory.mktemp("config") / "till"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUAY_KEYSTORE", "file")
        held = HeldFolder(made)
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        PinPeople(held.journal.people, SystemClock(), held.chance, cheap).add("Hương", Role.MANAGER, PIN, actor="")
        held.close()
    return made


@pytest.fixture
def folder(managed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    return Path(shutil.copytree(managed, tmp_path / "till"))


def config(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str, stdin: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    return main(["--data", str(folder), "--lang", "en", "config", *words])


def test_a_managers_setting_takes_her_pin_and_keeps_her_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config(monkeypatch, folder, "set", "store.name", "Lê Lợi", stdin=f"{PIN}\n") == 0
    with opened(folder) as program:
        assert decided(program, "setting.changed")[-1] == (
            "Hương", "setting.changed", "store.name", {"before": "", "now": "Lê Lợi"},
        )  # fmt: skip
        assert program.notices.pending() == ()


@pytest.mark.parametrize("stdin", ["", "000000\n", "\n"])
def test_without_it_nothing_is_changed(folder: Path, monkeypatch: pytest.MonkeyPatch, stdin: str) -> None:
    assert config(monkeypatch, folder, "set", "store.name", "Lê Lợi", stdin=stdin) == 2
    assert not (folder / "settings.json").exists()


def test_her_pin_comes_before_the_secrets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config(monkeypatch, folder, "set", "gotit.pin", "-", stdin=f"{PIN}\ninvented-2231\n") == 0
    with opened(folder) as program:
        assert program.settings.text("gotit.pin") == "invented-2231"


@pytest.mark.parametrize("rest", ["", "\n", "  \n"])
def test_a_secret_that_was_forgotten_takes_none_away(folder: Path, monkeypatch: pytest.MonkeyPatch, rest: str) -> None:
    """The PIN's line was there, the key's was not: the key that works stays. `""` in its place takes it away."""
    assert config(monkeypatch, folder, "set", "gotit.pin", "-", stdin=f"{PIN}\ninvented-2231\n") == 0
    assert config(monkeypatch, folder, "set", "gotit.pin", "-", stdin=f"{PIN}\n{rest}") == 2
    with opened(folder) as program:
        assert program.settings.text("gotit.pin") == "invented-2231"
    assert config(monkeypatch, folder, "set", "gotit.pin", "", stdin=f"{PIN}\n") == 0
    with opened(folder) as program:
        assert program.settings.text("gotit.pin") == ""


def test_an_unset_variable_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--data "$UNSET"` must not make a till of whatever folder the script runs in; nor is a file a broken disk."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        main(["--data", "", "people", "list"])
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    capsys.readouterr()
    assert main(["--data", str(tmp_path / "file"), "--json", "people", "list"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "config.no_folder"


def test_looks_are_anybodys(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config(monkeypatch, folder, "set", "ui.theme", "dark") == 0


def test_the_risk_policy_takes_a_reason_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change = ("set", "policy.checked_alone_vnd", "0")
    assert config(monkeypatch, folder, *change, stdin=f"{PIN}\n") == 2
    assert "few words why" in capsys.readouterr().err
    assert config(monkeypatch, folder, *change, "--reason", "mất 2 voucher", stdin=f"{PIN}\n") == 0
    with opened(folder) as program:
        facts = {"before": 500_000, "now": 0, "reason": "mất 2 voucher"}
        assert decided(program, "setting.changed")[-1][3] == facts
        checked = OfflineFacts(worth_vnd=50_000, checked_age_s=60)
        assert isinstance(decide(program.offline_policy(), checked), NeedsManager)


def test_the_policy_holds_for_the_next_voucher_of_a_running_till(folder: Path) -> None:
    facts = OfflineFacts(worth_vnd=50_000, checked_age_s=60)
    with opened(folder) as program:
        desk = program.desk.offline
        assert isinstance(decide(desk._policy(), facts), Accept)
        program.settings_noted.change({"policy.checked_alone_vnd": "49999"}, actor="Hương", reason="thử")
        assert isinstance(decide(desk._policy(), facts), NeedsManager)


def test_no_limit_can_be_loosened_beyond_what_is_shipped(folder: Path) -> None:
    with opened(folder) as program:
        for setting in of_group(Group.POLICY):
            with pytest.raises(ConfigError) as caught:
                program.settings_noted.change({setting.key: str(int(setting.default) + 1)}, actor="Hương", reason="thử")
            assert (caught.value.code, caught.value.params["high"]) == ("config.out_of_range", setting.default)


def test_a_wrong_setting_can_be_mended_though_the_till_does_not_open_with_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = ("set", "gotit.ca_file", str(folder / "nothing.pem"))
    assert config(monkeypatch, folder, *wrong, stdin=f"{PIN}\n") == 0
    assert config(monkeypatch, folder, "set", "gotit.ca_file", "", stdin=f"{PIN}\n") == 0
    Program(folder).close()


def test_a_running_till_is_not_changed_under_its_hands(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a window holds in memory would be written over it."""
    monkeypatch.setattr("pos.cli.folder._WAIT_S", 0.0)
    lock = InstanceLock(folder)
    try:
        assert config(monkeypatch, folder, "set", "ui.theme", "dark") == 2
    finally:
        lock.release()


# ---------------------------------------------------------------- what is declared


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_has_its_words(language: str) -> None:
    tr = Translator(language)
    wanted = [f"setting.{each.key}.{part}" for each in SETTINGS for part in ("label", "help")]
    wanted += [f"setting.group.{group}" for group in Group]
    wanted += [f"setting.unit.{unit}" for unit in Unit if unit is not Unit.NONE]
    wanted += [f"setting.who.{who}" for who in Who] + [f"setting.applies.{applies}" for applies in Applies]
    assert [key for key in wanted if not tr.has(key)] == []


def test_no_words_are_left_of_a_setting_that_is_gone() -> None:
    from pos.i18n import resource_path

    texts = json.loads(resource_path("locale/vi.settings.json").read_text("utf-8"))
    keys = {key.removeprefix("setting.").rpartition(".")[0] for key in texts if key.endswith((".label", ".help"))}
    assert keys - {each.key for each in SETTINGS} == set()


def test_a_number_says_what_it_counts_and_a_secret_has_no_value_that_is_shipped() -> None:
    for each in SETTINGS:
        if each.key.rpartition("_")[2] in ("s", "ms", "vnd", "min", "h", "hour"):
            assert each.unit is not Unit.NONE, each.key
        if each.secret:
            assert each.default == "", each.key
            assert each.who is Who.MANAGER, each.key


def test_one_group_is_listed_and_one_setting_is_described(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert config(monkeypatch, folder, "list", "--group", "policy", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert {each["group"] for each in listed.values()} == {"policy"}
    assert listed["policy.sum_manager_vnd"]["high"] == 5_000_000
    assert config(monkeypatch, folder, "describe", "security.lock_after_min") == 0
    said = capsys.readouterr().out
    for part in ("Lock the screen after", "0–60 min", "Set to: 3 min", "Only a manager", "at once"):
        assert part in said


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("network.proxy", "direct", True),
        ("network.proxy", "http://10.0.0.1:3128", True),
        ("network.proxy", "http://proxy.example:8080/", True),
        ("network.proxy", "http://10.0.0.1", False),
        ("network.proxy", "http://user:pw@10.0.0.1:3128", False),
        ("network.proxy", "socks5://10.0.0.1:1080", False),
        ("network.proxy", "http://10.0.0.1:3128/path", False),
        ("gotit.tls_pin", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", True),
        ("gotit.tls_pin", "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=, " + "A" * 43 + "=", True),
        ("gotit.tls_pin", "47DEQpj8HBSa", False),
        ("gotit.tls_pin", "not a pin", False),
        ("vinid.key_expires_on", "2027-03-31", True),
        ("vinid.key_expires_on", "31/03/2027", False),
        ("vinid.key_expires_on", "2027-02-30", False),
        ("security.lock_after_min", "61", False),
        ("security.lock_after_min", "0", True),
    ],
)
def test_what_is_written_in_a_form_of_its_own_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: str, fits: bool
) -> None:
    if fits:
        assert str(parse(known(key), value)) == value
    else:
        with pytest.raises(ConfigError):
            parse(known(key), value)


@pytest.mark.parametrize("words", ["people list", "settle", "day x", "sell open", "redeem X --bill-number B --total 1"])
def test_a_folder_that_was_mistyped_becomes_no_new_till(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typo = tmp_path / "typo"
    assert main(["--lang", "en", *words.split(), "--data", str(typo)]) == 2
    assert f"{typo} does not exist" in capsys.readouterr().err
    assert not typo.exists()
