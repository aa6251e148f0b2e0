"""Every sentence exists in both languages, says the same things, and no code reaches a cashier without words."""

from __future__ import annotations

import ast
import json
import re
import string
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from pos.domain.cases import CaseKind
from pos.domain.codes import ScanFault
from pos.domain.drawer import A_PERSON_S
from pos.domain.offline_policy import Ground
from pos.domain.reasons import Reason
from pos.domain.voucher import Detail
from pos.i18n import LANGUAGES, Translator, resource_path
from pos.till.ports import Role
from pos.till.views import BannerKind, Environment, LineStatus, Link, Message, Phase
from pos.ui.drawer.presenter import Stage
from pos.ui.words import reason_what, say_message

ROOT = Path(__file__).resolve().parents[2]
VI, EN = Translator("vi"), Translator("en")
ERRORS = {
    "PosError", "RuleBroken", "ProviderError", "NotSent", "OutcomeUnknown", "SetupFault", "Throttled", "JournalError",
    "JournalUnavailable", "JournalDamaged", "JournalTooNew", "SecurityError", "ConfigError",
    "StatementRefused", "UpdateError", "Message",
}  # fmt: skip
ENGLISH = re.compile(
    r"\b(the|and|is|are|not|please|error|failed|scan|retry|network|offline|online|customer|bill|check|code)\b", re.I
)


@cache
def texts(language: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads(resource_path(f"locale/{language}.json").read_text(encoding="utf-8"))
    return loaded


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@cache
def codes_in_the_source() -> dict[str, str]:
    """Code → where it is made: first literal argument of every error and message."""
    found: dict[str, str] = {}
    for path in [*(ROOT / "pos").rglob("*.py"), *(ROOT / "hardware").rglob("*.py")]:
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in ERRORS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found[first.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return {**codes_handed_on(), **found}


def codes_handed_on() -> dict[str, str]:
    """Codes that stand in tables before they become an error: every `net.…`, `http.…`, `gotit.…` but settings."""
    settings = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pos" / "settings").glob("*.py"))
    found: dict[str, str] = {}
    for path in (ROOT / "pos" / "providers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if (
                isinstance(value, str)
                and re.fullmatch(r"(net|http|gotit)\.[a-z0-9_]+", value)
                and value not in settings
            ):
                found[value] = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
    return found


def test_both_languages_have_the_same_keys() -> None:
    """Nobody meets a sentence that exists in the other language only."""
    assert sorted(texts("vi")) == sorted(texts("en"))


def test_both_languages_fill_in_the_same_facts() -> None:
    """A sum, a time or a place is never told in one language and left out in the other."""
    different = {key for key, text in texts("vi").items() if fields(text) != fields(texts("en")[key])}
    assert different == set()


def test_no_sentence_is_empty() -> None:
    """A key with nothing behind it would be an empty panel."""
    for language in LANGUAGES:
        assert [key for key, text in texts(language).items() if not text.strip()] == []


def test_the_vietnamese_has_no_english_in_it() -> None:
    """A cashier who reads no English understands every word."""
    allowed = {"settings.language.en"}
    english = {
        key: text for key, text in texts("vi").items()
        if key not in allowed and ENGLISH.search(re.sub(r"\{\w+\}", "", text))
    }  # fmt: skip
    assert english == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_code_of_the_program_says_what_is_safe_and_what_to_do(language: str) -> None:
    """Whatever goes wrong, the cashier reads what happened, what is safe and what to do."""
    tr = Translator(language)
    silent = {
        code: place for code, place in codes_in_the_source().items()
        if not all(tr.has(f"message.{code}.{part}") for part in ("what", "safe", "do"))
    }  # fmt: skip
    assert silent == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_engine_has_words(language: str) -> None:
    """Reasons, grounds, phases, banners and all other names of the engine have their sentences."""
    tr = Translator(language)
    wanted = [
        *(f"reason.{reason}.{part}" for reason in Reason for part in ("short", "what", "do")),
        *(f"message.scan.{fault}.{part}" for fault in ScanFault for part in ("what", "safe", "do")),
        *(f"ground.{ground}" for ground in Ground),
        *(f"phase.{phase}" for phase in Phase),
        *(f"status.{status}" for status in LineStatus),
        *(f"banner.{kind}" for kind in BannerKind),
        *(f"case.{kind}" for kind in CaseKind),
        *(f"role.{role}" for role in Role),
        *(f"drawer.reason.{reason}" for reason in A_PERSON_S),
        *(f"drawer.{stage}" for stage in Stage if stage is not Stage.REASON),
        *(f"device.link.{link}" for link in Link),
        *(f"env.{environment}" for environment in Environment if environment is not Environment.PRODUCTION),
    ]
    assert [key for key in wanted if not tr.has(key)] == []


def test_an_unknown_code_is_told_as_a_safe_general_sentence() -> None:
    """A code that somebody forgot to translate never stands bare on the screen."""
    said = VI.message("never.heard_of")
    assert "never.heard_of" not in str(said)
    assert said.safe
    assert said.do


def test_a_used_voucher_is_told_with_place_and_time_where_the_issuer_names_them() -> None:
    """The customer hears where and when; with less known, the sentence still stands."""
    full = Detail(used_at="2026-11-20 19:04:11", store_vi="Cửa hàng Lê Lợi", store_en="Le Loi store")
    assert reason_what(VI, Reason.ALREADY_USED, full) == "Voucher đã dùng lúc 19:04, 20/11/2026 tại Cửa hàng Lê Lợi."
    assert "Le Loi store" in reason_what(EN, Reason.ALREADY_USED, full)
    assert reason_what(VI, Reason.ALREADY_USED) == "Voucher đã được dùng trước đó."


def test_a_bad_scan_is_told_by_its_fault() -> None:
    """A web address is called a web address, not just a bad scan."""
    assert "trang web" in reason_what(VI, Reason.BAD_SCAN, Detail(code=ScanFault.WEB_ADDRESS))


def test_a_refusal_as_a_message_says_that_nothing_was_used() -> None:
    """A refused mark-use tells its reason and that the bill's vouchers are still good."""
    said = say_message(VI, Message("reason.stack_cash"))
    assert "tiền mặt" in said.what
    assert "Chưa voucher nào" in said.safe


def test_amounts_are_grouped_the_vietnamese_way_in_both_languages() -> None:
    """The amount on the screen looks like the one on the voucher."""
    assert VI.money(1_250_000) == EN.money(1_250_000) == "1.250.000\u00a0₫"


def test_dates_and_times_are_those_of_the_shops_wall() -> None:
    """02:12 in UTC is 09:12 at the counter."""
    assert VI.clock(datetime(2026, 11, 21, 2, 12, tzinfo=UTC)) == "09:12"
    assert VI.date(date(2026, 3, 9)) == "09/03/2026"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [(-3, "0 giây", "0 seconds"), (1, "1 giây", "1 second"), (61, "1 phút", "1 minute"),
     (3900, "1 giờ 5 phút", "1 h 5 min"), (7200, "2 giờ", "2 hours"), (200_000, "2 ngày", "2 days")],
)  # fmt: skip
def test_durations_are_told_in_the_unit_that_matters(seconds: float, vi: str, en: str) -> None:
    """Nobody has to divide by sixty at the counter."""
    assert (VI.duration(seconds), EN.duration(seconds)) == (vi, en)


def test_a_missing_fact_leaves_a_dash_and_no_exception() -> None:
    """A sentence with a gap is better than a crashed screen."""
    assert VI.t("panel.done.left") == "Khách trả thêm –"
    assert VI.t("no.such.key") == "no.such.key"
