"""Device addresses: one stable string names a device in settings, logs and on screen.

``serial:/dev/ttyACM0?baud=9600`` · ``serial:usb:1a86:7523?baud=9600`` · ``usb:04b8:0e15`` · ``hid:05e0:1300`` ·
``tcp:192.168.1.50:9100`` · ``cups:receipts`` · ``file:/var/spool/slips/``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl

from hardware.errors import DeviceAddressError
from hardware.usb_identity import UsbIdentity, parse_usb_identity

SERIAL_OPTIONS: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        "baud": None,
        "parity": frozenset("NEOMS"),
        "bits": frozenset("78"),
        "stop": frozenset("12"),
        "rtscts": frozenset("01"),
        "xonxoff": frozenset("01"),
    }
)
"""Options of ``serial:`` and the values each may have; None: a positive number."""
_OPTIONS: Mapping[str, Mapping[str, frozenset[str] | None]] = MappingProxyType(
    {"serial": SERIAL_OPTIONS, "usb": {}, "hid": {}, "tcp": {}, "cups": {}, "file": {}}
)
SCHEMES = tuple(_OPTIONS)
_BY_IDENTITY = ("usb", "hid")


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """A parsed address.

    Attributes:
        text: The string as it stands in the settings.
        scheme: One of ``SCHEMES``.
        target: Device path, host, queue, file path, or the identity as text.
        port: TCP port, 0 for the others.
        usb: Who the device is, where it is named by identity (``usb:``, ``hid:``, ``serial:usb:``).
        options: What followed the question mark; every value is one the option may have.
    """

    text: str
    scheme: str
    target: str
    port: int = 0
    usb: UsbIdentity | None = None
    options: dict[str, str] = field(default_factory=dict)

    def integer(self, name: str, default: int) -> int:
        """Return option ``name`` as a number."""
        return int(self.options.get(name, default))

    def flag(self, name: str) -> bool:
        """Say whether option ``name`` is switched on."""
        return self.options.get(name) == "1"


def parse_address(text: str) -> DeviceAddress:
    """Read an address string.

    Raises:
        DeviceAddressError: The scheme, the target, the port or an option is not one we know.
    """
    scheme, colon, rest = text.strip().partition(":")
    if not colon or scheme not in SCHEMES:
        raise DeviceAddressError(text, "scheme is none of " + ", ".join(SCHEMES))
    if scheme == "file":
        target, options = rest, {}  # a question mark may be part of a file name
    else:
        target, _, query = rest.partition("?")
        options = dict(parse_qsl(query, keep_blank_values=True))
    _check_options(text, scheme, options)
    if not target:
        raise DeviceAddressError(text, "nothing after the scheme")
    port, usb = 0, None
    if scheme == "tcp":
        target, port = _host_and_port(text, target)
    elif scheme in _BY_IDENTITY or (scheme == "serial" and target.startswith("usb:")):
        usb = parse_usb_identity(target.removeprefix("usb:"))
        if usb is None:
            raise DeviceAddressError(text, "expected vendor:product[:serial], as in 1a86:7523")
    return DeviceAddress(text, scheme, target, port, usb, options)


def _check_options(text: str, scheme: str, options: Mapping[str, str]) -> None:
    known = _OPTIONS[scheme]
    if unknown := set(options) - set(known):
        raise DeviceAddressError(text, "unknown option " + ", ".join(sorted(unknown)))
    for name, value in options.items():
        allowed = known[name]
        if allowed is None:
            if not _is_number(value) or int(value) == 0:
                raise DeviceAddressError(text, f"{name} is not a number")
        elif value not in allowed:
            raise DeviceAddressError(text, f"{name} is one of {', '.join(sorted(allowed))}")


def _is_number(text: str) -> bool:
    """Digits, and no more of them than a number of ours has: Python refuses to read thousands of them."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def _host_and_port(text: str, target: str) -> tuple[str, int]:
    host, colon, digits = target.rpartition(":")
    if not colon or not host or not _is_number(digits) or not 0 < int(digits) < 65536:
        raise DeviceAddressError(text, "expected tcp:host:port")
    return host.strip("[]"), int(digits)
