"""Updates as a manager commands them: every act asks the table of rights by her name, and stands in the audit chain."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pos.domain.audit import AuditValue
from pos.domain.business_date import from_utc_text, utc_text
from pos.domain.errors import JournalError, Param, UpdateError
from pos.domain.permissions import Action
from pos.domain.updates import read_version
from pos.sound_json import read_json
from pos.till.ports import Clock
from pos.till.review.events import Running
from pos.till.rights import Rights
from pos.till.updates import ATTACKS, Offer, Stops, UpdateView
from pos.till.views import Message
from pos.updates.placing import Placing
from pos.updates.state import State, StateFile

if TYPE_CHECKING:
    from pos.updates.client import Signed
    from pos.updates.source import Source

log = logging.getLogger(__name__)

FOLDER = "updates"
"""In a till's data folder."""
STAGED, TRUSTED = "staged", "trusted"
DEVELOPMENT = "x-development"
"""Of a root whose keys nobody keeps."""
FOUND, REFUSED, APPLIED, AT_END = "update.found", "update.refused", "update.applied", "update.at_end"
"""Codes of what a manager is told at the counter."""
EVERY = timedelta(hours=24)
_NO_REFUSALS = frozenset({"update.no_source", "update.nothing_newer", "update.stopped"})
_NOT_REFUSED: Mapping[str, object] = {"refused": "", "refused_facts": {}, "refused_utc": ""}


class Tx(Protocol):
    """A write transaction of the journal."""

    def audit(self, kind: str, ref: str, **facts: AuditValue) -> None:
        """Add to the chain."""

    def keep(self, name: str, text: str) -> None:
        """Keep a text of the program's own."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the desk needs of the till it works for.

    Args:
        folder: `updates` in the data folder.
        root: the root metadata this program was built with.
        installed: version of the program that runs; `told` the same with its package, for people.
        package: for which an offer must be made.
        source: as set now; empty: none.
        open_source: opens it.
        stops: what stands in the way now, given whether the journal was just copied.
        copy: copies the journal and reads the copy through; raises `JournalError`.
        transaction: of the journal, in somebody's name.
        notice: tells managers at the counter, in such a transaction.
        managed: whether the till has a manager.
        window: the till's window is open.
    """

    folder: Path
    root: bytes
    installed: str
    told: str
    package: str
    source: Callable[[], str]
    open_source: Callable[[str], Source]
    stops: Callable[[bool], Stops | None]
    copy: Callable[[str], None]
    transaction: Callable[[str], AbstractContextManager[Tx]]
    notice: Callable[[Tx, Mapping[str, Mapping[str, Param]]], None]
    managed: Callable[[], bool]
    window: bool = False


