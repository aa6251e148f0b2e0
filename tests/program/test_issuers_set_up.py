"""Which issuers a till has: those that are set up, and a wrong setting of one keeps no other from opening."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pos.bootstrap import Program, open_folder
from pos.cli.main import main
from pos.domain.errors import ConfigError
from pos.domain.prices import read_prices

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC_PEM = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)
APPOTAPAY = {
    "appotapay.enabled": "true",
    "appotapay.partner_code": "SHOP",
    "appotapay.api_key": "invented-api-key",
    "appotapay.secret_key": "invented-secret",
    "appotapay.private_key": PEM,
    "appotapay.prices": "VTT50=49.000, VTT100=98000",
}
GOTADI = {
    "gotadi.base_url": "https://gateway.example.vn",
    "gotadi.api_key": "invented-api-key",
    "gotadi.access_code": "SHOP",
    "gotadi.partner_private_key": PEM,
    "gotadi.gotadi_public_key": PUBLIC_PEM,
    "gotadi.user_id": "till",
}
OTHER_PEM = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    .decode()
)
VINID = {
    "vinid.giftcode": "true",
    "vinid.evoucher": "true",
    "vinid.key_code": "invented-key-code",
    "vinid.api_private_key": PEM,
    "vinid.giftcode_private_key": OTHER_PEM,
    "vinid.giftcode_merchant_code": "MC01",
    "vinid.giftcode_store_code": "STORE01",
    "vinid.giftcode_pos_code": "POS01",
    "vinid.giftcode_values": "50, 100",
    "vinid.evoucher_merchant_code": "MC01",
    "vinid.evoucher_store_code": "STORE01",
    "vinid.evoucher_pos_code": "POS01",
    "vinid.evoucher_holidays": "2027-01-01,2027-02-06",
}


@pytest.fixture(autouse=True)
def _key_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")


def _key_under_a_passphrase(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where money is real the key lies in no plain file; and no key store of a desktop is asked."""
    file.write_text("bốn con mèo mướp\n")
    file.chmod(0o600)
    monkeypatch.setenv("QUAY_KEYSTORE", "")
    monkeypatch.setenv("QUAY_PASSPHRASE_FILE", str(file))
    monkeypatch.setattr("pos.security.keystore.real_backends", lambda: ())


def _names(folder: Path, **values: str) -> tuple[list[str], list[str], list[str], dict[str, str]]:
    open_folder(folder).settings.set_many(values)
    program = Program(folder)
    try:
        faults = {name: error.code for name, error in program.built.faults.items()}
        return list(program.built.vouchers), list(program.sellers), list(program.booking_issuers), faults
    finally:
        program.close()


def test_a_fresh_till_has_got_it_alone(tmp_path: Path) -> None:
    assert _names(tmp_path) == (["gotit"], [], [], {})


def test_what_is_set_up_is_there(tmp_path: Path) -> None:
    assert _names(tmp_path, **APPOTAPAY, **GOTADI, **VINID) == (
        ["gotit", "vinid-evoucher"],
        ["appotapay", "vinid"],
        ["gotadi"],
        {},
    )


@pytest.mark.parametrize("wanted", ["false", "true"])
def test_codes_are_sent_by_sms_only_where_the_shop_has_switched_it_on(tmp_path: Path, wanted: str) -> None:
    """contracts/appotapay.md §8.5."""
    open_folder(tmp_path).settings.set_many({**APPOTAPAY, "appotapay.sms": wanted})
    program = Program(tmp_path)
    try:
        assert program.sellers["appotapay"].capabilities.by_phone is (wanted == "true")
    finally:
        program.close()


def test_real_and_play_money_never_meet_in_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address left at the supplier's test system while the shop went live: told, and not opened."""
    _key_under_a_passphrase(tmp_path / "phrase", monkeypatch)
    real = {"gotit.base_url": "https://openapi.gotit.vn", "gotit.pin": "1234"}
    live = {"vinid.base_url": "https://api-merchant.vinid.net"}
    mixed = "config.mixed_environment"
    *_, faults = _names(tmp_path / "live", **real, **APPOTAPAY, **VINID, **live)
    assert faults == {"appotapay": mixed}
    *_, faults = _names(tmp_path / "trying", **APPOTAPAY, **VINID, **live)
    assert faults == {"vinid": mixed, "vinid-evoucher": mixed}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"appotapay.private_key": "not a key"}, {"appotapay": "sealed.key_unreadable"}),
        ({"appotapay.secret_key": ""}, {"appotapay": "appotapay.setting"}),
        ({"appotapay.prices": "VTT50=free"}, {"appotapay": "price.unreadable"}),
    ],
)
def test_a_wrong_setting_of_one_issuer_keeps_no_other_out(
    tmp_path: Path, wrong: dict[str, str], told: dict[str, str]
) -> None:
    assert _names(tmp_path, **{**APPOTAPAY, **GOTADI, **wrong}) == (["gotit"], [], ["gotadi"], told)


@pytest.mark.parametrize(
    ("wrong", "vouchers", "sellers", "told"),
    [
        ({"vinid.giftcode_private_key": PEM}, ["gotit", "vinid-evoucher"], [], {"vinid": "vinid.same_key"}),
        ({"vinid.evoucher_holidays": "Tết"}, ["gotit"], ["vinid"], {"vinid-evoucher": "config.bad_value"}),
        ({"vinid.evoucher": "false", "vinid.giftcode_values": "fifty"}, ["gotit"], [], {"vinid": "config.bad_value"}),
        ({"routing.rules": "gotit"}, ["gotit", "vinid-evoucher"], ["vinid"], {"routing": "routing.unreadable"}),
    ],
)
def test_one_service_of_vinid_that_is_set_up_wrongly_does_not_take_the_other_with_it(
    tmp_path: Path, wrong: dict[str, str], vouchers: list[str], sellers: list[str], told: dict[str, str]
) -> None:
    assert _names(tmp_path, **{**VINID, **wrong}) == (vouchers, sellers, [], told)


def test_the_rules_for_codes_are_those_of_the_issuers_that_are_here(tmp_path: Path) -> None:
    """A till without e-vouchers never asks whether a code is one."""
    open_folder(tmp_path).settings.set_many(GOTADI)
    program = Program(tmp_path)
    try:
        assert [rule.issuer for rule in program.desk.rules] == ["gotit", "gotadi", "gotadi"]
    finally:
        program.close()


def test_a_key_of_many_lines_is_read_whole_from_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PEM))
    assert main(["--data", str(tmp_path), "config", "set", "appotapay.private_key", "-"]) == 0
    settings = open_folder(tmp_path).settings
    assert settings.text("appotapay.private_key") == PEM.strip()
    assert settings.shown("appotapay.private_key") == "••••"
    assert not any(b"PRIVATE KEY" in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())


def test_a_setting_of_one_line_takes_no_second_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        open_folder(tmp_path).settings.set_many({"store.name": "Lê Lợi\nQuận 1"})


@pytest.mark.parametrize("text", ["VTT50", "VTT50=", "=50000", "A=1,A=2", "A=0", "A=x"])
def test_a_price_list_with_a_slip_in_it_sells_nothing(text: str) -> None:
    with pytest.raises(ConfigError, match=r"price\.unreadable"):
        read_prices(text)


def test_prices_are_read_as_people_write_them() -> None:
    assert read_prices(" VTT50=49.000,VTT100 = 98000, ") == {"VTT50": 49_000, "VTT100": 98_000}
    assert read_prices("") == {}
