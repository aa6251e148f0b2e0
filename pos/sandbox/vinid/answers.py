"""The envelope of VinID's answers and their codes. Source: contracts/vinid.md §6, §9."""

from __future__ import annotations

from typing import Final

from pos.sandbox.incoming import Json, Quirks, Result

OK: Final = 200
MESSAGES: Final = {
    200: "OK",
    4000: "Dữ liệu không hợp lệ",
    200100: "Không đủ mã quà tặng trong kho",
    200200: "Mã đơn hàng đã tồn tại",
    5000: "Lỗi hệ thống trong quá trình xử lý",
    4000001: "Dữ liệu không hợp lệ",
    4040901: "Không tìm thấy cấu hình của đối tác",
    4000902: "Mã không tồn tại, hết hạn hoặc đã sử dụng",
    # The documentation gives these three the same wording though they mean different things.
    5000001: "Có lỗi trong quá trình xử lý",
    4010005: "Có lỗi trong quá trình xử lý",
    4010006: "Có lỗi trong quá trình xử lý",
    5000101: "Có lỗi xảy ra, vui lòng liên hệ hỗ trợ",
    4010001: "Xác thực không thành công",
    4010002: "Timestamp không phải là số",
    4010003: "Timestamp lớn hơn thời gian của máy chủ",
    4010004: "Yêu cầu quá 2 giờ",
    4030001: "Không có quyền sử dụng chức năng",
    4040001: "Không tìm thấy dữ liệu",
    4040201: "Không tìm thấy merchant, store hoặc POS",
    4000801: "Không có quyền hoàn",
}
_LONG_CODE: Final = 1_000_000


def succeeded(data: object = None, effect: str = "none") -> Result:
    """Return code 200; `data` is left out when there is none to tell."""
    answer: Json = {"meta": {"code": OK, "message": MESSAGES[OK]}}
    return Result(200, answer if data is None else {**answer, "data": data}, effect)


def refused(code: int, status: int | None = None, effect: str = "none") -> Result:
    """Return a refusal.

    Args:
        code: Business code of §9, or any other.
        status: HTTP status; None means the one that the code's digits suggest (the contract states none).
        effect: For the log.
    """
    if status is None:
        status = code // 10_000 if code >= _LONG_CODE else {4000: 400, 5000: 500}.get(code, 200)
    return Result(status, {"meta": {"code": code, "message": MESSAGES.get(code, f"Mã {code}")}}, effect)


def on_demand(quirks: Quirks) -> Result | None:
    """Return the code that is armed to be answered instead of carrying out; None without any."""
    quirk = quirks.get("code")
    return None if quirk is None else refused(quirk.code, quirk.status)


def are_texts(body: Json, *names: str) -> bool:
    """Tell whether all these fields are there and are text that is not empty."""
    return all(isinstance(body.get(name), str) and body[name] for name in names)
