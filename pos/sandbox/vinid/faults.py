"""What can be armed for VinID beside the faults of the transport. Source: contracts/vinid.md §5, §9, §16."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pos.sandbox.incoming import Json

FAULTS: Final = {
    "code": "không làm, trả mã lỗi `code` với HTTP `status` / does nothing, answers `code` with HTTP `status`",
    "code_after": "làm xong mới trả mã lỗi `code` / carries out, then answers `code` with HTTP `status`",
    "hidden": "orders: hỏi lại là 4040001 trong `seconds` / orders: detail answers 4040001 for `seconds`",
    "used_elsewhere_between": "mark_used: máy khác dùng ngay trước / mark_used: another till uses it just before",
    "same_ref_is_ok": "mark_used lặp cùng redeem_ref_id trả 200 / mark_used again with the same redeem_ref_id is 200",
    "fewer_cards": "thiếu một mã / one code fewer than ordered",
    "more_cards": "thừa một mã / one code more than ordered",
    "duplicate_serial": "các mã trùng serial / all codes with the same serial",
    "wrong_card_type": "mệnh giá khác / codes of another face value",
    "other_order": "merchant_order_id khác / another merchant_order_id",
    "oaep_sha1": "mã hoá OAEP SHA-1 / codes under OAEP with SHA-1",
    "oaep_sha256": "mã hoá OAEP SHA-256 / codes under OAEP with SHA-256",
    "wrong_padding": "mã hoá không đúng kiểu đệm nào / codes under no known padding",
    "hex": "mã dạng hex / codes in hex",
    "other_key": "mã hoá bằng khoá khác / codes under another public key",
    "numbers_as_text": "số ở dạng chữ / numbers as text",
    "milliseconds": "thời gian tính bằng mili giây / times in milliseconds",
    "old_verify_fields": "verify: purchased_at, expired_at / verify: the older fields",
    "extra_fields": "có thêm trường lạ / fields nobody knows",
    "data_null": "`data` là null / `data` is null",
    "no_meta": "thiếu `meta` / `meta` is missing",
}
_NUMBERS: Final = frozenset({"code", "quantity", "created_at", "min_order_value", "discount_value"})


def _numbers_as_text(answer: Json) -> Json:
    return {name: _as_text(value, name) for name, value in answer.items()}


def _as_text(value: Any, name: str = "") -> Any:  # noqa: ANN401 - a JSON value of any kind
    if isinstance(value, dict):
        return {key: _as_text(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return str(value) if name in _NUMBERS else value


def _duplicate_serial(answer: Json) -> Json | None:
    serials = [card["serial"] for line in _lines(answer) for card in line["cards"]]
    return _each_card(answer, lambda card: {**card, "serial": serials[0]}) if len(serials) > 1 else None


def _each_card(answer: Json, change: Callable[[Json], Json]) -> Json:
    return _each_line(answer, lambda line: {**line, "cards": [change(card) for card in line["cards"]]})


def _wrong_card_type(answer: Json) -> Json | None:
    return _each_line(answer, lambda line: {**line, "card_type": f"{line['card_type']}0"}) if _lines(answer) else None


def _each_line(answer: Json, change: Callable[[Json], Json]) -> Json:
    return {**answer, "data": {**answer["data"], "order_info": [change(line) for line in _lines(answer)]}}


def _lines(answer: Json) -> list[Json]:
    data = answer.get("data")
    lines: list[Json] = data.get("order_info", []) if isinstance(data, dict) else []
    return lines


def _other_order(answer: Json) -> Json | None:
    return {**answer, "data": {**answer["data"], "merchant_order_id": "STRANGE01"}} if _lines(answer) else None


def _extra_fields(answer: Json) -> Json:
    return {**answer, "trace": {"id": [1]}, "meta": {**answer["meta"], "internal_msg": "?"}}


# Spoils one thing each; None where it finds nothing to spoil.
EDITS: Final[dict[str, Callable[[Json], Json | None]]] = {
    "duplicate_serial": _duplicate_serial,
    "wrong_card_type": _wrong_card_type,
    "other_order": _other_order,
    "numbers_as_text": _numbers_as_text,
    "extra_fields": _extra_fields,
    "data_null": lambda answer: {**answer, "data": None},
    "no_meta": lambda answer: {name: value for name, value in answer.items() if name != "meta"},
}
