"""A query as text for the journal. Dates are kept as days before today, so that a saved filter stays of use."""

from __future__ import annotations

import json
from datetime import date, timedelta

from pos.till.review.day_views import Query, RowKind, Standing

_PLAIN = ("low_vnd", "high_vnd", "from_minute", "to_minute")


def query_text(query: Query, today: date) -> str:
    """The query as JSON; what is not set is left out."""
    kept: dict[str, object] = {
        "first_days_ago": (today - query.first).days,
        "last_days_ago": (today - query.last).days,
        "kinds": sorted(query.kinds),
        "issuers": sorted(query.issuers),
        "standings": sorted(query.standings),
        "people": sorted(query.people),
        "text": query.text,
    }
    kept.update((name, getattr(query, name)) for name in _PLAIN)
    return json.dumps({name: value for name, value in kept.items() if value not in (None, [], "")}, ensure_ascii=False)


def query_of(text: str, today: date) -> Query:
    """The inverse of `query_text`. Words of a later program are left aside."""
    kept = json.loads(text)
    kinds, standings = set(RowKind), set(Standing)
    return Query(
        first=today - timedelta(days=kept.get("first_days_ago", 0)),
        last=today - timedelta(days=kept.get("last_days_ago", 0)),
        kinds=frozenset(kind for kind in kinds if kind.value in kept.get("kinds", ())),
        issuers=frozenset(kept.get("issuers", ())),
        standings=frozenset(standing for standing in standings if standing.value in kept.get("standings", ())),
        people=frozenset(kept.get("people", ())),
        text=kept.get("text", ""),
        **{name: kept.get(name) for name in _PLAIN},
    )
