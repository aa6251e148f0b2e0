"""Rows and links of one journal file that its audit chain proves, from a link on: what another file may take over.

For the second log, which lacks what a run committed and could not append any more, and for a damaged journal, whose
readable part may be newer than any copy.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pos.domain.audit import link_hash
from pos.journal import row_seals
from pos.journal.chain import Link
from pos.journal.intents import Point
from pos.journal.row_seals import Image

_LINKS = "SELECT seq, at_utc, kind, ref, actor, facts, hash, high_utc FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
_ONE = "SELECT seq, at_utc, kind, ref, actor, facts, hash, high_utc FROM audit WHERE seq = ?"
_COUNTERS = "SELECT series FROM counter ORDER BY series DESC LIMIT 16"


@dataclass(frozen=True, slots=True)
class Proven:
    """What follows a link and is proven.

    Args:
        links: in order, each following from the one before.
        images: every row they speak of, as it stands, each fitting the last of them that seals it.
        beyond: links that follow, too, whose rows cannot be had: what is named and not brought back.
    """

    links: tuple[Link, ...]
    images: tuple[Image, ...]
    beyond: tuple[Link, ...]

    def end(self, before: Point) -> Point:
        """The last of the links."""
        return Point(self.links[-1][0], self.links[-1][6]) if self.links else before


def follows(before: Point, link: Link) -> bool:
    """Whether a link is the next one behind a point."""
    seq, at_utc, kind, ref, actor, facts, digest, _ = link
    wanted = link_hash(before.hash.hex(), seq=seq, at_utc=at_utc, kind=kind, ref=ref, actor=actor, facts=facts)
    return seq == before.seq + 1 and bytes.fromhex(wanted) == digest


def seals_of(link: Link) -> dict[str, str]:
    """Seals of the rows that a link speaks of, by `table/key`, without the mark of a new row."""
    try:
        last = json.loads(link[5])[-1]
        if last["kind"] != row_seals.KIND:
            return {}
        return {name: seal.removeprefix("+") for name, seal in last["facts"].items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def links_after(connection: sqlite3.Connection, before: Point, most: int) -> tuple[Link, ...]:
    """The links behind a point that follow from it one by one; what cannot be read any more ends them."""
    found: list[Link] = []
    at = before
    try:
        for link in connection.execute(_LINKS, (before.seq, most)):
            if not follows(at, link):
                break
            found.append(link)
            at = Point(link[0], link[6])
    except (sqlite3.DatabaseError, ValueError, TypeError, AttributeError):
        pass
    return tuple(found)


def proven_after(connection: sqlite3.Connection, before: Point, most: int = 1_000_000) -> Proven:
    """Everything behind a point that links and seals prove, as far as it goes.

    A row that a later link changed again cannot be had as it was in between. So it goes up to the last link at which
    every row spoken of is either as that link or an earlier one sealed it, or was not yet touched.
    """
    links = links_after(connection, before, most)
    first: dict[str, int] = {}
    last: dict[str, tuple[int, str]] = {}
    for link in links:
        for name, seal in seals_of(link).items():
            first.setdefault(name, link[0])
            last[name] = link[0], seal
    images = {name: _image(connection, name, seal) for name, (_, seal) in last.items()}
    barred = [
        (first[name], last[name][0] if images[name] is not None else links[-1][0] + 1) for name in last
    ]  # up to a link within such a span, but before its end, the row cannot be had
    end = _furthest(before.seq, links[-1][0] if links else before.seq, barred)
    taken = [image for name, image in images.items() if image is not None and first[name] <= end]
    kept, beyond = links[: end - before.seq], links[end - before.seq :]
    return Proven(kept, (*taken, *_beside(connection, taken)), beyond)


def _furthest(lowest: int, highest: int, barred: Sequence[tuple[int, int]]) -> int:
    """The greatest number up to `highest` that lies in no span `first <= number < last`."""
    end = highest
    for first, last in sorted(barred, key=lambda span: -span[1]):
        if last <= end:
            break
        if first <= end:
            end = first - 1
    return max(lowest, end)


def _image(connection: sqlite3.Connection, name: str, seal: str) -> Image | None:
    """The row if it is as it was sealed; None: it is not, or cannot be read."""
    table, _, key = name.partition("/")
    if table not in row_seals.KEYS:
        return None
    try:
        if not row_seals.fits(row_seals.read(connection, table, key), seal):
            return None
        return table, key, row_seals.read_whole(connection, table, key)
    except (sqlite3.DatabaseError, ValueError):
        return None


def _beside(connection: sqlite3.Connection, taken: Sequence[Image]) -> list[Image]:
    """What no seal speaks of and the till goes on with: outbox entries of these rows, running numbers, what is kept."""
    wanted = [("outbox", key) for table, key, _ in taken if table == "redemption"]
    found: list[Image] = []
    try:
        wanted += [("counter", series) for (series,) in connection.execute(_COUNTERS)]
        wanted += [("meta", name) for (name,) in connection.execute("SELECT name FROM meta")]
    except sqlite3.DatabaseError:
        pass
    for table, key in wanted:
        try:
            found.append((table, key, row_seals.read_whole(connection, table, key)))
        except (sqlite3.DatabaseError, ValueError):
            continue
    return found


def hash_at(connection: sqlite3.Connection, seq: int) -> bytes | None:
    """The hash of one link; None: there is none, or it cannot be read."""
    try:
        row = connection.execute(_ONE, (seq,)).fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if row is None else bytes(row[6])
