"""Device addresses: one stable string names a device in settings, logs and on screen.

``serial:/dev/ttyACM0?baud=9600`` · ``tcp:192.168.1.50:9100`` · ``file:/var/spool/slips/``
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from hardware.errors import DeviceAddressError

SCHEMES = ("serial", "tcp", "file")
_OPTIONS = {"serial": {"baud", "parity", "rtscts", "xonxoff"}, "tcp": set[str](), "file": set[str]()}


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """A parsed address.

    Attributes:
        text: The string as it stands in the settings.
        scheme: ``serial``, ``tcp`` or ``file``.
        target: Device path, host or file path.
        port: TCP port, 0 for the others.
        options: What followed the question mark.
    """

    text: str
    scheme: str
    target: str
    port: int = 0
    options: dict[str, str] = field(default_factory=dict)

    def integer(self, name: str, default: int) -> int:
        """Return option ``name`` as a number.

        Raises:
            DeviceAddressError: It is not a positive number.
        """
        value = self.options.get(name, str(default))
        if not value.isascii() or not value.isdigit() or int(value) == 0:
            raise DeviceAddressError(self.text, f"{name} is not a number")
        return int(value)

    def flag(self, name: str) -> bool:
        """Say whether option ``name`` is switched on (``1``, ``true``, ``yes``)."""
        return self.options.get(name, "").lower() in {"1", "true", "yes"}


def parse_address(text: str) -> DeviceAddress:
    """Read an address string.

    Raises:
        DeviceAddressError: The scheme, the target, the port or an option is not one we know.
    """
    scheme, colon, rest = text.strip().partition(":")
    if not colon or scheme not in SCHEMES:
        raise DeviceAddressError(text, "scheme is not serial, tcp or file")
    if scheme == "file":
        target, options = rest, {}  # a question mark may be part of a file name
    else:
        target, _, query = rest.partition("?")
        options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := set(options) - _OPTIONS[scheme]:
        raise DeviceAddressError(text, "unknown option " + ", ".join(sorted(unknown)))
    if not target:
        raise DeviceAddressError(text, "nothing after the scheme")
    port = 0
    if scheme == "tcp":
        target, port = _host_and_port(text, target)
    return DeviceAddress(text, scheme, target, port, options)


def _host_and_port(text: str, target: str) -> tuple[str, int]:
    host, colon, digits = target.rpartition(":")
    if not colon or not host or not digits.isascii() or not digits.isdigit() or not 0 < int(digits) < 65536:
        raise DeviceAddressError(text, "expected tcp:host:port")
    return host.strip("[]"), int(digits)
