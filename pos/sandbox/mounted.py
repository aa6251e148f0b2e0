"""Issuers beside Got It: what one must offer, and the HTTP that all of them share.

Order of one request: received → delay → (late | an answer instead) → carried out by the issuer with the quirks armed
for it → written to disk → sent, badly or not at all. A request is carried out even when its caller has hung up.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from pos.sandbox import spoil
from pos.sandbox.api import Receive, Scope, Send, http_date, read_body, until_disconnect
from pos.sandbox.exchange import Exchange
from pos.sandbox.faults import FaultBook
from pos.sandbox.incoming import Incoming, Json, Quirks, Result
from pos.sandbox.mounted_faults import Armed, FaultLines, Stage
from pos.sandbox.spoil import Reply
from pos.sandbox.store import Store

_NOTHING: Final = Reply(200, (), b"")


class MountedIssuer(Protocol):
    """One issuer's rules, without networking. Owned by the event loop's thread.

    Attributes:
        name: Its key in the ready line, its folder in the control plane.
        prefixes: Of the paths it answers over TLS.
        operations: For faults and the log.
        faults: Its own faults by name, with their meaning; `handle` gets those armed as quirks.
    """

    name: str
    prefixes: tuple[str, ...]
    operations: tuple[str, ...]
    faults: Mapping[str, str]

    def operation_of(self, incoming: Incoming) -> str | None:
        """Return which call this is; None for a path or method that is none."""

    async def handle(self, operation: str, incoming: Incoming, quirks: Quirks) -> Result:
        """Carry one request out or refuse it. What it does to money it does without awaiting in between."""

    def ready(self) -> Json:
        """Return what a till needs to be set up, and the samples: the ready line carries it."""

    def truth(self) -> Json:
        """Return the issuer's own truth: states and counts of what was really done."""

    def change(self, wish: Json) -> None:
        """Change something by hand, as the issuer's staff or another till would.

        Raises:
            ValueError: The wish cannot be understood; the text says why.
        """

    def reset(self) -> None:
        """Go back to the samples."""

    def remembered(self) -> str | None:
        """Return all that outlives a restart, as text; None if nothing does."""

    def samples_html(self) -> str:
        """Return the samples for the issuer's page; dynamic text is escaped."""


class MountedApi:
    """ASGI application of one mounted issuer."""

    def __init__(
        self,
        issuer: MountedIssuer,
        store: Store,
        connection_faults: FaultBook,
        end_connections: Callable[[], None],
    ) -> None:
        """Wire up.

        Args:
            issuer: Carries requests out.
            store: Keeps the log and what the issuer remembers.
            connection_faults: Tells whether connections must end.
            end_connections: Closes idle connections when a refusal begins.
        """
        self.issuer = issuer
        self.lines = FaultLines(issuer.operations, issuer.faults)
        self._store = store
        self._connection_faults = connection_faults
        self._end_connections = end_connections
        self._late: set[asyncio.Task[None]] = set()
        self._written: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        body = await read_body(receive)
        if body is None:
            return
        exchange = Exchange.of(self._store.next_log_number(), None, scope, body)
        exchange.issuer = self.issuer.name
        operation = self.issuer.operation_of(_incoming(exchange, scope, 0.0))
        exchange.operation_name = operation
        if operation is None:
            await self._send(exchange, spoil.error_reply(404, "Not Found"), 0.0, receive, send)
            return
        armed = self.lines.take(operation)
        exchange.faults.extend(fault.name for fault in armed)
        clock = _first(armed, Stage.CLOCK)
        shift_s = 0.0 if clock is None else clock.seconds
        await self._serve(operation, exchange, _incoming(exchange, scope, shift_s), armed, shift_s, receive, send)

    async def _serve(
        self,
        operation: str,
        exchange: Exchange,
        incoming: Incoming,
        armed: list[Armed],
        shift_s: float,
        receive: Receive,
        send: Send,
    ) -> None:
        wait = _first(armed, Stage.WAIT)
        if wait is not None:
            self._save(exchange)
            await asyncio.sleep(wait.seconds)
        quirks = {fault.name: fault.quirk for fault in armed if fault.stage is Stage.QUIRK}
        late = _first(armed, Stage.LATE)
        if late is not None:
            self._later(late.seconds, lambda: self._carry_out(operation, exchange, incoming, quirks), exchange)
            await until_disconnect(receive)
            return
        instead = _first(armed, Stage.INSTEAD)
        if instead is not None:
            await self._reply(exchange, instead.reply(_NOTHING), shift_s, receive, send)
            return
        result = await self._carry_out(operation, exchange, incoming, quirks)
        reply: Reply | None = _json_reply(result)
        after = _first(armed, Stage.AFTER)
        if after is not None and reply is not None:
            await asyncio.sleep(after.seconds)
            reply = after.reply(reply)
        await self._reply(exchange, reply, shift_s, receive, send)

    async def _carry_out(self, operation: str, exchange: Exchange, incoming: Incoming, quirks: Quirks) -> Result:
        result = await self.issuer.handle(operation, incoming, quirks)
        exchange.effect = result.effect
        self._save(exchange)
        return result

    def _later(self, seconds: float, what: Callable[[], Awaitable[Result]], exchange: Exchange) -> None:
        async def run() -> None:
            await asyncio.sleep(seconds)
            await what()

        exchange.effect = "pending"
        self._save(exchange)
        task = asyncio.get_running_loop().create_task(run())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _save(self, exchange: Exchange) -> None:
        text = self.issuer.remembered()
        # The same object again is what stands on disk already; it can be long.
        kept = None if text is None or text is self._written else (self.issuer.name, text)
        self._store.save(exchange.n, exchange.to_record(), [], kept)
        self._written = text

    # --- sending ---

    async def _reply(
        self, exchange: Exchange, reply: Reply | None, shift_s: float, receive: Receive, send: Send
    ) -> None:
        if reply is not None:
            await self._send(exchange, reply, shift_s, receive, send)
            return
        self._save(exchange)
        exchange.connection.drop()
        await until_disconnect(receive)

    async def _send(self, exchange: Exchange, reply: Reply, shift_s: float, receive: Receive, send: Send) -> None:
        exchange.note_status(reply.status)
        self._save(exchange)
        headers = [*reply.headers, (b"content-length", str(len(reply.body)).encode()), (b"date", http_date(shift_s))]
        ends = self._connection_faults.connections_must_end()
        if ends:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})
        if ends:
            self._end_connections()


def _incoming(exchange: Exchange, scope: Scope, shift_s: float) -> Incoming:
    return Incoming(
        method=exchange.method,
        path=scope["path"],
        headers=exchange.headers,
        body=exchange.body,
        now_s=time.time() + shift_s,
        query=scope["query_string"].decode("latin-1"),
    )


def _first(armed: list[Armed], stage: Stage) -> Armed | None:
    return next((fault for fault in armed if fault.stage is stage), None)


def _json_reply(result: Result) -> Reply:
    body: Any = b"" if result.answer is None else json.dumps(result.answer, ensure_ascii=False).encode()
    return Reply(result.status, (spoil.JSON_TYPE,), body)
