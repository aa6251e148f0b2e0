"""The till's own key: where it lives, how old it and its backup are, and when an issuer's key ends. Shows none."""

from __future__ import annotations

from collections.abc import Iterator

from pos.checkup.findings import Finding, Level, found
from pos.checkup.subject import Subject
from pos.security.key_facts import Holder, KeyTrouble
from pos.till.views import Environment

_LEVELS = {
    KeyTrouble.EXPIRED: Level.BAD,
    KeyTrouble.CHANGING: Level.WARN,
    KeyTrouble.EXPIRES_SOON: Level.WARN,
    KeyTrouble.NO_BACKUP: Level.WARN,
    KeyTrouble.BACKUP_OLD: Level.WARN,
    KeyTrouble.WAS_PLAIN: Level.WARN,
    KeyTrouble.OLD: Level.NOTE,
}


def keys(subject: Subject) -> Iterator[Finding]:
    """One finding for the place, one for each trouble."""
    facts = subject.folder.key_facts()
    plain = facts.holder is Holder.FILE
    level = Level.OK
    if plain:
        level = Level.BAD if subject.settings.environment is Environment.PRODUCTION else Level.NOTE
    yield found("key.place", level, f"key.place.{facts.holder.value}", name=facts.holder_name)
    for trouble in facts.troubles:
        yield found(
            f"key.{trouble.value}", _LEVELS[trouble], f"key.{trouble.value}",
            days=facts.ends_in_days, age_days=facts.age_days,
        )  # fmt: skip
    if not facts.troubles and facts.holder is not Holder.NONE:
        yield found("key", Level.OK, "key.well")
