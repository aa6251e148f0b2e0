"""Faults of a mounted issuer: those of the transport, the same for each, and the issuer's own.

A fault is `{"operation", "fault", "times", "seconds", "status", "code", "text"}`; all but `fault` may be missing:
`operation` (or `*`) any call, `times` until cleared. What the other fields mean stands in the fault's own line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pos.sandbox import spoil
from pos.sandbox.faults import FaultListError
from pos.sandbox.incoming import Quirk
from pos.sandbox.spoil import Reply


class Stage(Enum):
    """At which point of a request a fault works."""

    WAIT = "before carrying out: wait, then go on as usual"
    LATE = "no answer; carried out later"
    INSTEAD = "an answer, or none, instead of carrying out"
    QUIRK = "the issuer's rules play it"
    AFTER = "carried out; the answer is replaced or withheld"
    CLOCK = "the issuer's clock and the Date header are shifted"


@dataclass(frozen=True, slots=True)
class _Kind:
    stage: Stage
    meaning: str
    seconds: float = 0.0


TRANSPORT: Final[dict[str, _Kind]] = {
    "delay": _Kind(Stage.WAIT, "chờ `seconds` rồi mới làm / waits `seconds`, then carries out and answers", 5.0),
    "late": _Kind(Stage.LATE, "im lặng, `seconds` sau mới làm / stays silent, carries out after `seconds`", 10.0),
    "drop_before": _Kind(Stage.INSTEAD, "không làm, cắt kết nối / does nothing, closes"),
    "http_before": _Kind(Stage.INSTEAD, "không làm, HTTP `status` (500) / does nothing, HTTP `status` (500)"),
    "html_before": _Kind(Stage.INSTEAD, "không làm, trang HTML 200 / does nothing, HTTP 200 with HTML"),
    "delay_after": _Kind(Stage.AFTER, "làm ngay, trả lời sau `seconds` / carries out, answers after `seconds`", 5.0),
    "drop_after": _Kind(Stage.AFTER, "làm xong, cắt kết nối / carries out, closes without an answer"),
    "http_after": _Kind(Stage.AFTER, "làm xong, HTTP `status` (500) / carries out, HTTP `status` (500)"),
    "html_after": _Kind(Stage.AFTER, "làm xong, trang HTML 200 / carries out, HTTP 200 with HTML"),
    "broken_json": _Kind(Stage.AFTER, "làm xong, JSON bị cắt / carries out, JSON that breaks off"),
    "empty_body": _Kind(Stage.AFTER, "làm xong, thân rỗng / carries out, HTTP 200 without a body"),
    "huge_body": _Kind(Stage.AFTER, "làm xong, trả 20 MB / carries out, an answer of 20 MB"),
    "clock_offset": _Kind(Stage.CLOCK, "đồng hồ lệch `seconds` / clock and Date shifted by `seconds`", 3600.0),
}
_FIELDS: Final = frozenset({"operation", "fault", "times", "seconds", "status", "code", "text", "hits"})
_ANY: Final = "*"


@dataclass(slots=True)
class Armed:
    """An armed fault; `operation` None means any, `times_left` None means no limit."""

    name: str
    stage: Stage
    operation: str | None
    times_left: int | None
    quirk: Quirk
    default_s: float = 0.0
    hits: int = 0

    @property
    def seconds(self) -> float:
        """Its parameter in seconds, or the kind's default."""
        return self.quirk.seconds or self.default_s

    def reply(self, right: Reply) -> Reply | None:
        """Return what is sent in place of the right answer; None means that the connection is closed."""
        if self.name == "delay_after":
            return right
        if self.name in ("http_before", "http_after"):
            return spoil.error_reply(self.quirk.status or 500, "Error")
        if self.name in ("html_before", "html_after"):
            return spoil.INSTEAD["html_200"]
        return spoil.after(self.name, right.body)


class FaultLines:
    """The faults armed for one mounted issuer. Owned by the event loop's thread."""

    def __init__(self, operations: Iterable[str], own: Mapping[str, str]) -> None:
        """Start without faults; `own` are the issuer's, by name, with their meaning."""
        self.operations = tuple(operations)
        self.kinds = {**TRANSPORT, **{name: _Kind(Stage.QUIRK, meaning) for name, meaning in own.items()}}
        self._armed: list[Armed] = []

    def replace(self, entries: object) -> None:
        """Arm exactly these faults; nothing changes if one of them is wrong.

        Raises:
            FaultListError: Not a list, or an entry that cannot be understood.
        """
        if not isinstance(entries, list):
            raise FaultListError("faults are a JSON list of objects")
        self._armed = [self._read(entry) for entry in entries]

    def take(self, operation: str) -> list[Armed]:
        """Return the faults that hit this request, counting the hits: one of each stage, but every quirk."""
        taken: dict[object, Armed] = {}
        for fault in self._armed:
            key = fault.name if fault.stage is Stage.QUIRK else fault.stage
            if fault.operation in (None, operation) and fault.times_left != 0 and key not in taken:
                taken[key] = fault
        for fault in taken.values():
            fault.hits += 1
            fault.times_left = None if fault.times_left is None else fault.times_left - 1
        return list(taken.values())

    def listing(self) -> list[dict[str, Any]]:
        """Return the faults that have hits left, in the form that `replace` takes."""
        return [_shown(fault) for fault in self._armed if fault.times_left != 0]

    def _read(self, entry: object) -> Armed:
        if not isinstance(entry, Mapping) or set(entry) - _FIELDS:
            raise FaultListError(f"a fault is a JSON object with some of {', '.join(sorted(_FIELDS))}")
        name, operation = entry.get("fault"), entry.get("operation")
        kind = self.kinds.get(name) if isinstance(name, str) else None
        if not isinstance(name, str) or kind is None:
            raise FaultListError(f"unknown fault {name!r}; one of: {', '.join(self.kinds)}")
        if operation not in (None, _ANY, *self.operations):
            raise FaultListError(f"unknown operation {operation!r}; one of: {', '.join(self.operations)}, *")
        times = _number(entry, "times")
        if times is not None and times < 1:
            raise FaultListError("times is an integer of at least 1, or missing")
        status = _number(entry, "status")
        return Armed(
            name=name,
            stage=kind.stage,
            operation=None if operation == _ANY else operation,
            times_left=None if times is None else int(times),
            quirk=Quirk(
                seconds=float(_number(entry, "seconds") or 0),
                code=int(_number(entry, "code") or 0),
                status=None if status is None else int(status),
                text=str(entry.get("text") or ""),
            ),
            default_s=kind.seconds,
        )


def _number(entry: Mapping[str, Any], name: str) -> int | float | None:
    value = entry.get(name)
    kinds = (int, float) if name == "seconds" else (int,)
    if value is None or (isinstance(value, kinds) and not isinstance(value, bool)):
        return value
    raise FaultListError(f"{name} is a number, or missing")


def _shown(fault: Armed) -> dict[str, Any]:
    quirk = fault.quirk
    return {
        "operation": fault.operation or _ANY,
        "fault": fault.name,
        "times": fault.times_left,
        "seconds": quirk.seconds or None,
        "status": quirk.status,
        "code": quirk.code or None,
        "text": quirk.text or None,
        "hits": fault.hits,
    }
