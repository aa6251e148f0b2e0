"""What can be said of the keys without showing any: for `quay keys status`, the doctor and the backup panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pos.domain.business_date import local_date

OLD_AFTER_DAYS = 366
"""After a year a key has been in enough hands and copies to be changed."""
ENDS_SOON_DAYS = 30
"""An issuer needs some weeks to sign up another key."""


class Holder(StrEnum):
    """Where the master key lives."""

    NONE = "none"  # the folder was never begun
    SYSTEM = "system"  # the operating system's key store
    PASSPHRASE = "passphrase"  # noqa: S105 – a word; a file that a passphrase opens
    FILE = "file"  # in plain sight: training, tests, the sandbox


class KeyTrouble(StrEnum):
    """What somebody should do something about, worst first."""

    EXPIRED = "expired"  # an issuer's key has ended: nothing of that issuer works
    CHANGING = "changing"  # a change of the key was cut off; the next start or `quay keys rotate` goes on
    EXPIRES_SOON = "expires_soon"
    NO_BACKUP = "no_backup"  # there are secrets, and the machine is the only place they stand
    BACKUP_OLD = "backup_old"  # a secret or the key has changed since the backup
    WAS_PLAIN = "was_plain"  # an earlier program kept this key in plain sight: whoever copied it then has it now
    OLD = "old"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """The keys of one data folder.

    Args:
        holder: kind of the place; `holder_name` is the key store's own name, empty for a file.
        made_on: the shop's date on which the key was made; None: by a program that did not note it.
        backup_on: date of the last key backup; None: there is none of this key.
        ends_on: last day of VinID's API key; None: it has none, or there is no such key.
        troubles: worst first; empty: all is well.
    """

    holder: Holder
    holder_name: str
    made_on: date | None
    age_days: int | None
    backup_on: date | None
    changing: bool
    ends_on: date | None
    ends_in_days: int | None
    troubles: tuple[KeyTrouble, ...]


def key_facts(
    record: Mapping[str, str], *, today: date, secrets_mark: str, has_secrets: bool, expires_on: str
) -> KeyFacts:
    """Read the record of the key.

    Args:
        record: `KeyStore.facts()`.
        today: the shop's date.
        secrets_mark: `SecretStore.mark()` as of now.
        has_secrets: whether any secret is set.
        expires_on: the setting `vinid.key_expires_on`.
    """
    name = record.get("holder", "")
    made_on, backup_on = _day(record.get("made_utc", "")), _day(record.get("backup_utc", ""))
    ends_on = _date(expires_on)
    age_days = None if made_on is None else max(0, (today - made_on).days)
    ends_in_days = None if ends_on is None else (ends_on - today).days
    changing = "changing" in record
    kind = Holder(name or "none") if name in ("", *Holder) else Holder.SYSTEM
    real = kind in (Holder.SYSTEM, Holder.PASSPHRASE)
    found = {
        KeyTrouble.EXPIRED: ends_in_days is not None and ends_in_days < 0,
        KeyTrouble.CHANGING: changing,
        KeyTrouble.EXPIRES_SOON: ends_in_days is not None and 0 <= ends_in_days <= ENDS_SOON_DAYS,
        KeyTrouble.NO_BACKUP: real and has_secrets and backup_on is None,
        KeyTrouble.BACKUP_OLD: real and backup_on is not None and record.get("backup_of") != secrets_mark,
        KeyTrouble.WAS_PLAIN: record.get("was") == Holder.FILE,
        KeyTrouble.OLD: real and age_days is not None and age_days > OLD_AFTER_DAYS,
    }
    troubles = tuple(trouble for trouble in KeyTrouble if found[trouble])
    return KeyFacts(
        kind, name if kind is Holder.SYSTEM else "", made_on, age_days, backup_on, changing, ends_on, ends_in_days,
        troubles,
    )  # fmt: skip


def _day(text: str) -> date | None:
    """The shop's date of a time text; None if there is none that can be read."""
    try:
        return local_date(datetime.fromisoformat(text))
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
