"""What can be armed for AppotaPay beside transport faults. Source: contracts/appotapay.md §6, §7, §9, §16."""

from __future__ import annotations

from typing import Final

FAULTS: Final = {
    "code": "không làm, trả mã lỗi `code` với HTTP `status` / does nothing, answers `code` with HTTP `status`",
    "code_after": "làm xong mới trả mã lỗi `code` / carries out, then answers `code` with HTTP `status`",
    "hold_then_sold": "buy: 35, sau `seconds` thành 0 / buy: 35, becomes 0 after `seconds`",
    "hold_then_failed": "buy: 35, sau `seconds` thành 33 / buy: 35, becomes 33 after `seconds`",
    "hidden": "buy: hỏi lại là 36 trong `seconds` / buy: the ask answers 36 for `seconds`",
    "fewer_cards": "thiếu một thẻ / one card fewer than asked",
    "more_cards": "thừa một thẻ / one card more than asked",
    "duplicate_serial": "các thẻ trùng serial / all cards with the same serial",
    "wrong_value": "mệnh giá thẻ khác / cards of another face value",
    "oaep_sha1": "mã hoá OAEP SHA-1 / codes under OAEP with SHA-1",
    "oaep_sha256": "mã hoá OAEP SHA-256 / codes under OAEP with SHA-256",
    "wrong_padding": "mã hoá không đúng kiểu đệm nào / codes under no known padding",
    "hex": "mã thẻ dạng hex / codes in hex",
    "old_key": "mã hoá bằng khoá cũ / codes under the former public key",
    "numbers_as_text": "số ở dạng chữ / numbers as text",
    "flat_transaction": "`amount`, `time` ở ngoài / `amount`, `time` at the top level",
    "expiry_year_first": "hạn dạng năm-tháng-ngày / expiry as year-month-day",
    "extra_fields": "có thêm trường lạ / fields nobody knows",
    "no_error_code": "thiếu `errorCode` / `errorCode` is missing",
    "cards_null": "`cards` là null / `cards` is null",
    "cards_missing": "không có `cards` / `cards` is missing",
    "bare_token_only": "không nhận tiền tố Bearer / refuses the prefix Bearer",
}
