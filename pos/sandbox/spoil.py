"""Answers that are wrong on purpose: spoiled fields, and what comes in place of an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pos.sandbox.gotit.answers import Envelope, Operation
from pos.sandbox.gotit.voucher import State

JSON_TYPE: Final = (b"content-type", b"application/json")
_HTML_TYPE: Final = (b"content-type", b"text/html; charset=utf-8")
_HUGE_BYTES: Final = 20 * 1024 * 1024
_STRANGE_CODE: Final = "9999999999"

_HTML: Final = (
    "<!doctype html><html><head><title>Bảo trì hệ thống</title></head>"
    "<body><h1>Hệ thống đang bảo trì / Down for maintenance</h1></body></html>"
).encode()


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer: status, headers beside Date and Content-Length, and the whole body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def error_reply(status: int, text: str) -> Reply:
    """Return an answer outside the contract's envelope, as a gateway or a crashed server would give it."""
    return Reply(status, ((b"content-type", b"text/plain; charset=utf-8"),), text.encode())


INSTEAD: Final[dict[str, Reply]] = {
    "http_500_before": error_reply(500, "Internal Server Error"),
    "html_200": Reply(200, (_HTML_TYPE,), _HTML),
    "redirect_302": Reply(302, ((b"location", b"/merchant/v6.0/elsewhere"),), b""),
    "http_403": error_reply(403, "Forbidden"),
    "http_404": error_reply(404, "Not Found"),
    "http_429": error_reply(429, "Too Many Requests"),
}


def after(name: str, whole: bytes) -> Reply | None:
    """Return what is sent after carrying out, in place of the whole answer; None means nothing.

    Args:
        name: Fault of `Stage.AFTER`.
        whole: Body of the right answer.
    """
    if name == "http_500_after":
        return INSTEAD["http_500_before"]
    if name == "empty_body":
        return Reply(200, (JSON_TYPE,), b"")
    if name == "broken_json":
        return Reply(200, (JSON_TYPE,), whole[: len(whole) * 2 // 3])
    if name == "huge_body":
        # Still good JSON: only its size is wrong.
        return Reply(200, (JSON_TYPE,), whole[:-1] + b', "padding": "' + b"x" * _HUGE_BYTES + b'"}')
    return None


def edit(name: str, operation: Operation, answer: Envelope) -> Envelope | None:
    """Return the answer with one thing spoiled, or None if the fault finds nothing to spoil in it.

    Args:
        name: Fault of `Stage.EDIT`.
        operation: The operation answered.
        answer: Left as it is.
    """
    return _EDITS[name](operation, answer)


def _data_null(operation: Operation, answer: Envelope) -> Envelope | None:
    return {**answer, "data": None}


def _return_code_number(operation: Operation, answer: Envelope) -> Envelope | None:
    code = answer.get("return_code")
    return {**answer, "return_code": int(code)} if isinstance(code, str) else None


def _no_redemptions(operation: Operation, answer: Envelope) -> Envelope | None:
    data: list[dict[str, Any]] = answer["data"] or []
    if not any("bill_number" in shown.get("redemptions", {}) for shown in data):
        return None
    return {**answer, "data": [{k: v for k, v in shown.items() if k != "redemptions"} for shown in data]}


def _other_code(operation: Operation, answer: Envelope) -> Envelope | None:
    data = answer["data"]
    if not data:
        return None
    return {**answer, "data": [{**data[0], "code": _STRANGE_CODE}, *data[1:]]}


def _no_success(operation: Operation, answer: Envelope) -> Envelope | None:
    return {name: value for name, value in answer.items() if name != "success"}


def _contradiction(operation: Operation, answer: Envelope) -> Envelope | None:
    data = answer["data"]
    if not answer.get("success") or not data or "state" not in data[0]:
        return None
    wrong = State.OPENED if operation is Operation.MARK_USE else State.USED
    return {**answer, "data": [{**data[0], "state": int(wrong)}, *data[1:]]}


_EDITS: Final[dict[str, Callable[[Operation, Envelope], Envelope | None]]] = {
    "data_null": _data_null,
    "return_code_number": _return_code_number,
    "no_redemptions": _no_redemptions,
    "other_code_in_data": _other_code,
    "success_missing": _no_success,
    "state_contradiction": _contradiction,
}
