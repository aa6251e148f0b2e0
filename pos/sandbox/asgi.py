"""Reading and sending over ASGI, well and badly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import Any

from pos.sandbox.front import ApiConnection

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


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


def http_date(shift_s: float) -> bytes:
    """Return a `Date` header that is off by so many seconds."""
    return formatdate(time.time() + shift_s, usegmt=True).encode()


async def send_half(connection: ApiConnection, body: bytes, receive: Receive, send: Send) -> None:
    """Send half of the body that the headers announced, then end."""
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    connection.finish()
    await until_disconnect(receive)


async def send_slowly(connection: ApiConnection, body: bytes, pause_s: float, send: Send) -> None:
    """Send the body one byte at a time, until the client has had enough."""
    for at in range(len(body)):
        if connection.transport.is_closing():
            return
        await send({"type": "http.response.body", "body": body[at : at + 1], "more_body": True})
        await asyncio.sleep(pause_s)
    await send({"type": "http.response.body", "body": b""})
