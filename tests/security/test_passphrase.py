"""The passphrase: what is taken, who is asked, and the file that only it opens – judged by another library."""

from __future__ import annotations

import base64
import json
import unicodedata
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from pos.cli.asking import TerminalAsker
from pos.domain.errors import SecurityError
from pos.i18n import Translator
from pos.security.asking import TOO_WEAK, Unattended, check_strength
from pos.security.passphrase import COST, Cost, PassphraseBox

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PHRASE = "bốn con mèo mướp"


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("", "short"), ("mèo mướp", "short"), ("0123456789ab"[:11], "short"), ("1357924680135", "digits"),
        ("13579246801357924", "digits"), ("aaaaaaaaaaaaaaaa", "alike"), ("abababababab!", "alike"),
        ("password1234", "common"), ("Mật khẩu 123456", "common"), ("qwertyuiop123", "common"),
        ("quayvoucher2026", "common"), ("abcdefghijklmnop", "common"), ("tám con mèo\x00 mướp", "unusable"),
        ("mèo mướp " * 200, "unusable"),
    ],
)  # fmt: skip
def test_what_a_thief_tries_first_is_not_taken(phrase: str, why: str) -> None:
    with pytest.raises(SecurityError) as caught:
        check_strength(phrase)
    assert caught.value.code == f"key.passphrase_{why}"
    assert caught.value.code in TOO_WEAK
    assert not phrase or phrase not in f"{caught.value!r}"


@pytest.mark.parametrize(
    "phrase", [PHRASE, "correct horse battery", "Tr0ub4dor&3xyz", "94018273650192837465", "ngựa xe pin ghim"]
)
def test_what_is_hard_to_guess_is_taken(phrase: str) -> None:
    check_strength(phrase)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_why_not_is_told_in_words(language: str) -> None:
    for code in TOO_WEAK:
        assert Translator(language).has(f"message.{code}.what")


def test_the_file_is_argon2id_and_aes_256_gcm_as_another_library_computes_them() -> None:
    """OpenSSL's argon2id and the plain cipher, put together by this test from what stands in the file."""
    raw = PassphraseBox.new(PHRASE, CHEAP).seal("the content")
    header = json.loads(raw)
    sealed = base64.b64decode(header.pop("sealed"))
    key = Argon2id(
        salt=base64.b64decode(header["salt"]),
        length=32,
        iterations=header["passes"],
        lanes=header["lanes"],
        memory_cost=header["memory_kib"],
    ).derive(unicodedata.normalize("NFKC", PHRASE).encode())
    nonce, text, tag = sealed[:12], sealed[12:-16], sealed[-16:]
    opener = Cipher(algorithms.AES256(key), modes.GCM(nonce, tag)).decryptor()
    opener.authenticate_additional_data(json.dumps(header, sort_keys=True, separators=(",", ":")).encode())
    assert opener.update(text) + opener.finalize() == b"the content"


def test_files_made_now_cost_a_thief_more_than_the_rfc_asks_for() -> None:
    header = json.loads(PassphraseBox.new(PHRASE).seal("x"))
    assert header["memory_kib"] >= 64 * 1024
    assert header["passes"] >= 3
    assert (COST.memory_kib, COST.passes) == (header["memory_kib"], header["passes"])
    assert len(base64.b64decode(header["salt"])) == 16


def test_accents_may_be_typed_in_any_way() -> None:
    raw = PassphraseBox.new(unicodedata.normalize("NFC", PHRASE), CHEAP).seal("x")
    assert PassphraseBox.open(raw, unicodedata.normalize("NFD", PHRASE))[1] == "x"


def test_another_passphrase_is_told_as_wrong_and_changed_figures_open_nothing() -> None:
    raw = PassphraseBox.new(PHRASE, CHEAP).seal("x")
    for bad in (PHRASE + " ", PHRASE.upper(), ""):
        with pytest.raises(SecurityError, match=r"key\.passphrase_wrong"):
            PassphraseBox.open(raw, bad)
    header = json.loads(raw)
    for change in ({"passes": 2}, {"memory_kib": 72}, {"more": 1}, {"salt": base64.b64encode(bytes(16)).decode()}):
        with pytest.raises(SecurityError, match=r"key\.passphrase_wrong"):
            PassphraseBox.open(json.dumps({**header, **change}).encode(), PHRASE)


