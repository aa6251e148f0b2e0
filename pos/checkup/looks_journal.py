"""The journal and what waits in it: is the file sound, is it copied, what is at risk, what needs a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pos.checkup.findings import Finding, Level, found
from pos.checkup.subject import Subject
from pos.settings import offline_policy
from pos.till.backups import BackupView

_MB = 1024 * 1024
_COPY_OLD_S = 26 * 3600.0
_SLIP_OLD_S = 15 * 60.0
_REPORTS_LATE_DAYS = 1


def sound(subject: Subject) -> Iterator[Finding]:
    """Every page is read once: 0.15 s for a million rows."""
    if not subject.has_journal:
        yield found("journal", Level.OK, "journal.new")
        return
    from pos.journal.health_reads import HealthReads
    from pos.journal.migrations import known_version

    journal = subject.journal()
    journal.check_whole()
    size_mb = HealthReads(journal.core).size_bytes() / _MB
    yield found("journal", Level.OK, "journal.sound", size_mb=round(size_mb, 1), schema=known_version())


def chain(subject: Subject) -> Iterator[Finding]:
    """The newest links only: the whole is `quay journal verify`."""
    if not subject.has_journal:
        return
    from pos.journal.health_reads import HealthReads

    end = HealthReads(subject.journal().core).chain_end(subject.limits.chain_links)
    if end.broken_at is not None:
        yield found("chain", Level.BAD, "chain.broken", number=end.broken_at)
    else:
        yield found("chain", Level.OK, "chain.follows", looked=end.looked, links=end.links)


def outside(subject: Subject) -> Iterator[Finding]:
    """What was done behind the program's back and no manager has said to have seen."""
    if not subject.has_journal:
        return
    from pos.notices import Notices

    pending = Notices(subject.journal()).pending()
    for message in pending:
        yield Finding("outside", Level.BAD, message)
    if not pending:
        yield found("outside", Level.OK, "outside.nothing")


def queue(subject: Subject) -> Iterator[Finding]:
    """What was given and is not settled, against the shop's own policy."""
    if not subject.has_journal:
        return
    risk = subject.journal().risk()
    if not risk.count:
        yield found("queue", Level.OK, "queue.empty")
        return
    policy = offline_policy(subject.settings)
    age_s = _age_s(subject, risk.oldest_utc)
    level = Level.NOTE
    if age_s > policy.oldest_alone_s or risk.sum_vnd > policy.sum_alone_vnd:
        level = Level.WARN
    if age_s > policy.oldest_manager_s or risk.sum_vnd > policy.sum_manager_vnd:
        level = Level.BAD
    yield found("queue", level, "queue.at_risk", cashier=True, count=risk.count, sum_vnd=risk.sum_vnd, age_s=age_s)


def cases(subject: Subject) -> Iterator[Finding]:
    """What only a person can decide."""
    if not subject.has_journal:
        return
    count = subject.journal().count_open_cases()
    if count:
        yield found("cases", Level.NOTE, "cases.open", count=count)
    else:
        yield found("cases", Level.OK, "cases.none")


def slips(subject: Subject) -> Iterator[Finding]:
    """What should be on paper by now."""
    if not subject.has_journal:
        return
    from pos.journal.health_reads import HealthReads

    waiting = HealthReads(subject.journal().core).slips_waiting()
    if not waiting.count:
        yield found("slips", Level.OK, "slips.none")
        return
    late = _age_s(subject, waiting.oldest_utc) > _SLIP_OLD_S
    level = Level.WARN if late or waiting.doubtful else Level.NOTE
    yield found("slips", level, "slips.waiting", cashier=True, count=waiting.count)


def people(subject: Subject) -> Iterator[Finding]:
    """Without a manager nobody can approve, close or mend anything."""
    from pos.till.ports import Role

    if subject.has_journal:
        records = subject.journal().people.records()
        managers = sum(record.person.role is Role.MANAGER for record in records)
        if managers:
            yield found("people", Level.OK, "people.are", count=len(records), managers=managers)
            return
    yield found("people", Level.WARN, "people.no_manager")


def copies(subject: Subject) -> Iterator[Finding]:
    """Copies of the journal, and the second log beside it."""
    if not subject.has_journal:
        return
    view = subject.backups() if subject.backups is not None else _read_copies(subject)
    newest = view.newest
    fault, second = view.fault, view.second_fault
    if fault is not None:
        yield Finding("copies", Level.BAD, fault)
    elif newest is None:
        yield found("copies", Level.WARN, "copies.none")
    else:
        age_s = _age_s(subject, newest.made_utc)
        if age_s > _COPY_OLD_S:
            yield found("copies", Level.WARN, "copies.old", age_s=age_s)
        else:
            yield found("copies", Level.OK, "copies.fresh", age_s=age_s, rows=newest.rows)
    if second is not None:
        yield Finding("copies.second", Level.WARN, second)
    elif not view.second_folder:
        yield found("copies.second", Level.NOTE, "copies.one_disk")
    if view.log is not None:
        whole = view.log.whole
        yield found("copies.log", Level.OK if whole else Level.WARN, "copies.log_whole" if whole else "copies.log_gap")


def _read_copies(subject: Subject) -> BackupView:
    from pos.journal.backup import Backups

    second = subject.settings.text("backup.second_folder")
    return Backups(subject.journal(), subject.clock, lambda: second).view()


def reports(subject: Subject) -> Iterator[Finding]:
    """Copies of the day's report that should have been made by themselves."""
    settings = subject.settings
    if not settings.text("reports.copy_folder") or not subject.has_journal:
        return
    folder = settings.text("reports.copy_folder")
    if not Path(folder).is_dir():
        yield found("reports", Level.WARN, "reports.no_folder", folder=folder)
        return
    from pos.reports_setup import build_copies

    owed = build_copies(subject.journal(), settings, subject.clock).owed()
    late = [day for day in owed if (subject.today - day).days >= _REPORTS_LATE_DAYS]
    if late:
        yield found("reports", Level.WARN, "reports.owed", count=len(late), folder=folder)
    else:
        yield found("reports", Level.OK, "reports.made")


def _age_s(subject: Subject, instant: datetime | None) -> float:
    return 0.0 if instant is None else max(0.0, (subject.clock.now_utc() - instant).total_seconds())
