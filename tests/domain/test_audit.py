"""The audit chain: any row changed, taken out, put in or moved shows at the row where it happened."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pos.domain.audit import GENESIS, AuditRow, canonical, first_break, link_hash

TEXTS = st.text(max_size=8)


def chained(fields: list[tuple[str, str, str, str, str]]) -> list[AuditRow]:
    rows, previous = [], GENESIS
    for seq, (at_utc, kind, ref, actor, facts) in enumerate(fields, 1):
        previous = link_hash(previous, seq=seq, at_utc=at_utc, kind=kind, ref=ref, actor=actor, facts=facts)
        rows.append(AuditRow(seq, at_utc, kind, ref, actor, facts, previous))
    return rows


FIELDS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=8)
CHAINS = FIELDS.map(chained)


@given(CHAINS)
def test_an_untouched_chain_is_whole_and_so_is_each_beginning_of_it(rows: list[AuditRow]) -> None:
    assert first_break(rows) is None
    assert first_break(rows[:-1]) is None
    assert first_break([]) is None


@given(CHAINS, st.data())
def test_a_changed_field_shows_at_its_row(rows: list[AuditRow], data: st.DataObject) -> None:
    where = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from(["at_utc", "kind", "ref", "actor", "facts"]))
    other = data.draw(TEXTS.filter(lambda text: text != getattr(rows[where], name)))
    rows[where] = replace(rows[where], **{name: other})  # type: ignore[arg-type]
    assert first_break(rows) == where + 1


@given(CHAINS, st.data())
def test_a_row_taken_out_shows_where_it_stood(rows: list[AuditRow], data: st.DataObject) -> None:
    where = data.draw(st.integers(0, len(rows) - 1))
    del rows[where]
    assert first_break(rows) == (where + 1 if where < len(rows) else None)  # a cut-off end: the printed hash tells


@given(CHAINS, st.data())
def test_a_row_put_in_twice_or_moved_shows(rows: list[AuditRow], data: st.DataObject) -> None:
    where = data.draw(st.integers(0, len(rows) - 1))
    assert first_break([*rows[: where + 1], *rows[where:]]) == where + 2
    if len(rows) > 1:
        assert first_break(rows[::-1]) == 1


@given(CHAINS, st.data())
def test_a_row_rewritten_with_a_hash_of_its_own_shows_at_the_next(rows: list[AuditRow], data: st.DataObject) -> None:
    """Whoever re-computes one hash has to re-compute all that follow; the last is printed on paper."""
    where = data.draw(st.integers(0, len(rows) - 1))
    forged = replace(rows[where], actor=rows[where].actor + "!")
    previous = rows[where - 1].hash if where else GENESIS
    digest = link_hash(
        previous,
        seq=forged.seq,
        at_utc=forged.at_utc,
        kind=forged.kind,
        ref=forged.ref,
        actor=forged.actor,
        facts=forged.facts,
    )
    printed = rows[-1].hash
    rows[where] = replace(forged, hash=digest)
    assert first_break(rows) == where + 2 if where + 1 < len(rows) else digest != printed


@given(TEXTS, TEXTS, st.integers(1, 6))
def test_text_moved_over_a_fields_border_is_another_row(one: str, two: str, cut: int) -> None:
    joined = one + "x" + two
    moved = (joined[:cut], joined[cut:])
    hashes = {
        link_hash(GENESIS, seq=1, at_utc="t", kind=kind, ref=ref, actor="", facts="")
        for kind, ref in {moved, (joined, ""), ("", joined)}
    }
    assert len(hashes) == len({moved, (joined, ""), ("", joined)})


def test_the_hash_is_pinned() -> None:
    """Chains written by an older program must still hold: a change here is a new format."""
    assert link_hash(GENESIS, seq=1, at_utc="t", kind="k", ref="r", actor="a", facts="{}") == PINNED


PINNED = "53843dc5a7e4b7d5a730ae215d5489df901312b33f544ae8acf2da2b806ee40d"


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_facts_have_one_text_whatever_their_order(facts: dict[str, str | int | bool | None]) -> None:
    assert canonical(facts) == canonical(dict(reversed(facts.items())))
