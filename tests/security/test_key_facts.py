"""What the keys look like from outside: where, how old, backed up or not, and what somebody should do."""

from __future__ import annotations

from datetime import date

import pytest

from pos.i18n import Translator
from pos.security.key_facts import Holder, KeyFacts, KeyTrouble, key_facts

TODAY = date(2026, 11, 29)
GOOD = {
    "holder": "keyring.backends.SecretService.Keyring", "check": "ab", "made_utc": "2026-11-01T01:00:00+00:00",
    "backup_utc": "2026-11-02T01:00:00.000Z", "backup_of": "mark",
}  # fmt: skip


def facts(
    record: dict[str, str] | None = None, *, mark: str = "mark", secrets: bool = True, ends: str = "", **change: str
) -> KeyFacts:
    found = {**(GOOD if record is None else record), **change}
    return key_facts(found, today=TODAY, secrets_mark=mark, has_secrets=secrets, expires_on=ends)


def test_a_till_in_order_has_no_trouble() -> None:
    found = facts()
    assert (found.holder, found.holder_name) == (Holder.SYSTEM, GOOD["holder"])
    assert (found.made_on, found.age_days, found.backup_on) == (date(2026, 11, 1), 28, date(2026, 11, 2))
    assert found.troubles == ()


@pytest.mark.parametrize(
    ("name", "kind"), [("", Holder.NONE), ("file", Holder.FILE), ("passphrase", Holder.PASSPHRASE)]
)
def test_where_the_key_lives(name: str, kind: Holder) -> None:
    assert facts({"holder": name} if name else {}).holder is kind


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"ends": "2026-11-28"}, KeyTrouble.EXPIRED), ({"ends": "2026-11-29"}, KeyTrouble.EXPIRES_SOON),
        ({"ends": "2026-12-29"}, KeyTrouble.EXPIRES_SOON), ({"changing": "Hương"}, KeyTrouble.CHANGING),
        ({"mark": "other"}, KeyTrouble.BACKUP_OLD), ({"backup_utc": ""}, KeyTrouble.NO_BACKUP),
        ({"was": "file"}, KeyTrouble.WAS_PLAIN), ({"made_utc": "2025-11-27T01:00:00+00:00"}, KeyTrouble.OLD),
    ],
)  # fmt: skip
def test_each_trouble_is_found_and_told_in_words(change: dict[str, str], trouble: KeyTrouble) -> None:
    assert facts(**change).troubles == (trouble,)  # type: ignore[arg-type]
    for language in ("vi", "en"):
        assert Translator(language).has(f"keys.trouble.{trouble}")


def test_what_is_no_trouble() -> None:
    assert facts(ends="2026-12-30").troubles == ()
    assert facts(ends="soon").ends_on is None
    assert facts(backup_utc="", secrets=False).troubles == ()
    assert facts({"holder": "file"}).troubles == ()
    assert facts(made_utc="").age_days is None
    assert facts(made_utc="nonsense").troubles == ()


def test_the_shops_date_counts_and_not_greenwichs() -> None:
    assert facts(made_utc="2026-11-01T18:00:00+00:00").made_on == date(2026, 11, 2)
