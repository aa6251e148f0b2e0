"""What an installer is told of each key, address, certificate and clock that is wrong; and that nothing is used."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from hardware.virtual.scanner import VirtualScanner
from pos.bootstrap import SystemClock
from pos.i18n import Translator
from pos.settings import Settings
from pos.setup.device_trials import ScannerTrial
from pos.setup.key_trials import RULES, public_half, try_key, try_padding
from pos.setup.trials import ISSUERS, IssuerTrial, Sort, Stage, TrialResult
from pos.setup.words import say_result
from pos.training.sandbox_issuer import SandboxIssuer


def tried(settings: Settings, name: str, **values: str) -> TrialResult:
    return IssuerTrial(
        name, settings, SystemClock(), values={key.replace("__", "."): value for key, value in values.items()}
    ).run()


@pytest.mark.parametrize("name", ISSUERS)
def test_right_keys_work_and_nothing_is_used_or_bought(name: str, all_set: Settings, issuer: SandboxIssuer) -> None:
    stages: list[Stage] = []
    codes = [sample.code for sample in issuer.samples if sample.voucher_type == "standard"]
    used = [issuer.voucher(code)["times_used"] for code in codes]

    result = IssuerTrial(name, all_set, SystemClock(), told=stages.append).run()

    assert result.works, result
    assert stages == [Stage.READING, Stage.REACHING, Stage.ASKING]
    assert issuer.truth("appotapay")["debits"] == 0
    assert all(booking["redeems_done"] == 0 for booking in issuer.truth("gotadi")["bookings"].values())
    assert [issuer.voucher(code)["times_used"] for code in codes] == used


def other_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


OTHER = other_key()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("gotit", {"gotit__pin": "wrong-pin"}),
        ("vinid", {"vinid__api_private_key": OTHER}),
        ("vinid-evoucher", {"vinid__key_code": "nobody"}),
        ("vinid", {"vinid__giftcode_store_code": "NOWHERE"}),
        ("appotapay", {"appotapay__secret_key": "wrong"}),
        ("appotapay", {"appotapay__partner_code": "NOBODY"}),
        ("gotadi", {"gotadi__partner_private_key": OTHER}),
        ("gotadi", {"gotadi__access_code": "nobody"}),
    ],
)
def test_a_key_that_the_issuer_refuses_is_told_as_that(all_set: Settings, name: str, values: dict[str, str]) -> None:
    assert tried(all_set, name, **values).sort is Sort.KEY_REFUSED


def test_an_unreachable_address_is_told_as_that(all_set: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    result = tried(all_set, "gotit", gotit__base_url=f"https://127.0.0.1:{port}")

    assert result.sort is Sort.ADDRESS
    assert f"127.0.0.1:{port}" in say_result(Translator("vi"), result).sentence.what


def test_a_wrong_authority_is_a_matter_of_the_certificate(all_set: Settings, tmp_path: Path) -> None:
    from trustme import CA

    CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))

    assert tried(all_set, "gotit", gotit__ca_file=str(tmp_path / "other.pem")).sort is Sort.CERTIFICATE
    assert tried(all_set, "gotit", gotit__ca_file=str(tmp_path / "gone.pem")).sort is Sort.CERTIFICATE


def test_an_address_that_is_none_and_one_of_the_other_world(all_set: Settings) -> None:
    assert tried(all_set, "gotit", gotit__base_url="http://127.0.0.1").sort is Sort.INCOMPLETE
    assert tried(all_set, "vinid", vinid__base_url="https://api-merchant.vinid.net").sort is Sort.ADDRESS


class WrongClock:
    """Two hours ahead."""

    def now_utc(self) -> datetime:
        return datetime.now(UTC) + timedelta(hours=2)

    def mono_s(self) -> float:
        return SystemClock().mono_s()


@pytest.mark.parametrize("name", ["gotit", "vinid", "appotapay"])
def test_a_wrong_clock_is_told_as_that_not_as_a_wrong_key(all_set: Settings, name: str) -> None:
    result = IssuerTrial(name, all_set, WrongClock()).run()

    assert result.sort is Sort.CLOCK, result


def test_what_is_missing_is_named_and_nothing_is_sent(settings: Settings) -> None:
    result = tried(settings, "vinid")

    assert result.sort is Sort.INCOMPLETE
    assert "vinid.key_code" in str(result.cause)


@pytest.fixture
def mute() -> Iterator[int]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_trial_that_hangs_can_be_given_up(all_set: Settings, mute: int) -> None:
    reaching, ended = threading.Event(), threading.Event()
    results: list[TrialResult] = []
    trial = IssuerTrial(
        "gotit", all_set, SystemClock(),
        values={"gotit.base_url": f"https://127.0.0.1:{mute}", "gotit.connect_timeout_s": "1"},
        told=lambda stage: reaching.set() if stage is Stage.REACHING else None,
    )  # fmt: skip

    def run() -> None:
        results.append(trial.run())
        ended.set()

    threading.Thread(target=run).start()
    assert reaching.wait(5)
    trial.cancel()

    assert ended.wait(8)
    assert results[0].sort is Sort.CANCELLED


def test_no_secret_stands_in_what_a_trial_says(all_set: Settings) -> None:
    for name, key in (("gotit", "gotit.pin"), ("appotapay", "appotapay.secret_key")):
        result = IssuerTrial(name, all_set, SystemClock(), values={key: "PLANTED-SECRET"}).run()
        said = say_result(Translator("en"), result)
        assert "PLANTED" not in f"{result!r} {said!r}"


# ---------------------------------------------------------------- keys


def test_the_sandbox_s_own_keys_are_the_keys_they_should_be(all_set: Settings) -> None:
    for setting in RULES:
        assert try_key(setting, all_set.text(setting), all_set).works, setting


def _locked() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()


def _curve() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _small() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it is to be refused
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "trial.key.empty"),
        ("hello", "trial.key.unreadable"),
        (OTHER[:700], "trial.key.unreadable"),
        (_locked(), "trial.key.locked"),
        (_curve(), "trial.key.not_rsa"),
        (_small(), "trial.key.size"),
        (public_half("appotapay.private_key", OTHER), "trial.key.is_public"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----", "trial.key.is_openssh"),
    ],
)
def test_a_text_that_is_not_the_key_is_told_by_what_it_is(settings: Settings, text: str, code: str) -> None:
    result = try_key("vinid.api_private_key", text, settings)

    assert (result.sort, result.message.code) == (Sort.KEY_UNUSABLE, code)
    for language in ("vi", "en"):
        assert Translator(language).has(f"message.{code}.do"), code


def test_the_giftcode_key_is_never_the_api_key(settings: Settings) -> None:
    settings.set_many({"vinid.api_private_key": OTHER})

    result = try_key("vinid.giftcode_private_key", OTHER.replace("\n", "\r\n"), settings)

    assert result.message.code == "trial.key.same"


def test_our_own_public_key_is_not_the_issuer_s(settings: Settings) -> None:
    settings.set_many({"gotadi.partner_private_key": OTHER})
    own = public_half("gotadi.partner_private_key", OTHER)

    assert try_key("gotadi.gotadi_public_key", own, settings).message.code == "trial.key.own_public"
    assert try_key("gotadi.gotadi_public_key", OTHER, settings).message.code == "trial.key.is_private"


def test_two_halves_are_told_apart_from_a_pair(settings: Settings) -> None:
    own, strange = public_half("appotapay.private_key", OTHER), public_half("appotapay.private_key", other_key())

    assert try_key("appotapay.private_key", OTHER, settings, public=own).works
    assert try_key("appotapay.private_key", OTHER, settings, public=strange).message.code == "trial.key.not_a_pair"


def test_a_sealed_sample_shows_which_padding_the_issuer_uses(settings: Settings) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    private = load_pem_private_key(OTHER.encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    public = private.public_key()
    assert public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    sealed = public.encrypt(b"1234567890123456", PKCS1v15()).hex()
    settings.set_many({"appotapay.private_key": OTHER})

    result = try_padding("appotapay.private_key", sealed, settings)
    assert result.works
    assert dict(result.message.params) == {"length": 16, "ending": "3456"}
    settings.set_many({"appotapay.padding": "oaep-sha1"})
    assert dict(try_padding("appotapay.private_key", sealed, settings).message.params) == {"padding": "pkcs1v15"}


# ---------------------------------------------------------------- scanner


def test_a_scan_is_heard_and_its_code_not_shown(settings: Settings, tmp_path: Path) -> None:
    scanner = VirtualScanner(tmp_path / "scanner")
    try:
        trial = ScannerTrial(scanner.address, settings, wait_s=10, told=lambda _: scanner.scan("ABCDEF123456"))
        result = trial.run()
    finally:
        scanner.close()

    assert result.works
    facts = dict(result.message.params)
    assert (str(facts["ending"])[-4:], facts["length"]) == ("3456", 12)
    assert "ABCDEF" not in repr(result)


def test_a_scanner_that_says_nothing_or_is_not_there(settings: Settings, tmp_path: Path) -> None:
    scanner = VirtualScanner(tmp_path / "scanner")
    try:
        assert ScannerTrial(scanner.address, settings, wait_s=0.3).run().sort is Sort.SILENT
    finally:
        scanner.close()
    gone = ScannerTrial(f"serial:{tmp_path}/nothing", settings, wait_s=0.3).run()
    assert (gone.sort, gone.cause and gone.cause.code) == (Sort.DEVICE, "device.not_found")
    assert ScannerTrial("tcp:127.0.0.1:9", settings, wait_s=0.3).run().sort is Sort.DEVICE


def test_every_sentence_of_a_trial_is_there_in_both_languages() -> None:
    for language in ("vi", "en"):
        tr = Translator(language)
        for code in (*(f"trial.{s}" for s in Sort if s in SORTED), *(f"trial.works.{name}" for name in ISSUERS)):
            assert all(tr.has(f"message.{code}.{part}") for part in ("what", "safe", "do")), code


SORTED = {Sort.KEY_REFUSED, Sort.NOT_LISTED, Sort.KEY_UNUSABLE, Sort.ADDRESS, Sort.CERTIFICATE, Sort.NETWORK,
          Sort.CLOCK, Sort.ISSUER, Sort.INCOMPLETE, Sort.CANCELLED}  # fmt: skip
