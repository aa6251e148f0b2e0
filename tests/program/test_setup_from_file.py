"""A till set up from a file: as the file says, all or nothing, twice is once, and no secret stands in it."""

from __future__ import annotations

import io
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from pos.bootstrap import HeldFolder, Program
from pos.cli.main import main
from pos.i18n import Translator
from pos.settings import SETTINGS
from pos.setup.from_file import Ref, Source, read_plan
from pos.setup.to_file import write_plan
from pos.till.ports import Role
from tests.program.test_audited import decided

PEM = "-----BEGIN PRIVATE KEY-----\nMIIinvented\n-----END PRIVATE KEY-----\n"
FILE = """
profile = "sandbox"
manager_pin = { stdin = true }
[settings]
store.code = "HN03"
"store.name" = "Lê Lợi, \\"số 3\\""
gotit.flow = "reserve"
policy.sum_alone_vnd = 1000000
[settings.printer]
drawer = true
[secrets]
gotit.pin = { file = "gotit.pin" }
appotapay.api_key = { env = "INVENTED_KEY" }
vinid.api_private_key = { stdin = true }
[[people]]
name = "Hương"
role = "manager"
pin = { stdin = true }
[[people]]
name = "Lan"
pin = { file = "lan.pin" }
"""
STDIN = f"482913\n{PEM}482913\n"
SECRETS = ("invented-7731", "invented-4410", "482913", "8351", "MIIinvented")


