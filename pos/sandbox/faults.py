"""The faults a tester can arm, what each means, and how many requests each still hits.

A fault is `{"operation", "fault", "times", "seconds"}`:

- `operation`: `check`, `reserve`, `unreserve`, `mark_use` (or the path's name, `usemultiple` …); `*` or missing
  means any.
- `times`: how many requests (for connection faults: connections) it hits; missing means until cleared.
- `seconds`: the fault's own parameter where it has one (see `KINDS`), else how long it stays active.

Several faults may be armed at once. For one request at most one of each `Stage` works, the first in the list
that fits, and the stages work in the order in which they stand in the enum; of `Stage.EDIT` all that fit work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pos.sandbox.gotit.answers import PATH_NAMES, Operation


class Stage(Enum):
    """At which point of a request a fault works."""

    CONNECTION = "when a connection comes in"
    WAIT = "before carrying out: wait, then go on as usual"
    LATE = "no answer; carried out later"
    INSTEAD = "an answer, or none, instead of carrying out"
    MEDDLE = "before carrying out: the voucher's state is changed"
    EDIT = "carried out; the answer's fields are spoiled"
    AFTER = "carried out; the answer is replaced or withheld"
    SEND = "carried out; the answer is sent badly"
    CLOCK = "the Date header is shifted"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One line of the fault table.

    Attributes:
        stage: Where it works.
        meaning: For the page and for error messages.
        default_s: Default of `seconds` when the fault has a parameter; None when `seconds` is how long it stays.
        only: The only operation it can hit, if there is but one.
    """

    stage: Stage
    meaning: str
    default_s: float | None = None
    only: Operation | None = None


KINDS: Final[dict[str, FaultKind]] = {
    "refuse_connection": FaultKind(
        Stage.CONNECTION,
        "TCP is accepted and reset before TLS: nothing of the request can have been sent. Idle connections are "
        "closed when it is armed. For reserve, unreserve and mark_use it begins after the next answered check, "
        "whose connection is closed, so that exactly the changing call meets it.",
    ),
    "wrong_certificate": FaultKind(Stage.CONNECTION, "certificate of an authority nobody trusts"),
    "wrong_host": FaultKind(Stage.CONNECTION, "certificate of the right authority for another host name"),
    "tls11_only": FaultKind(Stage.CONNECTION, "the server speaks TLS 1.1 at most"),
    "delay": FaultKind(Stage.WAIT, "waits `seconds`, then carries out and answers", 5.0),
    "late_commit": FaultKind(
        Stage.LATE, "stays silent; carries out after `seconds` even if the caller has hung up", 10.0
    ),
    "drop_before": FaultKind(Stage.INSTEAD, "reads the whole request, does nothing, closes"),
    "http_500_before": FaultKind(Stage.INSTEAD, "HTTP 500, nothing carried out"),
    "html_200": FaultKind(Stage.INSTEAD, "HTTP 200 with a page of HTML, nothing carried out"),
    "throttle_209": FaultKind(Stage.INSTEAD, "refuses with 209 for `seconds` from arming", 60.0),
    "redirect_302": FaultKind(Stage.INSTEAD, "HTTP 302 to another path, nothing carried out"),
    "http_403": FaultKind(Stage.INSTEAD, "HTTP 403, nothing carried out"),
    "http_404": FaultKind(Stage.INSTEAD, "HTTP 404, nothing carried out"),
    "http_429": FaultKind(Stage.INSTEAD, "HTTP 429, nothing carried out"),
    "used_elsewhere_between": FaultKind(
        Stage.MEDDLE, "another store's till uses the first code just before", only=Operation.MARK_USE
    ),
    "data_null": FaultKind(Stage.EDIT, "`data` is null"),
    "return_code_number": FaultKind(Stage.EDIT, "a refusal's `return_code` is a JSON integer"),
    "no_redemptions": FaultKind(
        Stage.EDIT, "a used or held voucher is shown without `redemptions`", only=Operation.CHECK
    ),
    "other_code_in_data": FaultKind(Stage.EDIT, "`data` names another voucher code"),
    "success_missing": FaultKind(Stage.EDIT, "`success` is missing"),
    "state_contradiction": FaultKind(
        Stage.EDIT, "`success` true beside a state that denies it: 4 on check, 3 on mark_use"
    ),
    "drop_after": FaultKind(Stage.AFTER, "carries out, then closes without an answer"),
    "http_500_after": FaultKind(Stage.AFTER, "carries out, then HTTP 500"),
    "empty_body": FaultKind(Stage.AFTER, "carries out, then HTTP 200 without a body"),
    "broken_json": FaultKind(Stage.AFTER, "carries out, then HTTP 200 with JSON that breaks off"),
    "huge_body": FaultKind(Stage.AFTER, "carries out, then an answer of 20 MB"),
    "drip": FaultKind(Stage.SEND, "carries out; the body comes one byte every `seconds`", 0.2),
    "half_answer": FaultKind(Stage.SEND, "carries out; half of the announced body comes, then the end"),
    "clock_offset": FaultKind(Stage.CLOCK, "`Date` is shifted by `seconds` (may be negative)", 3600.0),
}
TLS_MODES: Final = ("wrong_certificate", "wrong_host", "tls11_only")
_REFUSE: Final = "refuse_connection"
_ANY: Final = "*"


