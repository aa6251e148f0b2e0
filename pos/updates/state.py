"""What is remembered of updates between two starts: one small file, replaced whole."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from pos.domain.errors import Param
from pos.durable import make_folder, replace_file
from pos.sound_json import read_json
from pos.till.updates import Offer
from pos.updates.offers import offer_text, read_offer


@dataclass(frozen=True, slots=True)
class State:
    """As in `pos.till.updates.UpdateView`; `refused` is a code, with its facts beside it.

    Args:
        unnoted: that `applied` was put in place stands in no audit chain yet.
    """

    looked_utc: str = ""
    offer: Offer | None = None
    staged: bool = False
    scheduled_by: str = ""
    refused: str = ""
    refused_facts: dict[str, Param] = field(default_factory=dict)
    refused_utc: str = ""
    applied: str = ""
    at_end: bool = False
    unnoted: bool = False


class StateFile:
    """The file. Any thread; a damaged one counts as none: everything in it can be found out again.

    Args:
        folder: made when something is first kept.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "state.json"

    def read(self) -> State:
        """What is remembered."""
        try:
            told = read_json(self._path.read_bytes())
            texts = {
                name: str(told[name])
                for name in ("looked_utc", "scheduled_by", "refused", "refused_utc", "applied")
                if name in told
            }
            facts: dict[str, Param] = {
                name: value for name, value in told["refused_facts"].items() if isinstance(value, str | int)
            }
            offer = read_offer(told["offer"]) if told["offer"] is not None else None
            staged, at_end = told["staged"] is True, told["at_end"] is True
            unnoted = told["unnoted"] is True
            return State(**texts, offer=offer, staged=staged, refused_facts=facts, at_end=at_end, unnoted=unnoted)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return State()

    def change(self, **what: object) -> State:
        """Remember something else from now on. Raises `OSError`."""
        state = replace(self.read(), **what)  # type: ignore[arg-type]
        told = {name: getattr(state, name) for name in State.__dataclass_fields__}
        told["offer"] = offer_text(state.offer) if state.offer is not None else None
        make_folder(self._path.parent)
        replace_file(self._path, json.dumps(told, ensure_ascii=False, sort_keys=True).encode())
        return state
