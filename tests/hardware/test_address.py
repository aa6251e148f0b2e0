"""Addresses: what an installer types into the settings, and what is refused with the reason."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hardware.address import parse_address
from hardware.errors import DeviceAddressError, DeviceNotFoundError
from hardware.serial_port import find_port
from hardware.usb_identity import UsbIdentity


@pytest.mark.parametrize(
    ("text", "target", "port", "usb"),
    [
        ("serial:/dev/ttyACM0?baud=115200&parity=E&bits=7&stop=2", "/dev/ttyACM0", 0, None),
        ("serial:COM3", "COM3", 0, None),
        ("serial:usb:1A86:7523?baud=9600", "usb:1A86:7523", 0, UsbIdentity(0x1A86, 0x7523)),
        ("usb:04b8:0e15:J6GF:012", "04b8:0e15:J6GF:012", 0, UsbIdentity(0x04B8, 0x0E15, "J6GF:012")),
        ("hid:05e0:1300", "05e0:1300", 0, UsbIdentity(0x05E0, 0x1300)),
        ("tcp:[fe80::1]:9100", "fe80::1", 9100, None),
        ("cups:Máy in quầy", "Máy in quầy", 0, None),
        ("file:/srv/what?.bin", "/srv/what?.bin", 0, None),
    ],
)
def test_every_kind_of_address_is_read(text: str, target: str, port: int, usb: UsbIdentity | None) -> None:
    address = parse_address(f" {text} ")
    assert (address.text, address.target, address.port, address.usb) == (f" {text} ", target, port, usb)


@pytest.mark.parametrize(
    "text",
    [
        "", "serial", "serial:", "lpt:1", "tcp:printer", "tcp:printer:0", "tcp::9100", "tcp:printer:70000",
        "serial:/dev/ttyS0?baud=fast", "serial:/dev/ttyS0?baud=0", "serial:/dev/ttyS0?parity=X",
        "serial:/dev/ttyS0?bits=9", "serial:/dev/ttyS0?rtscts=yes", "serial:/dev/ttyS0?speed=9600",
        "usb:04b8", "usb:04b8:0e15?baud=9600", "usb:printer", "hid:xyz:1", "serial:usb:1a86",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_any_device_is_touched(text: str) -> None:
    with pytest.raises(DeviceAddressError) as caught:
        parse_address(text)
    assert caught.value.detail


@dataclass
class Port:
    """A port as the system lists it."""

    device: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None


def test_a_device_is_found_on_whatever_port_it_was_plugged_into() -> None:
    others = [Port("/dev/ttyS0"), Port("/dev/ttyUSB0", 0x0403, 0x6001, "A1")]
    scanner = UsbIdentity(0x1A86, 0x7523)
    for place in ("/dev/ttyUSB1", "/dev/ttyUSB7"):
        ports = [*others, Port(place, 0x1A86, 0x7523)]
        assert find_port("serial:usb:1a86:7523", scanner, ports.copy) == place
    with pytest.raises(DeviceNotFoundError):
        find_port("serial:usb:1a86:7523", scanner, lambda: others)


def test_two_alike_are_told_apart_by_serial_number_and_else_always_taken_in_the_same_order() -> None:
    ports = [Port("/dev/ttyUSB1", 0x1A86, 0x7523, "B"), Port("/dev/ttyUSB0", 0x1A86, 0x7523, "A")]
    assert find_port("x", UsbIdentity(0x1A86, 0x7523, "B"), lambda: ports) == "/dev/ttyUSB1"
    assert find_port("x", UsbIdentity(0x1A86, 0x7523), lambda: ports) == "/dev/ttyUSB0"
    with pytest.raises(DeviceNotFoundError):
        find_port("x", UsbIdentity(0x1A86, 0x7523, "C"), lambda: ports)
