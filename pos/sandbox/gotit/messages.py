"""The wording of every result code in Vietnamese and English.

Source: the codes and their meaning are §8 of contracts/gotit.md; the wording is the sandbox's own, as Got It's
differs between its publications and a till must not decide by it.
"""

from __future__ import annotations

from typing import Final

OK: Final = ("Thành công", "OK")

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "002": ("Quá nhiều mã trong một lần gọi", "Too many codes in one call"),
    "004": ("Lỗi không xác định, vui lòng liên hệ Got It", "Undefined error, please contact Got It"),
    "100": ("Voucher chưa được kích hoạt", "Voucher is not active yet"),
    "101": ("Voucher đã được sử dụng", "Voucher was used before"),
    "102": ("Voucher đã hết hạn", "Voucher has expired"),
    "103": ("Voucher đã bị huỷ", "Voucher was cancelled"),
    "104": ("Voucher không hợp lệ", "Voucher is invalid"),
    "105": ("Voucher đang được giữ cho hoá đơn khác", "Voucher is reserved"),
    "200": ("Mã PIN không đúng", "PIN is wrong"),
    "201": ("Mã PIN không tồn tại", "PIN does not exist"),
    "202": ("Thiếu mã PIN", "PIN is missing"),
    "203": ("Mã voucher không đúng", "Voucher code is wrong"),
    "204": ("Mã voucher không tồn tại", "Voucher code does not exist"),
    "205": ("Thiếu mã voucher", "Voucher codes are missing"),
    "206": ("Voucher không dùng được tại cửa hàng này", "Voucher cannot be redeemed in this store"),
    "207": ("Voucher đang được giữ, cần đúng số hoá đơn và mã PIN", "Reserved: needs its bill number and PIN"),
    "208": ("Voucher chưa được giữ", "Voucher is not reserved"),
    "209": ("Vượt quá số lần gọi cho phép", "Request limit exceeded"),
    "210": ("Thiếu số hoá đơn", "Bill number is missing"),
    "211": ("Tổng hoá đơn phải là số nguyên lớn hơn 1000", "Bill total must be an integer above 1000"),
    "212": ("Mã PIN hoặc số hoá đơn không khớp với lần giữ", "PIN or bill number is not the reserving one"),
    "213": ("Voucher đã được giữ trước đó", "Voucher is already reserved"),
    "230": ("Số hoá đơn dài quá 255 ký tự", "Bill number is longer than 255 characters"),
    "231": ("Mã voucher bị trùng trong yêu cầu", "The same code occurs twice in the request"),
    "232": (
        "Khách cần đồng ý dùng tại thương hiệu này trên đường dẫn voucher",
        "The customer must first accept using it at this brand, on the voucher link",
    ),
    "240": ("Mã SKU không hợp lệ", "SKU(s) invalid"),
    "241": ("Voucher cần thông tin SKU", "Voucher needs SKU data"),
    "242": ("Mã SKU bị trùng trong yêu cầu", "A SKU occurs twice in the request"),
    "243": ("Không đủ số lượng SKU trên hoá đơn", "Not enough of the SKU on the bill"),
    "244": ("Quá nhiều voucher loại S trên một hoá đơn", 'Too many vouchers of type "S" on one bill'),
    "245": ("SKU trên hoá đơn không thoả điều kiện", "SKUs do not meet the voucher's conditions"),
    "246": ("Sản phẩm voucher thiết lập sai", "Voucher product is set up wrongly"),
    "247": ("Ngoài thời gian áp dụng", "Outside the validity period"),
    "248": ("SKU không thuộc nhóm khuyến mãi", "SKU is not in the promoted category"),
    "250": ("Tổng hoá đơn chưa đủ điều kiện", "Bill total does not qualify"),
    "251": ("Thiếu tổng hoá đơn", "Bill total is missing"),
    "252": ("Tổng hoá đơn không hợp lệ", "Bill total is invalid"),
    "253": ("Không dùng chung với voucher của chương trình khác", "Not together with vouchers of another campaign"),
    "254": ("Không dùng chung với voucher tiền mặt", "Not together with cash vouchers"),
    "255": ("Không dùng chung với voucher cùng chương trình", "Not together with vouchers of the same campaign"),
    "256": ("Chương trình đã hết lượt đổi", "The campaign's redemption count is used up"),
    "257": ("Chương trình đã hết ngân sách đổi", "The campaign's redemption value is used up"),
}