@pytest.mark.parametrize(
    "change",
    [
        {"memory_kib": 1 << 40}, {"passes": 1 << 30}, {"lanes": 0}, {"memory_kib": "x"}, {"salt": "!"}, {"salt": ""},
        {"kind": "another"}, {"kdf": "argon2i"}, {"sealed": ""}, {"sealed": "AAAA"}, {"sealed": None},
        {"memory_kib": None},
    ],
)  # fmt: skip
def test_a_damaged_file_takes_no_memory_and_is_told_as_such(change: dict[str, object]) -> None:
    header = json.loads(PassphraseBox.new(PHRASE, CHEAP).seal("x"))
    with pytest.raises(SecurityError, match=r"key\.wrong"):
        PassphraseBox.open(json.dumps({**header, **change}).encode(), PHRASE)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff", b"null", b"7"])
def test_what_is_no_such_file_is_told_as_such(raw: bytes) -> None:
    with pytest.raises(SecurityError, match=r"key\.wrong"):
        PassphraseBox.open(raw, PHRASE)


# ------------------------------------------------------------ who is asked


def phrase_file(folder: Path, text: str = PHRASE + "\n", mode: int = 0o600) -> Unattended:
    path = folder / "phrase"
    path.write_text(text)
    path.chmod(mode)
    return Unattended({"QUAY_PASSPHRASE_FILE": str(path)})


def test_a_file_of_the_owner_answers_for_nobody(tmp_path: Path) -> None:
    tried: list[str] = []
    phrase_file(tmp_path).existing(tried.append)
    phrase_file(tmp_path, PHRASE + "\r\n", 0o400).new(tried.append)
    assert tried == [PHRASE, PHRASE]


def test_a_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    for mode in (0o644, 0o640, 0o604, 0o620):
        with pytest.raises(SecurityError, match=r"key\.passphrase_file_open"):
            phrase_file(tmp_path, mode=mode).existing(lambda _: None)


def test_no_file_and_nobody_there_says_how(tmp_path: Path) -> None:
    with pytest.raises(SecurityError, match=r"key\.passphrase_needed"):
        Unattended({}).existing(lambda _: None)
    with pytest.raises(SecurityError, match=r"key\.passphrase_file"):
        Unattended({"QUAY_PASSPHRASE_FILE": str(tmp_path / "none")}).existing(lambda _: None)
    with pytest.raises(SecurityError, match=r"key\.passphrase_file"):
        Unattended({"QUAY_PASSPHRASE_FILE": str(tmp_path)}).existing(lambda _: None)


class Keys:
    """What somebody types, line by line."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.asked: list[str] = []

    def __call__(self, prompt: str) -> str:
        self.asked.append(prompt)
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)


def terminal(keys: Keys, unattended: Unattended | None = None, *, there: bool = True) -> TerminalAsker:
    return TerminalAsker(lambda: "en", unattended or Unattended({}), read=keys, there=lambda: there)


def wrong_but(right: str, tried: list[str]) -> object:
    def attempt(phrase: str) -> None:
        tried.append(phrase)
        if phrase != right:
            raise SecurityError("key.passphrase_wrong")

    return attempt


def test_the_terminal_gives_three_tries(capsys: pytest.CaptureFixture[str]) -> None:
    tried: list[str] = []
    terminal(Keys("a", "b", PHRASE)).existing(wrong_but(PHRASE, tried))  # type: ignore[arg-type]
    assert tried == ["a", "b", PHRASE]
    assert capsys.readouterr().err.count("not the passphrase") == 2
    with pytest.raises(SecurityError, match=r"key\.passphrase_wrong"):
        terminal(Keys("a", "b", "c", PHRASE)).existing(wrong_but(PHRASE, tried))  # type: ignore[arg-type]


@pytest.mark.parametrize("lines", [(), ("",)])
def test_who_leaves_the_question_leaves_the_program(lines: tuple[str, ...]) -> None:
    with pytest.raises(SecurityError, match=r"key\.cancelled"):
        terminal(Keys(*lines)).existing(lambda _: None)


def test_a_new_one_is_typed_twice_and_weak_ones_are_asked_for_again(capsys: pytest.CaptureFixture[str]) -> None:
    taken: list[str] = []
    keys = Keys("short", PHRASE, "another one of these", PHRASE, PHRASE)
    terminal(keys).new(taken.append)
    assert taken == [PHRASE]
    told = capsys.readouterr()
    assert "at least 12" in told.err
    assert "not the same" in told.err
    assert told.out == ""
    assert PHRASE not in told.err


def test_a_file_named_on_purpose_goes_before_the_terminal(tmp_path: Path) -> None:
    tried: list[str] = []
    terminal(Keys("typed"), phrase_file(tmp_path)).existing(tried.append)
    assert tried == [PHRASE]


def test_without_a_terminal_standard_input_is_left_alone() -> None:
    keys = Keys("a manager's PIN")
    with pytest.raises(SecurityError, match=r"key\.passphrase_needed"):
        terminal(keys, there=False).existing(lambda _: None)
    assert keys.asked == []
