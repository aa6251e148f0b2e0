"""Gotadi's own faults: what each means. The first group changes what is done, the second only what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pos.sandbox.incoming import Json, Quirks

MEANINGS: Final[dict[str, str]] = {
    "error_code": "không làm, trả mã `code` / does nothing, answers `error_code` = `code` (login, commit, query_trans)",
    "error_code_after": "làm xong, trả mã `code` / carries out, answers `error_code` = `code`",
    "refuse_voucher": "từ chối voucher, mã `text` / refuses the voucher with code `text` (7207_VOUCHER_NOT_VALID)",
    "refusal_as_400": "từ chối voucher bằng HTTP 400 / refuses vouchers with HTTP 400 and the same body",
    "get_refused": "voucher bằng GET: HTTP 405 / voucher calls as GET are answered with HTTP 405",
    "total_not_lowered": "tổng tiền không giảm theo voucher / the amount due does not fall by the discount",
    "commit_again": "thanh toán lần nữa nếu gọi lại / a repeated commit is carried out again instead of 08",
    "not_found": "đơn không có: HTTP 404 / the booking is answered with HTTP 404",
    "stranger_signature": "chữ ký của người khác / signed by a stranger",
    "wrong_key": "mã hoá bằng khoá khác / encrypted for somebody else's key",
    "wrong_padding": "đệm RSA không đúng (OAEP) / the content key padded with OAEP",
    "damaged_data": "`data` hỏng / the last block of `data` is damaged",
    "properties_bars": "`properties` có dấu | / `properties` holds bars",
    "null_words": "trường rỗng là chữ null / absent fields are the word null",
    "amount_text": "số tiền là `text` / every amount is the `text` (1.6699E7, 1669900.0, abc, 10.5)",
    "other_booking": "câu trả lời của đơn khác / the answer names another booking",
    "other_access_code": "mã truy cập khác / the answer names another access code",
    "other_product": "loại sản phẩm khác / the answer names the other product",
    "ampersand": "`&data=` thay cho `?data=` / `&data=` in place of `?data=`",
    "line_breaks": "Base64 có xuống dòng và = / standard Base64 with line breaks and =",
    "in_result": "bọc trong `result` / the answer is wrapped in `result`",
    "old_login": "trả lời login kiểu cũ / login answers in the older layout",
    "short_token": "JWT không có hạn gần / the token ends after `seconds` (1)",
    "wrong_types": "trường sai kiểu / fields of wrong type",
    "fields_missing": "thiếu trường chính / the fields that decide are missing",
    "success_null": "isSuccess null / `isSuccess` is null beside `success`",
    "success_contradicts": "success trái ngược / `success` is false beside a good answer",
    "old_names": "issueStatus, Success / the older names `issueStatus`, `Success`, `Failed`",
    "unknown_status": "trạng thái lạ / statuses nobody knows",
    "no_booking_info": "không có bookingInfo / detail without `bookingInfo`",
}
OTHER_BOOKING: Final = "ADCO2401018888888"


def spoiled(operation: str, answer: Json, quirks: Quirks) -> Json:
    """Return the answer with the armed faults worked into it; `answer` itself stays as it is."""
    for name, edit in _EDITS.items():
        if name in quirks:
            answer = edit(answer)
    if "amount_text" in quirks and "discountAmount" in answer:
        answer = {**answer, "discountAmount": _as_number(quirks["amount_text"].text)}
    if "in_result" in quirks and operation != "place_order":
        answer = {"result": answer}
    return answer


def _as_number(text: str) -> float | int | str:
    try:
        return float(text) if "." in text or "E" in text else int(text)
    except ValueError:
        return text


def _on_info(change: Callable[[Json], Json]) -> Callable[[Json], Json]:
    def edit(answer: Json) -> Json:
        info = answer.get("bookingInfo")
        return {**answer, "bookingInfo": change(info)} if isinstance(info, dict) else answer

    return edit


def _other_booking(answer: Json) -> Json:
    answer = {**answer, "bookingNumber": OTHER_BOOKING} if "bookingNumber" in answer else answer
    return _on_info(lambda info: {**info, "bookingNumber": OTHER_BOOKING})(answer)


def _old_names(info: Json) -> Json:
    words = {"SUCCEEDED": "Success", "FAILED": "Failed", "REFUNDED": "Refund", "TICKET_ON_PROCESS": "Ticket on Process"}
    old = {**info, "issueStatus": words.get(info["issuedStatus"], info["issuedStatus"].title())}
    del old["issuedStatus"]
    return {**old, "paymentStatus": words.get(info["paymentStatus"], info["paymentStatus"].title())}


def _wrong_types(answer: Json) -> Json:
    wrong: dict[str, Any] = {
        "voucherValid": "yes",
        "redeemValid": 1,
        "trackingCode": 7,
        "discountAmount": [50_000],
        "success": "true",
        "result": {"key": "x"},
        "key": 1,
        "bookingInfo": "BOOKED",
    }
    return {name: wrong.get(name, value) for name, value in answer.items()}


def _fields_missing(answer: Json) -> Json:
    gone = {"voucherValid", "redeemValid", "trackingCode", "key", "result"}
    return {name: value for name, value in answer.items() if name not in gone}


def _success_contradicts(answer: Json) -> Json:
    return {**answer, "success": False} if "success" in answer else answer


def _success_null(answer: Json) -> Json:
    return {**answer, "isSuccess": None} if "isSuccess" in answer else answer


_EDITS: Final[dict[str, Callable[[Json], Json]]] = {
    "other_booking": _other_booking,
    "old_names": _on_info(_old_names),
    "unknown_status": _on_info(lambda info: {**info, "paymentStatus": "WAITING", "issuedStatus": "LATER"}),
    "no_booking_info": lambda answer: {name: value for name, value in answer.items() if name != "bookingInfo"},
    "wrong_types": _wrong_types,
    "fields_missing": _fields_missing,
    "success_null": _success_null,
    "success_contradicts": _success_contradicts,
}
