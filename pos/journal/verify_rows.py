"""The rows against the chain: each row as its last link sealed it, none taken out, none put in.

One pass over the chain in portions: the seals of a portion are held against the rows as they stand now. What does not
fit is kept until a later link speaks of the row, so that memory is needed for a portion only, however long the chain.
Rows from before the chain had seals (schema 5 and older) are judged by `pos.journal.verify_facts`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pos.domain.audit import RowFault, RowFaultKind
from pos.journal import row_seals
from pos.journal.verify_facts import Said, said

if TYPE_CHECKING:
    from pos.till.review.events import Running

_PORTION = 10_000
"""Links."""
_LOOK = 63
"""Rows between two looks whether the counter comes first, less one."""
_MOST = 200
"""Faults that are told one by one."""
_TAIL = '"kind":"rows","ref":""}'
_HEAD = '{"facts":{'


@dataclass(slots=True)
class RowsFound:
    """What was found. `seals` were compared; `first_link` is the first with seals, 0 for none."""

    seals: int = 0
    first_link: int = 0
    faults: list[RowFault] = field(default_factory=list)
    count: int = 0
    stopped: bool = False

    def add(self, fault: RowFault) -> None:
        """Count one more."""
        self.count += 1
        if len(self.faults) < _MOST:
            self.faults.append(fault)


def prove(connection: sqlite3.Connection, running: Running, total: int) -> RowsFound:
    """Hold every sealed row against the chain. Takes some ten microseconds a row.

    Args:
        connection: in a read transaction.
        running: progress in links.
        total: the chain's length, for progress.

    Raises:
        sqlite3.Error: a page could not be read.
    """
    found, made = RowsFound(), Counter[str]()
    suspects: dict[str, tuple[str, int]] = {}
    for portion in _portions(connection, found, made, running):
        for name, sealed in portion.items():
            if _fits(connection, name, sealed[0]):
                suspects.pop(name, None)
            else:
                suspects[name] = sealed
            found.seals += 1
            if not found.seals & _LOOK:
                running.stopped()  # the counter first
        if running.stopped():
            found.stopped = True
            return found
        running.progress(max((seq for _, seq in portion.values()), default=0), total)
    for name, (was, seq) in suspects.items():
        found.add(_fault(connection, name, was, seq))
    for fault in _older(connection, found.first_link, running):
        found.add(fault)
    missing = Counter(fault.table for fault in found.faults if fault.kind is RowFaultKind.TAKEN_OUT)
    for table in row_seals.KEYS:
        rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
        if rows > made[table] - missing[table] and table not in row_seals.MAY_GO:
            for key in _unspoken(connection, table, found.first_link):
                found.add(RowFault(RowFaultKind.PUT_IN, table, key, (), 0))
    return found


def _older(connection: sqlite3.Connection, first_link: int, running: Running) -> Iterator[RowFault]:
    """Rows that only links without seals speak of: the columns that those name."""
    if first_link == 1:
        return
    wrong: dict[str, dict[str, int]] = {}
    should: dict[str, dict[str, tuple[object, int]]] = {}
    links = "SELECT seq, CAST(facts AS BLOB) FROM audit WHERE seq < ? ORDER BY seq"
    for number, (seq, raw) in enumerate(connection.execute(links, (first_link or 1 << 60,)), 1):
        for table, key, says in _said(raw):
            known = should.setdefault(f"{table}/{key}", {})
            known.update((column, (value, seq)) for column, value in says.items())
        if not number & _LOOK:
            running.stopped()
        if number % _PORTION == 0:
            _compare(connection, should, wrong)
            should = {}
    _compare(connection, should, wrong)
    sealed_since = {name for _, seals in _seals(connection) for name in seals if name in wrong} if wrong else set()
    for name, differs in wrong.items():
        if name not in sealed_since:
            table, _, key = name.partition("/")
            gone = row_seals.read(connection, table, key) is None
            kind = RowFaultKind.TAKEN_OUT if gone else RowFaultKind.CHANGED
            yield RowFault(kind, table, key, () if gone else tuple(differs), max(differs.values()))


def _said(raw: bytes) -> list[Said]:
    try:
        return [each for change in json.loads(raw) for each in said(change)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []  # the chain itself tells of a link that was changed


def _compare(
    connection: sqlite3.Connection, should: dict[str, dict[str, tuple[object, int]]], wrong: dict[str, dict[str, int]]
) -> None:
    """Bring what is wrong up to date: a later link's word on a column takes the place of an earlier one's."""
    for name, says in should.items():
        table, _, key = name.partition("/")
        row = row_seals.read(connection, table, key)
        now = {} if row is None else dict(zip(row_seals.columns(connection, table), row, strict=True))
        known = wrong.setdefault(name, {})
        for column, (value, seq) in says.items():
            known.pop(column, None)
            if row is None or now[column] != value:
                known[column] = seq
        if not known:
            del wrong[name]


def _portions(
    connection: sqlite3.Connection, found: RowsFound, made: Counter[str], running: Running
) -> Iterator[dict[str, tuple[str, int]]]:
    portion: dict[str, tuple[str, int]] = {}
    links = 0
    for seq, seals in _seals(connection):
        found.first_link = found.first_link or seq
        for name, sealed in seals.items():
            if sealed[:1] == "+":
                made[name[: name.index("/")]] += 1
                sealed = sealed[1:]
            portion[name] = sealed, seq
        links += 1
        if not links & _LOOK:
            running.stopped()
        if links >= _PORTION:
            yield portion
            portion, links = {}, 0
    yield portion


def _seals(connection: sqlite3.Connection) -> Iterator[tuple[int, dict[str, str]]]:
    for seq, raw in connection.execute("SELECT seq, CAST(facts AS BLOB) FROM audit ORDER BY seq"):
        facts = raw.decode(errors="replace")
        # No text within a fact can look like this: its quotes are escaped.
        last = facts[facts.rfind(_HEAD) : -1]
        if not last.endswith(_TAIL):
            continue
        try:
            seals = json.loads(last)["facts"]
        except (ValueError, KeyError, TypeError):
            continue  # the chain itself tells of a link that was changed
        yield seq, {name: sealed for name, sealed in seals.items() if name.partition("/")[0] in row_seals.KEYS}


def _fits(connection: sqlite3.Connection, name: str, sealed: str) -> bool:
    table, _, key = name.partition("/")
    return row_seals.fits(row_seals.read(connection, table, key), sealed)


def _fault(connection: sqlite3.Connection, name: str, sealed: str, seq: int) -> RowFault:
    table, _, key = name.partition("/")
    row = row_seals.read(connection, table, key)
    if row is None:
        return RowFault(RowFaultKind.TAKEN_OUT, table, key, (), seq)
    if not sealed:
        return RowFault(RowFaultKind.PUT_IN, table, key, (), seq)
    return RowFault(RowFaultKind.CHANGED, table, key, row_seals.changed_columns(connection, table, sealed, row), seq)


def _unspoken(connection: sqlite3.Connection, table: str, first_link: int) -> Iterator[str]:
    """Keys of rows that no link speaks of: neither a seal, nor a link from before there were seals."""
    keys = " || '/' || ".join(row_seals.KEYS[table])
    spoken = {
        name.partition("/")[2] for _, seals in _seals(connection) for name in seals if name.startswith(f"{table}/")
    }
    before = _words(connection, first_link)
    for (key,) in connection.execute(f"SELECT {keys} FROM {table}"):  # noqa: S608 - our own names
        text = str(key)
        if text not in spoken and not (before and _is_of_old(table, text, before)):
            yield text


def _is_of_old(table: str, key: str, words: frozenset[str]) -> bool:
    """Whether a link from before there were seals speaks of this row."""
    if table in ("cases", "sale_case", "booking_case", "code_showing", "booking_step"):
        return True  # their numbers were not in the chain
    return any(part in words for part in key.split("/"))


def _words(connection: sqlite3.Connection, before: int) -> frozenset[str]:
    words: set[str] = set()
    limit = before or 1 << 60
    for ref, raw in connection.execute("SELECT ref, CAST(facts AS BLOB) FROM audit WHERE seq < ?", (limit,)):
        words.add(str(ref))
        try:
            changes = json.loads(raw)
        except ValueError:
            continue
        for change in changes if isinstance(changes, list) else ():
            words.add(str(change.get("ref")))
            for value in (change.get("facts") or {}).values():
                if isinstance(value, str):
                    words.update(value.split(","))
    return frozenset(words)