class UpdateDesk:
    """Implements `UpdatePort`. Any thread but the GUI's; one act at a time.

    Args:
        around: the till.
        placing: how a program is put in place here.
        rights: asks the table.
        clock: of this machine.
    """

    def __init__(self, around: Surroundings, placing: Placing, rights: Rights, clock: Clock) -> None:
        self._around, self._placing, self._rights, self._clock = around, placing, rights, clock
        self._state = StateFile(around.folder)
        self._staged = around.folder / STAGED
        self._lock = threading.Lock()

    # ------------------------------------------------------------ looking

    def view(self) -> UpdateView:
        """How it stands; reads files only."""
        around = self._around
        return view_of(
            around.folder,
            installed=around.installed,
            told=around.told,
            source=around.source(),
            placing=self._placing,
            stops=around.stops(False),
            root=around.root,
        )

    def _read(self) -> State:
        return remembered(self._state, self._around.installed)

    def look(self, actor: str) -> Offer | None:
        """Ask the source now."""
        with self._lock:
            self._allow(actor)
            return self._look(actor)

    def look_if_due(self) -> None:
        """Once a day by itself, where the shop wants it. Never raises a `PosError`: what comes of it is told."""
        state, now = self._read(), self._clock.now_utc()
        asked = max(state.looked_utc, state.refused_utc)
        if asked and timedelta() <= now - from_utc_text(asked) < EVERY:
            return
        try:
            with self._lock:
                found = self._look("")
                if found is not None and (state.offer is None or state.offer.version != found.version):
                    with self._around.transaction("") as tx:
                        self._around.notice(tx, {FOUND: {"version": found.version}})
        except (UpdateError, JournalError) as error:
            log.warning("looking for a newer program failed: %s", error.code)

    def _look(self, actor: str) -> Offer | None:
        with self._asked(actor) as (signed, _):
            pass
        around, offer = self._around, signed.offer if signed is not None else None
        if offer != self._read().offer:
            if offer is not None:
                with around.transaction(actor) as tx:
                    tx.audit("update.found", offer.version, package=offer.package, commit=offer.commit)
            self._change(offer=offer, staged=False, scheduled_by="", at_end=False)
        self._change(looked_utc=utc_text(self._clock.now_utc()), **_NOT_REFUSED)
        return offer

    def fetch(self, actor: str, running: Running | None = None) -> Offer:
        """Ask once more, and bring the offer here: what was withdrawn meanwhile is not fetched."""
        from pos.updates.staging import fetch

        with self._lock:
            self._allow(actor)
            with self._asked(actor) as (signed, source):
                if signed is None:
                    raise UpdateError("update.nothing_newer", version=self._around.installed)
                if running is None:
                    fetch(signed, source, self._staged)
                else:
                    fetch(signed, source, self._staged, progress=running.progress, stopped=running.stopped)
            offer = signed.offer
            with self._around.transaction(actor) as tx:
                tx.audit("update.fetched", offer.version, file=offer.file, sha256=offer.sha256, commit=offer.commit)
            self._change(offer=offer, staged=True, looked_utc=utc_text(self._clock.now_utc()), **_NOT_REFUSED)
            return offer

    @contextmanager
    def _asked(self, actor: str) -> Iterator[tuple[Signed | None, Source]]:
        """What is signed and newer, and where it is; what is refused, here or inside, is remembered."""
        from pos.updates.client import Catalogue, sorted_failures

        around, now = self._around, self._clock.now_utc()
        try:
            with closing(around.open_source(around.source())) as source, sorted_failures(now, str(around.folder)):
                catalogue = Catalogue(around.folder / TRUSTED, around.root, source, now)
                yield catalogue.newest(around.package, around.installed), source
        except UpdateError as error:
            if error.code not in _NO_REFUSALS:
                self._refuse(actor, error)
            raise

    # ------------------------------------------------------------ putting in place

    def schedule(self, actor: str, *, on: bool) -> None:
        """Once the day is closed, or not after all."""
        with self._lock:
            self._allow(actor)
            state = self._read()
            if on and (state.offer is None or not state.staged):
                raise UpdateError("update.not_staged")
            version = state.offer.version if state.offer is not None else ""
            with self._around.transaction(actor) as tx:
                tx.audit("update.scheduled", version, on=on)
            self._change(scheduled_by=(actor or "?") if on else "", at_end=False)

    def apply(self, actor: str) -> str:
        """Now."""
        with self._lock:
            self._allow(actor)
            return self._apply(actor)

    def note_arrival(self) -> None:
        """Once: this very program was put in place after the end of the one before, when no journal was open."""
        state = self._state.read()
        if state.unnoted and state.applied == self._around.installed:
            with self._around.transaction("") as tx:
                tx.audit("update.applied", state.applied)
            self._change(unnoted=False)

    def apply_if_scheduled(self) -> str:
        """Where somebody wanted it at closing and nothing stands in the way; returns the version, else "". Never raises
        a `PosError`: what goes wrong is told, and not tried again before somebody says so.
        """
        state = self._state.read()
        if not state.scheduled_by or not state.staged:
            return ""
        stops = self._around.stops(False)
        if stops is not None and not stops.a_copy_helps:
            return ""
        actor, around = state.scheduled_by, self._around
        try:
            with self._lock:
                version = self._apply(actor)
                with around.transaction(actor) as tx:
                    around.notice(tx, {AT_END if self._state.read().at_end else APPLIED: {"version": version}})
                return version
        except (UpdateError, JournalError) as error:
            log.warning("putting the newer program in place failed: %s", error.code)
            with suppress(UpdateError, JournalError):
                self._change(scheduled_by="")
                with around.transaction(actor) as tx:
                    around.notice(tx, {error.code: error.params})
            return ""

    def _apply(self, actor: str) -> str:
        from pos.updates.staging import is_staged

        around, state = self._around, self._read()
        offer = state.offer
        if offer is None or not state.staged:
            raise UpdateError("update.not_staged")
        self._must_be_free(actor)
        try:
            if not is_staged(self._staged, offer):
                self._change(staged=False, scheduled_by="")
                raise UpdateError("update.staged_damaged", file=offer.file)
            if around.window and not self._placing.beside:
                with around.transaction(actor) as tx:
                    tx.audit("update.scheduled", offer.version, on=True)
                self._change(at_end=True, scheduled_by="", **_NOT_REFUSED)
                return offer.version
            _placed(self._placing, self._staged / offer.file, offer.version)
        except UpdateError as error:
            self._refuse(actor, error)
            raise
        with around.transaction(actor) as tx:
            tx.audit("update.applied", offer.version, was=around.installed, commit=offer.commit)
        self._change(
            applied=offer.version, staged=False, scheduled_by="", offer=None, **_NOT_REFUSED
        )  # the file stays for another till of this user; the next fetch takes it away
        return offer.version

    def _must_be_free(self, actor: str) -> None:
        """Raises `UpdateError` by what stands in the way. Something unsettled alone: the journal is copied first."""
        stops = self._around.stops(False)
        if stops is not None and stops.a_copy_helps:
            self._around.copy(actor)
            stops = self._around.stops(True)
        if stops is not None:
            raise UpdateError(f"update.{stops.hindrance}", profile=stops.profile, count=stops.unsettled)

    def back(self, actor: str) -> str:
        """To the program before; the journal is another matter (`quay rollback`)."""
        with self._lock:
            self._allow(actor)
            self._must_be_free(actor)
            try:
                version = self._placing.back()
            except OSError as error:
                raise UpdateError("update.not_written", folder=error.filename or "") from error
            with self._around.transaction(actor) as tx:
                tx.audit("update.back", version, was=self._around.installed)
            self._change(applied=version, scheduled_by="")
            return version

    # ------------------------------------------------------------ small things

    def _allow(self, actor: str) -> None:
        if actor or self._around.managed():
            self._rights.named(Action.UPDATE_PROGRAM, actor)

    def _refuse(self, actor: str, error: UpdateError) -> None:
        """Remembered; what may be an attack is written into the chain and told at the counter, once for each kind."""
        before = self._state.read()
        if error.code in ATTACKS and before.refused != error.code:
            with self._around.transaction(actor) as tx:
                tx.audit("update.refused", error.code, source=self._around.source())
                self._around.notice(tx, {REFUSED: {"source": self._around.source()}})
        now = utc_text(self._clock.now_utc())
        self._change(refused=error.code, refused_facts=error.params, refused_utc=now)

    def _change(self, **what: object) -> None:
        try:
            self._state.change(**what)
        except OSError as error:
            raise UpdateError("update.not_written", folder=str(self._around.folder)) from error


