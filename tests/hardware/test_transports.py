"""Bytes get through or it is said how many did, on a socket, a serial line and a file alike."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from hardware.address import parse_address
from hardware.errors import (
    RULE_FILE,
    DeviceAddressError,
    DeviceBusyError,
    DeviceDisconnectedError,
    DeviceError,
    DeviceNotFoundError,
    DeviceStorageError,
    DeviceTimeoutError,
    device_error,
    permission_hint,
)
from hardware.printer.serial_line import SerialTransport
from hardware.printer.transport import Transport, make_transport, open_transport
from hardware.virtual.printer import PrinterBrain


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


@contextmanager
def opened(address: str) -> Iterator[Transport]:
    transport = open_transport(address)
    try:
        yield transport
    finally:
        transport.close()


@contextmanager
def listening() -> Iterator[tuple[str, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"tcp:127.0.0.1:{listener.getsockname()[1]}", listener


class SerialPrinter:
    """A printer brain at the far end of a pseudo-terminal."""

    def __init__(self, path: Path, *, reads: bool = True) -> None:
        self.near, self.far = os.openpty()
        tty.setraw(self.far)
        path.symlink_to(os.ttyname(self.far))
        self.address = f"serial:{path}?baud=115200"
        self.brain = PrinterBrain(576)
        self.received = bytearray()
        self._wake_in, self._wake_out = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True) if reads else None
        if self._thread is not None:
            self._thread.start()

    def _run(self) -> None:
        while self._wake_in not in select.select([self.near, self._wake_in], [], [])[0]:
            try:
                data = os.read(self.near, 4096)
            except OSError:
                return
            self.received += data
            os.write(self.near, self.brain.receive(data))

    def stop_reading(self) -> None:
        """Go on being there, and take nothing more."""
        os.write(self._wake_out, b"!")
        if self._thread is not None:
            self._thread.join(5)

    def unplug(self) -> None:
        """The thread ends before its descriptors do: a number closed under it may be somebody else's a moment later."""
        os.write(self._wake_out, b"!")
        if self._thread is not None:
            self._thread.join(5)
        for end in (self.far, self.near, self._wake_in, self._wake_out):
            os.close(end)


def test_tcp_closed_by_the_printer_is_noticed_before_the_first_byte_is_lost() -> None:
    with listening() as (address, listener), opened(address) as transport:
        listener.accept()[0].close()
        with pytest.raises(DeviceDisconnectedError) as caught:
            transport.write(b"x" * 100, soon())

    assert caught.value.sent_bytes == 0


def test_tcp_reset_by_the_printer_is_a_disconnect() -> None:
    with listening() as (address, listener), opened(address) as transport:
        host, _ = listener.accept()
        host.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        host.close()
        with pytest.raises(DeviceDisconnectedError):
            transport.write(b"x" * 100_000, soon())


def test_tcp_that_nobody_reads_ends_at_the_deadline_and_counts_what_arrived() -> None:
    with listening() as (address, listener), opened(address) as transport:
        host, _ = listener.accept()
        started_mono_s = time.monotonic()
        with pytest.raises(DeviceTimeoutError) as caught:
            transport.write(b"x" * 20_000_000, soon(0.4))
        took_s = time.monotonic() - started_mono_s
        host.close()

    assert 0 < caught.value.sent_bytes < 20_000_000
    assert took_s < 1.5


def test_tcp_bytes_the_system_took_but_the_printer_did_not_are_not_called_sent() -> None:
    with listening() as (address, listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        with opened(address) as transport, pytest.raises(DeviceTimeoutError) as caught:
            transport.write(b"x" * 15_000, soon(0.3))

    assert 0 < caught.value.sent_bytes < 15_000


def test_tcp_answers_are_kept_while_writing() -> None:
    with listening() as (address, listener), opened(address) as transport:
        host, _ = listener.accept()
        with host:
            host.sendall(b"\x12\x16")
            transport.write(b"abc", soon())
            assert transport.read(1, 1.0) == b"\x12"
            assert transport.read(9, 1.0) == b"\x16"
            assert transport.read(1, 0.01) == b""
            assert host.recv(16) == b"abc"


def test_tcp_read_after_the_printer_has_gone_is_an_error_not_silence() -> None:
    with listening() as (address, listener), opened(address) as transport:
        listener.accept()[0].close()
        with pytest.raises(DeviceDisconnectedError):
            transport.read(1, 1.0)


def test_tcp_refused_is_not_found() -> None:
    with listening() as (address, listener):
        listener.close()
        with pytest.raises(DeviceNotFoundError):
            open_transport(address)


def test_a_serial_printer_takes_bytes_and_answers(tmp_path: Path) -> None:
    printer = SerialPrinter(tmp_path / "printer")
    with opened(printer.address) as transport:
        started_mono_s = time.monotonic()
        transport.write(b"\x10\x04\x01", soon())
        answer = transport.read(1, 1.0)
        took_s = time.monotonic() - started_mono_s
    printer.unplug()

    assert answer == b"\x12"
    assert took_s < 0.5


def test_a_serial_printer_that_never_reads_ends_at_the_deadline(tmp_path: Path) -> None:
    printer = SerialPrinter(tmp_path / "printer", reads=False)
    with opened(printer.address) as transport, pytest.raises(DeviceTimeoutError) as caught:
        transport.write(b"x" * 1_000_000, soon(0.3))
    printer.unplug()

    assert 0 < caught.value.sent_bytes < 1_000_000


def test_a_serial_printer_unplugged_while_open_is_a_disconnect(tmp_path: Path) -> None:
    printer = SerialPrinter(tmp_path / "printer", reads=False)
    with opened(printer.address) as transport:
        printer.unplug()
        with pytest.raises(DeviceDisconnectedError):
            transport.write(b"x" * 100, soon())
        with pytest.raises(DeviceDisconnectedError):
            transport.read(1, 0.2)


def test_a_serial_port_held_by_another_program_is_busy(tmp_path: Path) -> None:
    printer = SerialPrinter(tmp_path / "printer", reads=False)
    with serial.Serial(str(tmp_path / "printer"), exclusive=True), pytest.raises(DeviceBusyError):
        open_transport(printer.address)
    printer.unplug()


def test_files_are_appended_and_folders_get_one_file_each(tmp_path: Path) -> None:
    for _ in range(2):
        with opened(f"file:{tmp_path}/all.bin") as transport:
            transport.write(b"slip.", soon())
        (tmp_path / "each").mkdir(exist_ok=True)
        with opened(f"file:{tmp_path}/each/") as transport:
            transport.write(b"slip.", soon())

    assert (tmp_path / "all.bin").read_bytes() == b"slip.slip."
    assert [path.read_bytes() for path in (tmp_path / "each").iterdir()] == [b"slip.", b"slip."]


def test_a_file_in_a_missing_folder_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError):
        open_transport(f"file:{tmp_path}/missing/slips.bin")