@dataclass
class Installer:
    """Somebody with a file and a terminal."""

    home: Path
    patch: pytest.MonkeyPatch
    caught: pytest.CaptureFixture[str]

    @property
    def folder(self) -> Path:
        return self.home / "quay-voucher" / "sandbox"

    def run(self, *words: str, text: str | None = None, stdin: str = STDIN) -> tuple[int, str, str]:
        """Status, stdout, stderr of `quay setup`."""
        if text is not None:
            (self.home / "till.toml").write_text(text, "utf-8")
        self.patch.setattr("sys.stdin", io.StringIO(stdin))
        words = words or ("--from", str(self.home / "till.toml"), "--no-trials")
        status = main(["setup", *words])
        said = self.caught.readouterr()
        assert not any(secret in said.out + said.err for secret in SECRETS)
        return status, said.out, said.err


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Installer:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("INVENTED_KEY", "invented-4410")
    for name, text in (("gotit.pin", "invented-7731\n"), ("lan.pin", "8351\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    return Installer(tmp_path, monkeypatch, capsys)


def test_a_till_is_as_the_file_says_and_a_second_time_nothing_changes(installer: Installer) -> None:
    status, out, _ = installer.run(text=FILE)
    assert (status, "Đã đổi 10 mục" in out) == (0, True)
    before = {path.name: path.read_bytes() for path in installer.folder.glob("se[tc]*")}
    status, out, err = installer.run("--from", str(installer.home / "till.toml"), "--no-trials", "--json")
    said = json.loads(out)
    assert (status, said["changed"], {line["outcome"] for line in said["lines"]}, err) == (0, 0, {"kept"}, "")
    assert {path.name: path.read_bytes() for path in installer.folder.glob("se[tc]*")} == before
    program = Program(installer.folder)
    try:
        settings = program.settings
        assert (settings.text("store.name"), settings.flag("printer.drawer")) == ('Lê Lợi, "số 3"', True)
        assert settings.text("vinid.api_private_key") == PEM.strip()
        assert (settings.text("gotit.pin"), settings.text("appotapay.api_key")) == SECRETS[:2]
        assert [(each.name, each.role) for each in program.people.everyone()] == [
            ("Hương", Role.MANAGER),
            ("Lan", Role.CASHIER),
        ]
        assert decided(program, "person.added")[0][0] == "Hương"
        assert program.notices.pending() == ()
        assert program.journal.verify().whole
    finally:
        program.close()


def test_what_changes_at_a_till_with_a_manager_takes_her_pin_and_a_reason(installer: Installer) -> None:
    assert installer.run(text=FILE)[0] == 0
    tighter = FILE.replace("1000000", "0")
    assert "lý do" in installer.run(text=tighter)[2]
    assert installer.run(text=f'reason = "kiểm kê"\n{tighter.replace("manager_pin", "#")}')[0] == 2
    assert installer.run(text=f'reason = "kiểm kê"\n{tighter}', stdin=STDIN.replace("482913", "771204", 1))[0] == 2
    assert installer.run(text=f'reason = "kiểm kê"\n{tighter}')[0] == 0
    held = HeldFolder(installer.folder)
    try:
        actor, _, key, facts = decided(held, "setting.changed")[-1]
        assert (actor, key, facts["reason"]) == ("Hương", "policy.sum_alone_vnd", "kiểm kê")
    finally:
        held.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('gotit.pin = { file = "gotit.pin" }', 'gotit.pin = "invented-7731"'), "setup.secret_in_clear"),
        (('gotit.flow = "reserve"', 'gotit.pin = "invented-7731"'), "setup.secret_in_clear"),
        (('pin = { file = "lan.pin" }', "pin = 8351"), "setup.pin_in_clear"),
        (('pin = { file = "lan.pin" }', 'pin = { env = "LAN" }'), "setup.pin_in_clear"),
        (('{ file = "gotit.pin" }', '{ file = "gone" }'), "setup.secret_missing"),
        (("INVENTED_KEY", "NOT_SET"), "setup.secret_missing"),
        (("appotapay.api_key", "store.logo"), "setup.no_secret"),
        (("store.code", "store.colour"), "config.unknown_key"),
        (("1000000", "9000000"), "config.out_of_range"),
        (('"reserve"', '"sideways"'), "config.not_a_choice"),
        (('gotit.flow = "reserve"', 'gotit.base_url = "https://openapi.gotit.vn"'), "profile.fixed"),
        (('"sandbox"', '"prod"'), "profile.unknown"),
        (("[settings]", "[setings]"), "setup.unknown_part"),
        (('name = "Lan"', 'name = "Hương"'), "person.name_taken"),
        (('name = "Lan"', 'name = "hương"'), "person.name_taken"),
        (('name = "Lan"', f'name = "{"x" * 61}"'), "person.name_unfit"),
        (('store.code = "HN03"', 'store.code = "HN 03"'), "config.bad_code"),
        (('store.code = "HN03"', 'till.code = ""'), "setup.till_code_missing"),
        (('name = "Lan"', 'name = "Lan"\nrole = "boss"'), "setup.person"),
        (('role = "manager"', ""), "people.manager_first"),
        (("profile =", "profile"), "setup.not_toml"),
    ],
)
def test_one_fault_and_nothing_at_all_is_written(installer: Installer, change: tuple[str, str], code: str) -> None:
    assert change[0] in FILE
    (installer.home / "till.toml").write_text(FILE.replace(*change), "utf-8")
    status, out, _ = installer.run("--from", str(installer.home / "till.toml"), "--no-trials", "--json")
    assert (status, code in [fault["error"] for fault in json.loads(out)["faults"]]) == (2, True)
    assert not (installer.folder / "settings.json").exists()
    assert not (installer.folder / "secrets.bin").exists()


@pytest.mark.parametrize(
    ("huong", "lan", "code"),
    [
        ("1234", "8351", "setup.pin_unfit"),
        ("482913", "1111", "setup.pin_unfit"),
        ("482913", "482913", "setup.pin_shared"),
    ],
)
def test_a_pin_that_the_till_would_not_take_is_found_before_anything_is_written(
    installer: Installer, huong: str, lan: str, code: str
) -> None:
    (installer.home / "lan.pin").write_text(lan)
    (installer.home / "till.toml").write_text(FILE, "utf-8")
    words = ("--from", str(installer.home / "till.toml"), "--no-trials", "--json")
    status, out, _ = installer.run(*words, stdin=f"482913\n{PEM}{huong}\n")
    assert (status, [fault["error"] for fault in json.loads(out)["faults"]]) == (2, [code])
    assert not installer.folder.exists()


def test_every_fault_is_told_at_once(installer: Installer) -> None:
    status, _, err = installer.run(text=FILE.replace("1000000", "9000000").replace("reserve", "no"), stdin="")
    assert (status, err.count("✗")) == (2, 5)


def test_a_key_file_that_others_may_read_is_told(installer: Installer) -> None:
    (installer.home / "gotit.pin").chmod(0o644)
    status, _, err = installer.run(text=FILE)
    assert (status, "gotit.pin" in err) == (0, True)


