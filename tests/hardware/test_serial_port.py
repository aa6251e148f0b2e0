"""Opening a serial port as Windows answers it, which cannot be run here: its words, played by hand."""

from __future__ import annotations

from typing import Any

import pytest
import serial

from hardware.address import parse_address
from hardware.errors import DeviceBusyError, DeviceDisconnectedError, DeviceError, DeviceNotFoundError
from hardware.serial_port import open_serial

PORT = parse_address("serial:COM3?baud=9600")


class WindowsPort:
    """Answers as pyserial 3.5 does on Windows: one text, no number, the system's own sentence inside."""

    said = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise serial.SerialException(f"could not open port 'COM3': {self.said}")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("PermissionError(13, 'Access is denied.', None, 5)", DeviceBusyError),
        ("PermissionError(13, 'Truy cập bị từ chối.', None, 5)", DeviceBusyError),
        ("FileNotFoundError(2, 'The system cannot find the file specified.', None, 2)", DeviceNotFoundError),
        ("OSError(22, 'A device attached to the system is not functioning.', None, 31)", DeviceDisconnectedError),
    ],
)
def test_a_port_that_windows_refuses_is_taken_by_another_program(
    monkeypatch: pytest.MonkeyPatch, said: str, kind: type[DeviceError]
) -> None:
    """There a port has no rights of its own: "access denied" is what the second program to open it hears."""
    monkeypatch.setattr(WindowsPort, "said", said)
    monkeypatch.setattr(serial, "Serial", WindowsPort)

    with pytest.raises(DeviceError) as refused:
        open_serial(PORT, timeout_s=0)

    assert type(refused.value) is kind


def test_elsewhere_a_refusal_is_a_matter_of_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise serial.SerialException(13, "could not open port /dev/ttyS0: [Errno 13] Permission denied: '/dev/ttyS0'")

    monkeypatch.setattr(serial, "Serial", refuse)

    with pytest.raises(DeviceError) as refused:
        open_serial(parse_address("serial:/dev/ttyS0"), timeout_s=0)

    assert refused.value.code == "device.permission_denied"