def place_at_end(folder: Path, installed: str, placing: Placing, stops: Callable[[], Stops | None]) -> str:
    """After the program's own end, where somebody wanted it: put the staged program in place.

    Args:
        folder: `updates` in the data folder.
        installed: version of the program that ends.
        placing: how.
        stops: what stands in the way by now; somebody may have opened a shift since.

    Returns:
        The version that begins with the next start; "": nothing was done. What went wrong the next start tells.

    Raises:
        OSError, JournalError: nothing was done.
    """
    from pos.updates.staging import is_staged

    file = StateFile(folder)
    state = remembered(file, installed)
    if not state.at_end or state.offer is None:
        return ""
    file.change(at_end=False)  # first: what fails is not tried at every end from now on
    if stops() is not None or not is_staged(folder / STAGED, state.offer):
        return ""
    try:
        _placed(placing, folder / STAGED / state.offer.file, state.offer.version)
    except UpdateError as error:
        file.change(refused=error.code, refused_facts=error.params, refused_utc=utc_text(datetime.now(UTC)))
        return ""
    file.change(applied=state.offer.version, unnoted=True, staged=False, offer=None, **_NOT_REFUSED)
    return state.offer.version


def _placed(placing: Placing, file: Path, version: str) -> None:
    try:
        placing.place(file, version)
    except OSError as error:
        raise UpdateError("update.not_written", folder=error.filename or "") from error


def view_of(
    folder: Path, *, installed: str, told: str, source: str, placing: Placing, stops: Stops | None, root: bytes
) -> UpdateView:
    """How it stands, without opening a till; arguments as in `Surroundings`."""
    state = remembered(StateFile(folder), installed)
    staged = folder / STAGED / state.offer.file if state.staged and state.offer is not None else None
    return UpdateView(
        installed=told,
        source=source,
        way=placing.way,
        looked_utc=from_utc_text(state.looked_utc) if state.looked_utc else None,
        offer=state.offer,
        staged=staged is not None,
        scheduled_by=state.scheduled_by,
        stops=stops,
        refused=Message(state.refused, tuple(sorted(state.refused_facts.items()))) if state.refused else None,
        refused_utc=from_utc_text(state.refused_utc) if state.refused_utc else None,
        applied=state.applied,
        previous=placing.previous(),
        file=str(staged or ""),
        development=is_development(root),
        at_end=state.at_end,
    )


def remembered(file: StateFile, installed: str) -> State:
    """As it was left, without what the program that runs now has made a matter of the past."""
    state = file.read()
    if state.applied == installed:
        return State(state.looked_utc)
    if state.offer is not None and read_version(state.offer.version) <= read_version(installed):
        return State(state.looked_utc, applied=state.applied)
    return state


def is_development(root: bytes) -> bool:
    """Whether the root says of itself that nobody keeps its keys."""
    try:
        return read_json(root)["signed"].get(DEVELOPMENT) is True
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