class FaultListError(ValueError):
    """A fault list given over the control plane cannot be understood; the text says what is wrong."""


@dataclass(slots=True)
class Fault:
    """An armed fault.

    Attributes:
        operation: The operation it waits for; None means any.
        times_left: Hits it has left; None means no limit.
        seconds: Its parameter, if its kind has one.
        ends_mono_s: When it stops by itself; None means never.
        waiting: For refused changing calls: no check was answered since arming.
    """

    operation: Operation | None
    name: str
    times_left: int | None
    seconds: float | None
    ends_mono_s: float | None
    waiting: bool = False
    hits: int = 0

    @property
    def parameter_s(self) -> float:
        """Its parameter in seconds, or the kind's default."""
        default = KINDS[self.name].default_s
        return self.seconds if self.seconds is not None else default or 0.0

    def fits(self, operation: Operation) -> bool:
        """Tell whether the operation is one it waits for."""
        only = KINDS[self.name].only
        return self.operation in (None, operation) and only in (None, operation)

    def alive(self, now_mono_s: float) -> bool:
        """Tell whether it has hits and time left."""
        in_time = self.ends_mono_s is None or now_mono_s < self.ends_mono_s
        return in_time and self.times_left != 0

    def hit(self) -> None:
        """Count one hit."""
        self.hits += 1
        if self.times_left is not None:
            self.times_left -= 1


