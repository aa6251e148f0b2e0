"""The day's words and the timeline of one row: nothing without words, nothing secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from pos.i18n import LANGUAGES, Translator, resource_path
from pos.till.review.day_views import RowKind, RowStatus, Slip, Standing
from pos.till.review.timeline_views import ENTRY_PARAMS, FACTS, Entry, Tone
from pos.ui.manager.day.periods import Period
from pos.ui.manager.day.rows import SIGNS
from pos.ui.manager.timeline.presenter import GAP_S, steps_of, support_text
from pos.ui.manager.timeline.words import SIGNS as TIMELINE_SIGNS
from pos.ui.manager.timeline.words import entry_words, stable_word
from tests.ui.fake_day import (
    loss_timeline,
    row_of,
)
from tests.ui.fake_till import NOW_UTC

VI = Translator("vi")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_day_has_words(language: str) -> None:
    """No stable word of the engine stands on the screen."""
    tr = Translator(language)
    keys = [f"day.status.{word}" for word in RowStatus]
    keys += [f"day.standing.{word}" for word in Standing]
    keys += [f"day.slip.{word}" for word in Slip]
    keys += [f"{group}.{word}" for word in RowKind for group in ("day.kind", "day.kind_one", "timeline.title")]
    keys += [f"day.period.{word}" for word in Period]
    keys += [f"timeline.fact.{name}" for name in FACTS]
    assert [key for key in keys if not tr.has(key)] == []
    assert set(SIGNS) == set(RowStatus)
    assert set(TIMELINE_SIGNS) == {tone.value for tone in Tone}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_entry_is_told_in_words_whatever_it_carries(language: str) -> None:
    """With all of its params and with none: a sentence, no key, no gap."""
    tr = Translator(language)
    unsaid = tr.t("timeline.other", kind="x").replace("x", "")
    for kind, names in ENTRY_PARAMS.items():
        full = tuple((name, _example(name)) for name in names)
        for params in ((), full, *((param,) for param in full)):
            said = entry_words(tr, Entry(NOW_UTC, kind, params=params))
            assert said, kind
            assert "timeline." not in said, kind
            assert "–" not in said.replace("Quầy Voucher – ", ""), (kind, params, said)
            assert kind == "other" or not said.startswith(unsaid[:20]), kind


def _example(name: str) -> str | int | bool:
    examples: dict[str, str | int | bool] = {
        "reason": "already_used", "result": "used", "failure": "net.read_timeout", "case": "loss", "note": "manager",
        "word": "net.read_timeout", "why": "undecidable", "operation": "mark_used", "declared": True, "copy": True,
        "again": True, "alone": True, "by_phone": True, "inquiry": True, "confirming": True, "incomplete": True,
        "unreadable": True, "finding": "issued", "ending": "2835", "endings": "2835,7719",
    }  # fmt: skip
    return examples.get(name, 100_000 if name.endswith("_vnd") else 3)


def test_what_is_not_so_is_not_told() -> None:
    """An original slip is no copy; nothing given up is no "gives up 0"."""
    assert entry_words(VI, Entry(NOW_UTC, "slip", params=(("copy", 0),))) == "Phiếu vào hàng chờ in"
    amounts = Entry(NOW_UTC, "amounts", params=(("amount_vnd", 50_000), ("lost_vnd", 0)))
    assert "bỏ" not in entry_words(VI, amounts)


def test_both_languages_have_the_same_words() -> None:
    """Nobody meets a sentence that exists in the other language only."""
    vi, en = (
        json.loads(resource_path(f"locale/{language}.day.json").read_text(encoding="utf-8")) for language in LANGUAGES
    )
    assert vi.keys() == en.keys()


def test_a_word_nobody_knows_is_told_as_a_code() -> None:
    """No code without words, even one of a later program."""
    assert stable_word(VI, "zz_new") == "mã kỹ thuật “zz_new”"


def test_support_gets_everything_but_no_more_of_a_code_than_its_end() -> None:
    """Times to the millisecond, the calls' ids, what the issuer wrote; the code by its last 4 characters."""
    row = row_of(7, NOW_UTC, ending="4410", status=RowStatus.LOST)
    text = support_text(VI, loss_timeline(row))
    assert "••••4410" in text
    assert "mã gọi c-9a01be" in text
    assert "nguyên văn: Voucher đã được sử dụng tại Cửa hàng 01 lúc 08:40" in text
    assert "21/11/2026 09:12:03.000" in text


def test_a_pause_has_its_own_line_and_a_new_day_its_date() -> None:
    """26 minutes without network are seen at a glance; what went on after midnight says so."""
    late = datetime(2026, 11, 21, 16, 59, 30, tzinfo=UTC)
    entries = tuple(Entry(late + timedelta(seconds=after), "shown") for after in (0, GAP_S - 1, 40 * 60))
    gaps = [step.gap for step in steps_of(VI, entries)]
    assert gaps == ["", "22/11/2026", "39 phút sau"]


def test_why_a_call_failed_is_told_once() -> None:
    """The line after it does not say it again."""
    steps = steps_of(VI, loss_timeline(row_of(7, NOW_UTC)).entries)
    told = [step.words for step in steps if "không trả lời kịp" in step.words]
    assert len(told) == 1