def test_a_set_up_goes_from_till_to_till_without_a_secret(
    installer: Installer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert installer.run(text=FILE)[0] == 0
    there = tmp_path / "next"
    there.mkdir()
    status, _, _ = installer.run("--export", str(there / "till.toml"))
    text = (there / "till.toml").read_text("utf-8")
    assert (status, [secret for secret in SECRETS if secret in text]) == (0, [])
    assert (there / "till.toml").stat().st_mode & 0o077 == 0
    plan = read_plan(text)
    assert plan.secrets["gotit.pin"] == Ref(Source.FILE, "gotit.pin")
    monkeypatch.setenv("XDG_DATA_HOME", str(there))
    assert installer.run("--from", str(there / "till.toml"), "--no-trials")[0] == 2  # the secrets are not there
    for name, secret in (
        ("gotit.pin", SECRETS[0]), ("appotapay.api_key", SECRETS[1]), ("vinid.api_private_key", PEM),
        ("pin-1", "482913"), ("pin-2", "8351"),
    ):  # fmt: skip
        (there / name).write_text(secret)
        (there / name).chmod(0o600)
    assert installer.run("--from", str(there / "till.toml"), "--no-trials", "--till", "T1")[0] == 0
    both = [HeldFolder(folder) for folder in (installer.folder, there / "quay-voucher" / "sandbox")]
    try:
        ours, theirs = (
            {each.key: held.settings.text(each.key) for each in SETTINGS}
            | {person.name: person.role for person in held.people.everyone()}
            for held in both
        )
        assert ours == theirs
        again = [write_plan(held.settings, held.people.everyone(), Translator("vi")) for held in both]
        assert again == [text, text]
    finally:
        for held in both:
            held.close()


def test_no_two_tills_get_one_code_from_a_file(installer: Installer, tmp_path: Path) -> None:
    """The issuer tells by the bill number whose use a voucher's was: no export hands on the code that begins it."""
    assert installer.run(text=FILE.replace("[settings]", '[settings]\ntill.code = "T7"'))[0] == 0
    file = tmp_path / "next.toml"
    assert installer.run("--export", str(file))[0] == 0
    assert read_plan(file.read_text("utf-8")).settings["till.code"] == ""
    for name, secret in (
        ("appotapay.api_key", "x"),
        ("vinid.api_private_key", PEM),
        ("pin-1", "482913"),
        ("pin-2", "8351"),
    ):
        (tmp_path / name).write_text(secret)
        (tmp_path / name).chmod(0o600)
    words = ("--from", str(file), "--no-trials")
    installer.patch.setenv("XDG_DATA_HOME", str(tmp_path / "there"))
    status, _, err = installer.run(*words)
    assert (status, "--till" in err) == (2, True)
    for _ in range(2):  # the second time it has one
        assert installer.run(*words, "--till", "T8")[0] == 0
        assert installer.run(*words)[0] == 0
    held = HeldFolder(tmp_path / "there" / "quay-voucher" / "sandbox")
    try:
        assert held.settings.text("till.code") == "T8"
    finally:
        held.close()


def test_where_money_is_real_a_till_has_a_code_of_its_own(installer: Installer) -> None:
    """Without one every till of a chain would be the shipped T1."""
    file = 'profile = "production"\n[settings]\nstore.code = "HN03"\n'
    status, _, err = installer.run(text=file)
    assert (status, "--till" in err) == (2, True)


def test_every_value_that_a_setting_may_have_survives_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    odd = "a \"b\" \\ c # d = [e] 😀 ệ 'f' {g}"
    held = HeldFolder(tmp_path)
    try:
        wanted = {each.key: odd for each in SETTINGS if each.kind == "text" and each.form == "any"}
        held.settings.set_many(wanted)
        read = read_plan(write_plan(held.settings, (), Translator("en")))
    finally:
        held.close()
    assert {key: read.settings[key] for key in wanted} == wanted


def test_the_example_in_the_module_is_a_plan() -> None:
    from pos.setup import from_file

    example = (from_file.__doc__ or "").split("\n\n")[2]
    assert tomllib.loads(example)["profile"] == "production"