class FaultBook:
    """The armed faults. Owned by the event loop's thread."""

    def __init__(self, mono: Callable[[], float] = time.monotonic) -> None:
        """Start without faults; `mono` gives monotonic seconds."""
        self._mono = mono
        self._faults: list[Fault] = []
        self.cable_in = True

    def replace(self, entries: object) -> None:
        """Arm exactly these faults; nothing changes if one of them is wrong.

        Raises:
            FaultListError: Not a list, or an entry with an unknown fault, operation, `times` or `seconds`.
        """
        if not isinstance(entries, list):
            raise FaultListError("faults are a JSON list of objects")
        now = self._mono()
        self._faults = [_read_fault(entry, now) for entry in entries]

    def listing(self) -> list[dict[str, Any]]:
        """Return the faults that are still alive, with their hits and what is left of them."""
        now = self._mono()
        return [_shown(fault, now) for fault in self._faults if fault.alive(now)]

    def take(self, operation: Operation, stage: Stage) -> Fault | None:
        """Return the first fault of the stage that fits, counting the hit; None if there is none."""
        for fault in self._fitting(operation, stage):
            fault.hit()
            return fault
        return None

    def edits(self, operation: Operation) -> list[Fault]:
        """Return all faults that spoil fields; the caller counts a hit where one really changed something."""
        return self._fitting(operation, Stage.EDIT)

    def _fitting(self, operation: Operation, stage: Stage) -> list[Fault]:
        if not self._faults:
            return []
        now = self._mono()
        return [f for f in self._faults if KINDS[f.name].stage is stage and f.fits(operation) and f.alive(now)]

    # --- connections ---

    def refuse_next_connection(self) -> bool:
        """Tell whether a connection that just came in is to be reset, counting the hit."""
        if not self.cable_in:
            return True
        fault = self._connection_fault(_REFUSE)
        if fault is not None:
            fault.hit()
        return fault is not None

    def tls_mode(self) -> str | None:
        """Return the TLS fault for a connection that just came in, counting the hit; None means honest."""
        for name in TLS_MODES:
            fault = self._connection_fault(name)
            if fault is not None:
                fault.hit()
                return name
        return None

    def connections_must_end(self) -> bool:
        """Tell whether open connections are to be closed so that the next call meets the fault."""
        if not self.cable_in:
            return True
        return any(self._connection_fault(name) is not None for name in (_REFUSE, *TLS_MODES))

    def check_answered(self) -> None:
        """Note that a check was answered: a refusal that waits for a changing call begins now."""
        for fault in self._faults:
            fault.waiting = False

    def _connection_fault(self, name: str) -> Fault | None:
        if not self._faults:
            return None
        now = self._mono()
        return next((f for f in self._faults if f.name == name and not f.waiting and f.alive(now)), None)


def _read_fault(entry: object, now_mono_s: float) -> Fault:
    if not isinstance(entry, Mapping):
        raise FaultListError("each fault is a JSON object")
    unknown = sorted(set(entry) - {"operation", "fault", "times", "seconds", "hits"})
    if unknown:
        raise FaultListError(f"unknown field(s) {', '.join(map(str, unknown))}; use operation, fault, times, seconds")
    name = entry.get("fault")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if not isinstance(name, str) or kind is None:
        raise FaultListError(f"unknown fault {name!r}; one of: {', '.join(KINDS)}")
    operation = _read_operation(entry.get("operation"))
    if kind.only is not None and operation not in (None, kind.only):
        raise FaultListError(f"fault {name} can only hit {kind.only.value}")
    times, seconds = _read_times(entry.get("times")), _read_seconds(entry.get("seconds"))
    lasts = seconds if kind.default_s is None else None
    if name == "throttle_209":
        lasts = kind.default_s if seconds is None else seconds
    return Fault(
        operation=operation,
        name=name,
        times_left=times,
        seconds=seconds,
        ends_mono_s=None if lasts is None else now_mono_s + lasts,
        waiting=name == _REFUSE and operation not in (None, Operation.CHECK),
    )


def _read_operation(word: object) -> Operation | None:
    if word is None or word == _ANY:
        return None
    names = {operation.value: operation for operation in Operation} | PATH_NAMES
    if not isinstance(word, str) or word not in names:
        raise FaultListError(f"unknown operation {word!r}; one of: {', '.join(names)}, *")
    return names[word]


def _read_times(times: object) -> int | None:
    if times is None or (isinstance(times, int) and not isinstance(times, bool) and times >= 1):
        return times
    raise FaultListError("times is an integer of at least 1, or missing")


def _read_seconds(seconds: object) -> float | None:
    if seconds is None:
        return None
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        return float(seconds)
    raise FaultListError("seconds is a number, or missing")


def _shown(fault: Fault, now_mono_s: float) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operation": _ANY if fault.operation is None else fault.operation.value,
        "fault": fault.name,
        "times": fault.times_left,
        "seconds": fault.seconds,
        "hits": fault.hits,
    }
    if fault.ends_mono_s is not None:
        # What is left, so that putting the list back does not prolong it.
        shown["seconds"] = round(fault.ends_mono_s - now_mono_s, 3)
    return shown
