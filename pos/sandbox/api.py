"""The Merchant API over HTTP: reads a request, lets the armed faults work, answers, and logs all of it.

Order of one request: received → delay → (late commit | an answer instead) → voucher used elsewhere → carried
out → fields spoiled → written to disk → sent, badly or not at all. A request is carried out even when its
caller has hung up meanwhile, as a real server would do.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import Any

from pos.sandbox import spoil
from pos.sandbox.exchange import Exchange
from pos.sandbox.faults import Fault, FaultBook, Stage
from pos.sandbox.gotit.answers import PATH_NAMES, PATH_PREFIX, Envelope, Operation, refused
from pos.sandbox.gotit.issuer import Issuer, Outcome
from pos.sandbox.gotit.voucher import Voucher
from pos.sandbox.spoil import Reply
from pos.sandbox.store import Store

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class MerchantApi:
    """ASGI application for everything below `/merchant/`."""

    def __init__(self, issuer: Issuer, faults: FaultBook, store: Store, end_connections: Callable[[], None]) -> None:
        """Wire up.

        Args:
            issuer: Carries requests out.
            faults: Asked at each stage of a request.
            store: Keeps log and vouchers.
            end_connections: Closes idle connections when a refusal begins.
        """
        self._issuer = issuer
        self._faults = faults
        self._store = store
        self._end_connections = end_connections
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        body = await read_body(receive)
        if body is None:
            return
        operation = PATH_NAMES.get(scope["path"].removeprefix(PATH_PREFIX))
        exchange = Exchange.of(self._store.next_log_number(), operation, scope, body)
        wrong = _wrong_http(exchange)
        if operation is None or wrong is not None:
            await self._send(exchange, wrong or spoil.error_reply(404, "Not Found"), receive, send)
            return
        await self._serve(operation, exchange, receive, send)

    async def _serve(self, operation: Operation, exchange: Exchange, receive: Receive, send: Send) -> None:
        wait = self._take(operation, Stage.WAIT, exchange)
        if wait is not None:
            self._save(exchange)
            await asyncio.sleep(wait.parameter_s)
        late = self._take(operation, Stage.LATE, exchange)
        if late is not None:
            self._carry_out_later(operation, exchange, late.parameter_s)
            await until_disconnect(receive)
            return
        instead = self._take(operation, Stage.INSTEAD, exchange)
        if instead is not None:
            await self._answer_instead(instead, exchange, receive, send)
            return
        answer = self._carry_out(operation, exchange)
        await self._answer(operation, answer, exchange, receive, send)

    async def _answer_instead(self, fault: Fault, exchange: Exchange, receive: Receive, send: Send) -> None:
        if fault.name == "drop_before":
            await self._hang_up(exchange, receive)
            return
        if fault.name == "throttle_209":
            await self._send(exchange, _json_reply(refused("209")), receive, send)
            return
        await self._send(exchange, spoil.INSTEAD[fault.name], receive, send)

    async def _answer(
        self, operation: Operation, answer: Envelope, exchange: Exchange, receive: Receive, send: Send
    ) -> None:
        for fault in self._faults.edits(operation):
            spoiled = spoil.edit(fault.name, operation, answer)
            if spoiled is not None:
                fault.hit()
                exchange.faults.append(fault.name)
                answer = spoiled
        reply: Reply | None = _json_reply(answer)
        assert reply is not None  # noqa: S101 - narrows the type for what follows
        exchange.note_verdict(answer)
        replaced = self._take(operation, Stage.AFTER, exchange)
        if replaced is not None:
            reply = spoil.after(replaced.name, reply.body)
        if reply is None:
            await self._hang_up(exchange, receive)
            return
        if operation is Operation.CHECK:
            self._faults.check_answered()
        await self._send(exchange, reply, receive, send)

    # --- carrying out ---

    def _carry_out(self, operation: Operation, exchange: Exchange) -> Envelope:
        body = exchange.json_object()
        changed: list[Voucher] = []
        codes = body.get("codes")
        if self._take(operation, Stage.MEDDLE, exchange) is not None and isinstance(codes, list) and codes:
            changed = self._issuer.use_elsewhere(str(codes[0]))
        outcome: Outcome = self._issuer.handle(operation, body)
        exchange.effect = outcome.effect
        exchange.changed = [*changed, *outcome.changed]
        return outcome.answer

    def _carry_out_later(self, operation: Operation, exchange: Exchange, seconds: float) -> None:
        exchange.effect = "pending"
        self._save(exchange)
        task = asyncio.get_running_loop().create_task(self._late_commit(operation, exchange, seconds))
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _late_commit(self, operation: Operation, exchange: Exchange, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._carry_out(operation, exchange)
        self._save(exchange)

    def _take(self, operation: Operation, stage: Stage, exchange: Exchange) -> Fault | None:
        fault = self._faults.take(operation, stage)
        if fault is not None:
            exchange.faults.append(fault.name)
        return fault

    def _save(self, exchange: Exchange) -> None:
        changed, exchange.changed = exchange.changed, []
        self._store.save(exchange.n, exchange.to_record(), changed)

    # --- sending ---

    async def _hang_up(self, exchange: Exchange, receive: Receive) -> None:
        exchange.answered = None
        self._save(exchange)
        exchange.connection.drop()
        await until_disconnect(receive)

    async def _send(self, exchange: Exchange, reply: Reply, receive: Receive, send: Send) -> None:
        operation = exchange.operation or Operation.CHECK
        manner = self._take(operation, Stage.SEND, exchange)
        shift = self._take(operation, Stage.CLOCK, exchange)
        exchange.note_status(reply.status)
        self._save(exchange)
        headers = [*reply.headers, (b"content-length", str(len(reply.body)).encode())]
        headers.append((b"date", http_date(shift.parameter_s if shift else 0.0)))
        ends = self._faults.connections_must_end()
        if ends:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await _send_body(exchange, reply.body, manner, receive, send)
        if ends:
            self._end_connections()


def _wrong_http(exchange: Exchange) -> Reply | None:
    """Return the answer to a request that is not one of the API's: wrong method, type or body (§3).

    Only 200 and 500 are documented, so what the API cannot read at all is an "unexpected error"; a wrong method
    never reaches the API's code on any server.
    """
    if exchange.method != "POST":
        return spoil.error_reply(405, "Method Not Allowed")
    content_type = exchange.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type != "application/json":
        return spoil.error_reply(500, "Content-Type must be application/json")
    if not exchange.has_json_object():
        return spoil.error_reply(500, "The body must be a JSON object in UTF-8")
    return None


def _json_reply(answer: Envelope) -> Reply:
    return Reply(200, (spoil.JSON_TYPE,), json.dumps(answer, ensure_ascii=False).encode())


def http_date(shift_s: float) -> bytes:
    """Return now, so many seconds on, as the Date header writes it."""
    return formatdate(time.time() + shift_s, usegmt=True).encode()


async def _send_body(exchange: Exchange, body: bytes, manner: Fault | None, receive: Receive, send: Send) -> None:
    if manner is None:
        await send({"type": "http.response.body", "body": body})
        return
    if manner.name == "half_answer":
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        exchange.connection.finish()
        await until_disconnect(receive)
        return
    for at in range(len(body)):
        if exchange.connection.transport.is_closing():
            return
        await send({"type": "http.response.body", "body": body[at : at + 1], "more_body": True})
        await asyncio.sleep(manner.parameter_s)
    await send({"type": "http.response.body", "body": b""})


async def read_body(receive: Receive) -> bytes | None:
    """Return the whole body, or None if the client went away before its end."""
    parts = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(parts)


async def until_disconnect(receive: Receive) -> None:
    """Wait until the connection is gone: an application that returns earlier would be answered for with a 500."""
    while (await receive())["type"] != "http.disconnect":
        continue
