"""Who a USB device is: vendor, product and serial number, which stay the same in every socket and after every start."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TEXT = re.compile(r"(?P<vendor>[0-9a-fA-F]{4}):(?P<product>[0-9a-fA-F]{4})(?::(?P<serial>.+))?")


@dataclass(frozen=True, slots=True)
class UsbIdentity:
    """A USB device, whatever it is plugged into.

    Attributes:
        vendor: idVendor, 0 to 0xFFFF.
        product: idProduct, 0 to 0xFFFF.
        serial: iSerialNumber; empty: any. Cheap devices have none, or all the same one.
    """

    vendor: int
    product: int
    serial: str = ""

    def __str__(self) -> str:
        pair = f"{self.vendor:04x}:{self.product:04x}"
        return f"{pair}:{self.serial}" if self.serial else pair

    def matches(self, vendor: int | None, product: int | None, serial: str | None) -> bool:
        """Say whether a device that calls itself so is this one."""
        return (vendor, product) == (self.vendor, self.product) and self.serial in ("", serial)


def parse_usb_identity(text: str) -> UsbIdentity | None:
    """Read ``1a86:7523`` or ``1a86:7523:SERIAL``; None when it is neither."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    return UsbIdentity(int(found["vendor"], 16), int(found["product"], 16), found["serial"] or "")