def test_a_full_disk_is_a_storage_error() -> None:
    with opened("file:/dev/full") as transport, pytest.raises(DeviceStorageError) as caught:
        transport.write(b"slip", soon())

    assert caught.value.sent_bytes == 0


@pytest.mark.parametrize("kind", ["tcp:127.0.0.1:9", "serial:/dev/none", "file:/tmp/none"])
def test_a_transport_not_open_says_so_and_closes_twice_quietly(kind: str) -> None:
    transport = make_transport(kind)
    transport.close()
    transport.close()

    with pytest.raises(DeviceDisconnectedError):
        transport.write(b"x", soon())


def test_a_serial_setting_the_system_does_not_know_is_a_wrong_address(tmp_path: Path) -> None:
    printer = SerialPrinter(tmp_path / "printer", reads=False)
    for options in ("baud=0", "baud=fast", "baud=9600&parity=Z"):
        with pytest.raises(DeviceAddressError):
            open_transport(f"serial:{tmp_path}/printer?{options}")
    printer.unplug()


def test_every_device_error_has_its_own_code() -> None:
    families: list[type[DeviceError]] = [DeviceError, *DeviceError.__subclasses__()]

    assert len({family.code for family in families}) == len(families)


def test_an_unknown_host_is_not_found_and_a_slow_one_a_timeout() -> None:
    assert isinstance(device_error("tcp:x:1", socket.gaierror(-2, "unknown")), DeviceNotFoundError)
    assert isinstance(device_error("tcp:x:1", TimeoutError("timed out")), DeviceTimeoutError)


@contextmanager
def opened_portable(printer: SerialPrinter) -> Iterator[SerialTransport]:
    """The way a serial line is written on Windows, through pyserial alone."""
    transport = SerialTransport(parse_address(printer.address), portable=True)
    transport.open()
    try:
        yield transport
    finally:
        transport.close()


def test_a_serial_line_written_the_portable_way_takes_everything_and_answers(tmp_path: Path) -> None:
    printer = SerialPrinter(tmp_path / "printer")
    with opened_portable(printer) as transport:
        transport.write(b"a line\n" * 100 + b"\x10\x04\x01", soon())
        assert transport.read(1, 2.0) == b"\x12"
    printer.unplug()

    assert bytes(printer.received) == b"a line\n" * 100 + b"\x10\x04\x01"


def test_the_portable_way_ends_at_the_deadline_and_counts_no_less_than_left(tmp_path: Path) -> None:
    printer = SerialPrinter(tmp_path / "printer", reads=False)
    with opened_portable(printer) as transport, pytest.raises(DeviceTimeoutError) as caught:
        transport.write(b"x" * 1_000_000, soon(0.3))
    left = len(os.read(printer.near, 1_000_000))
    printer.unplug()

    assert left <= caught.value.sent_bytes < 1_000_000


def test_the_portable_way_notices_an_unplug(tmp_path: Path) -> None:
    printer = SerialPrinter(tmp_path / "printer", reads=False)
    with opened_portable(printer) as transport:
        printer.unplug()
        with pytest.raises(DeviceDisconnectedError):
            transport.write(b"x" * 100, soon())


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("usb:04b8:0e15", ("device.hint.group", "lp")),
        ("file:/dev/usb/lp0", ("device.hint.group", "lp")),
        ("serial:/dev/ttyUSB0", ("device.hint.group", "dialout")),
        ("hid:05e0:1300", ("device.hint.group", "plugdev")),
        ("file:/var/slips/", ("device.hint.other", None)),
        ("tcp:printer:9100", ("device.hint.other", None)),
        ("cups:till", ("device.hint.other", None)),
    ],
)
def test_a_refusal_says_which_group_or_rule_is_missing(address: str, hint: tuple[str, str | None]) -> None:
    found = permission_hint(address)

    assert (found.code, found.params.get("group")) == hint
    assert ("rule" in found.params) is (hint[1] is not None)
    assert (Path(__file__).parents[2] / "packaging" / "udev" / RULE_FILE).is_file()
