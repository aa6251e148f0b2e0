"""`quay devices`: what is found, what a scan and a print became, and devices of software for whoever has none."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from PIL import Image

from hardware.discovery import BackEnd, DeviceKind, FoundDevice
from hardware.errors import DeviceLibraryMissingError, PermissionHint
from hardware.virtual.printer import PrinterFault, VirtualPrinter
from hardware.virtual.scanner import VirtualScanner
from pos.cli import device_list, main
from pos.cli.output import Output
from pos.i18n import Translator
from tests.integration.counter import ROOT, Said
from tests.integration.test_drawer import book

CODE = "4471902835"
_MAIN = "import sys; from pos.cli import main; sys.exit(main())"


class _Listener(io.StringIO):
    """Standard error that notices when the port is open: what is scanned before is lost, as with a real scanner."""

    def __init__(self, when_ready: Callable[[], None]) -> None:
        super().__init__()
        self._when_ready = when_ready

    def write(self, text: str) -> int:
        if "Ctrl-C" in text:
            self._when_ready()
        return super().write(text)


class Desk:
    """The commands of somebody who installs devices, on a data folder that need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def here(
        self, *words: str, stdin: str = "", language: str = "en", when_ready: Callable[[], None] = lambda: None
    ) -> Said:
        """Run `quay devices …` in this process; `when_ready` is called when it asks for a scan."""
        return self.run("devices", *words, "--lang", language, stdin=stdin, err=_Listener(when_ready))

    def set(self, *pairs: str) -> None:
        """Set the till up; a manager's PIN is read where there is one."""
        said = self.run("config", "set", *pairs, stdin=f"{PIN}\n")
        assert said.status == 0, said.err

    def get(self, key: str) -> str:
        """A setting."""
        return self.run("config", "get", key).out.strip()

    def run(self, *words: str, stdin: str = "", err: io.StringIO | None = None) -> Said:
        """Run `quay …` in this process."""
        out, err = io.StringIO(), err or io.StringIO()
        was, sys.stdin = sys.stdin, io.StringIO(stdin)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                status = main(["--data", str(self.folder), *words])
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            sys.stdin = was
        return Said(status, out.getvalue(), err.getvalue())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "till")


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[VirtualScanner]:
    with VirtualScanner(tmp_path / "scanner") as device:
        yield device


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as device:
        yield device


@contextmanager
def simulated(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`quay devices simulate …` as a process, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", _MAIN, "devices", "simulate", *words],
        cwd=ROOT, env={**os.environ}, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, json.loads(line)["address"] if line else ""
    finally:
        process.kill()
        process.communicate()


# ---------------------------------------------------------------- list


def listed(*back_ends: BackEnd, as_json: bool, language: str = "en") -> Said:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = device_list.list_devices(Output(as_json=as_json, words=Translator(language)), back_ends)
    return Said(status, out.getvalue(), err.getvalue())


FINE = FoundDevice(("serial:usb:05e0:1701:S1", "serial:/dev/ttyACM0"), DeviceKind.SCANNER, "Zebra DS2208")
SHUT = FoundDevice(
    ("usb:04b8:0e15",), DeviceKind.PRINTER, "EPSON TM-T82", "device.permission_denied",
    PermissionHint("device.hint.group", {"group": "lp", "rule": "70-quay-voucher.rules"}),
)  # fmt: skip


def broken() -> list[FoundDevice]:
    raise RuntimeError("the library fell over")


def absent() -> list[FoundDevice]:
    raise DeviceLibraryMissingError("hid:", "hidapi")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_broken_back_end_is_told_by_name_and_hides_nothing(language: str) -> None:
    """Status 1: the list may lack something. What is not installed is no fault."""
    ends = BackEnd("serial", lambda: [FINE]), BackEnd("usb", broken), BackEnd("hid", absent)

    said = listed(*ends, as_json=False, language=language)

    assert said.status == 1
    assert FINE.addresses[0] in said.out
    assert FINE.addresses[1] in said.out
    assert any("usb" in line and "RuntimeError" in line for line in said.out.splitlines())
    assert listed(ends[0], ends[2], as_json=False).status == 0


def test_a_missing_permission_names_the_group_and_the_rule() -> None:
    said = listed(BackEnd("usb", lambda: [SHUT]), as_json=False)
    assert said.status == 0
    assert "group lp" in said.out
    assert "70-quay-voucher.rules" in said.out

    (device,) = listed(BackEnd("usb", lambda: [SHUT]), as_json=True).json["devices"]
    assert device["may_open"] is False
    assert device["hint"] == {"code": "device.hint.group", "group": "lp", "rule": "70-quay-voucher.rules"}


def test_the_list_of_this_machine_is_one_json_value_and_makes_no_folder(desk: Desk) -> None:
    said = desk.here("list", "--json")

    assert said.status in (0, 1)  # whatever this machine has
    assert {end["name"] for end in said.json["back_ends"]} >= {"serial", "hid"}
    for device in said.json["devices"]:
        assert {"address", "also", "kind", "label", "may_open", "trouble", "hint"} <= set(device)
    assert not desk.folder.exists()


# ---------------------------------------------------------------- status


@pytest.mark.parametrize(
    ("fault", "status", "word", "paper", "cause"),
    [
        (PrinterFault.NONE, 0, "ready", "enough", None),
        (PrinterFault.PAPER_LOW, 0, "paper_low", "low", None),
        (PrinterFault.PAPER_OUT, 1, "paper_out", "out", None),
        (PrinterFault.COVER_OPEN, 1, "cover_open", "unknown", None),
        (PrinterFault.ERROR, 1, "error", "unknown", "cutter"),
        (PrinterFault.OFFLINE, 1, "offline", "unknown", None),
        (PrinterFault.MUTE, 3, "unknown", "unknown", None),
        (PrinterFault.GARBAGE, 3, "unknown", "unknown", None),
        (PrinterFault.DEAD, 1, "offline", "unknown", None),
    ],
)
def test_status_says_what_the_printer_says_and_silence_is_not_known(
    desk: Desk, printer: VirtualPrinter, fault: PrinterFault, status: int, word: str, paper: str, cause: str | None
) -> None:
    printer.set_fault(fault)

    said = desk.here("status", "--address", printer.address, "--json")

    (told,) = said.json
    assert (said.status, told["status"], told["paper"], told["cause"]) == (status, word, paper, cause)
    assert (told["reason"] is None) == (fault not in (PrinterFault.MUTE, PrinterFault.GARBAGE, PrinterFault.DEAD))
    assert not desk.folder.exists()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_status_of_both_devices_is_told_in_words(
    desk: Desk, printer: VirtualPrinter, scanner: VirtualScanner, language: str
) -> None:
    """As the settings have them; the worst decides."""
    desk.set("printer.address", printer.address, "scanner.address", scanner.address)
    said = desk.here("status", language=language)
    assert (said.status, "devices." in said.out, "device." in said.out) == (0, False, False)
    assert printer.address in said.out
    assert scanner.address in said.out

    scanner.unplug()
    said = desk.here("status", language=language)
    assert said.status == 1
    assert desk.here("status", "--as", "printer").status == 0


def test_status_without_any_device_is_a_matter_of_set_up(desk: Desk) -> None:
    assert desk.here("status").status == 2
    said = desk.here("status", "--address", "lpt:1", "--json")
    assert (said.status, said.json["error"]) == (2, "device.bad_address")


# ---------------------------------------------------------------- scan


def test_a_scan_is_shown_masked_and_whole_only_when_asked_for(desk: Desk, scanner: VirtualScanner) -> None:
    """Raw bytes, framing and reading; from a real pseudo-terminal."""
    said = desk.here(
        "scan", "--address", scanner.address, "--count", "1", "--json", when_ready=lambda: scanner.scan(CODE)
    )
    (seen,) = said.json["readings"]
    assert (said.status, seen["verdict"], seen["controls"], seen["length"]) == (0, "scan", "CR", len(CODE))
    assert CODE not in said.out + said.err
    assert CODE[-4:] in seen["text"]

    said = desk.here(
        "scan", "--address", scanner.address, "--count", "1", "--show-codes", when_ready=lambda: scanner.scan(CODE)
    )
    assert said.status == 0
    assert CODE in said.out


def test_rubbish_is_shown_as_what_it_is_and_is_no_success(desk: Desk, scanner: VirtualScanner) -> None:
    said = desk.here("scan", "--address", scanner.address, "--count", "1", "--json", when_ready=scanner.noise)
    assert said.status == 1
    assert [seen["verdict"] for seen in said.json["readings"]] == ["noise"]


def test_the_settings_say_how_the_scanner_is_set_up(desk: Desk, tmp_path: Path) -> None:
    with VirtualScanner(tmp_path / "scanner", prefix="~") as scanner:
        desk.set("scanner.address", scanner.address, "scanner.prefix", "~")
        said = desk.here("scan", "--count", "1", "--json", when_ready=lambda: scanner.scan(CODE))
    assert [seen["length"] for seen in said.json["readings"]] == [len(CODE)]


def test_a_scanner_that_is_not_there_ends_by_its_time(desk: Desk, tmp_path: Path) -> None:
    said = desk.here("scan", "--address", f"serial:{tmp_path}/none", "--seconds", "1", "--json")
    assert (said.status, said.json["status"], said.json["readings"]) == (1, "not_found", [])
    assert desk.here("scan").status == 2
    assert desk.here("scan", "--address", "tcp:127.0.0.1:9100").status == 2


# ---------------------------------------------------------------- print-test


@pytest.mark.parametrize(
    ("fault", "status", "outcome", "slips"),
    [
        (PrinterFault.NONE, 0, "confirmed", 1),
        (PrinterFault.MUTE, 3, "sent_unconfirmed", 1),
        (PrinterFault.COVER_OPEN, 1, "not_sent", 0),
        (PrinterFault.DEAD, 1, "not_sent", 0),
        (PrinterFault.CLOSE_MID_SLIP, 3, "doubtful", 0),
    ],
)
def test_print_test_says_what_became_of_the_page(
    desk: Desk, printer: VirtualPrinter, fault: PrinterFault, status: int, outcome: str, slips: int
) -> None:
    printer.set_fault(fault)

    said = desk.here("print-test", "--address", printer.address, "--json")

    assert (said.status, said.json["outcome"]) == (status, outcome)
    assert len([slip for slip in printer.slips if slip.cut]) == slips
    assert not desk.folder.exists()


def test_the_test_page_has_both_codes_and_never_opens_the_drawer(desk: Desk, printer: VirtualPrinter) -> None:
    said = desk.here("print-test", "--address", printer.address, "--profile", "epson-tm-t82")

    assert said.status == 0
    (slip,) = printer.wait_for_slips(1)
    assert slip.pulses == ()
    assert slip.not_understood == ()
    assert read_codes(slip.image) | {*slip.qr_codes, *slip.bars} >= {"QUAY-VOUCHER-TEST", "QUAY-TEST-0123"}


def read_codes(picture: Image.Image) -> set[str]:
    import zxingcpp

    return {found.text for found in zxingcpp.read_barcodes(picture.convert("L"))}


@pytest.mark.parametrize(
    ("words", "told", "english"),
    [
        (("print-test", "--address", "tcp:"), "tcp:192.168.1.50:9100", "nothing after"),
        (("scan", "--address", "tcp:127.0.0.1:9100"), "hid:05e0:1300", "scanner needs"),
        (("print-test", "--address", "tcp:127.0.0.1:9100", "--profile", "foo"), "epson-tm-t82", "no such profile"),
    ],
)
def test_what_cannot_be_an_address_or_a_kind_is_answered_with_what_can(
    desk: Desk, words: tuple[str, ...], told: str, english: str
) -> None:
    """In the reader's language: the one who reads it holds the cable in her hand."""
    said = desk.here(*words, language="vi")
    assert (said.status, told in said.err, english in said.err) == (2, True, False)


def test_a_kind_of_printer_that_does_not_exist_is_a_matter_of_set_up(desk: Desk, printer: VirtualPrinter) -> None:
    said = desk.here("print-test", "--address", printer.address, "--profile", "../secret", "--json")
    assert (said.status, said.json["error"]) == (2, "device.bad_profile")
    assert desk.here("print-test").status == 2
    assert desk.here("print-test", "--address", "hid:05e0:1300").status == 2


@pytest.mark.parametrize(("language", "yes", "no"), [("vi", "c", "không"), ("en", "y", "no")])
def test_a_code_page_that_a_person_has_read_is_kept(
    desk: Desk, printer: VirtualPrinter, language: str, yes: str, no: str
) -> None:
    """Of the till's own printer; a second look that reads nothing takes it back."""
    desk.set("printer.address", printer.address, "printer.profile", "epson-tm-t82")

    said = desk.here("print-test", "--prove", stdin=f"what?\n{yes}\n{no}\n", language=language)

    assert said.status == 0, said.err
    kept = desk.get("printer.text_codepage")
    assert kept.endswith(f"epson-tm-t82 {printer.address}")

    desk.here("print-test", "--prove", stdin=f"{no}\n{no}\n")
    assert desk.get("printer.text_codepage") == ""


def test_a_proof_of_another_printer_does_not_replace_the_tills_own(desk: Desk, printer: VirtualPrinter) -> None:
    desk.set("printer.address", "tcp:127.0.0.1:1", "printer.profile", "epson-tm-t82", "printer.text_codepage", "mine")

    words = ("print-test", "--prove", "--address", printer.address)
    said = desk.here(*words, stdin="y\ny\n")
    assert said.status == 0
    assert "config set" in said.out
    assert desk.here(*words, "--json", stdin="y\ny\n").json["kept"] is False
    assert desk.get("printer.text_codepage") == "mine"


def test_a_proof_without_a_person_keeps_nothing(desk: Desk, printer: VirtualPrinter) -> None:
    desk.set("printer.address", printer.address, "printer.profile", "epson-tm-t82", "printer.text_codepage", "mine")
    assert desk.here("print-test", "--prove", stdin="y\n").status == 2
    assert desk.get("printer.text_codepage") == "mine"


# ---------------------------------------------------------------- simulate


@pytest.mark.parametrize(("fault", "verdicts"), [
    ("none", ["scan"]), ("split", ["scan"]), ("noise", ["noise", "scan"]), ("wrong_baud", ["noise"])
])  # fmt: skip
def test_a_simulated_scanner_scans_what_is_typed(desk: Desk, tmp_path: Path, fault: str, verdicts: list[str]) -> None:
    """The address is on stdout and in the file; the command reads it as any scanner."""
    file = tmp_path / "address"
    with simulated("scanner", "--fault", fault, "--baud", "19200", "--address-file", str(file)) as (process, address):
        assert file.read_text().strip() == address
        assert "baud=19200" in address

        def type_code() -> None:
            assert process.stdin is not None
            process.stdin.write(CODE + "\n")
            process.stdin.flush()

        words = ("scan", "--address", address, "--count", str(len(verdicts)), "--json")
        said = desk.here(*words, when_ready=type_code)
    assert [seen["verdict"] for seen in said.json["readings"]] == verdicts


@pytest.mark.parametrize("line", [(), ("--baud", "115200")])
def test_a_simulated_printer_prints_into_a_folder_and_plays_faults(
    desk: Desk, tmp_path: Path, line: tuple[str, ...]
) -> None:
    """On TCP and on a pseudo-terminal; a fault is typed, and mended, while it runs."""
    out = tmp_path / "slips"
    with simulated("printer", "--out", str(out), "--fault", "cover_open", *line) as (process, address):
        assert address.startswith("serial:" if line else "tcp:")
        assert desk.here("status", "--address", address, "--json").json[0]["status"] == "cover_open"

        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("none\nwhat\n")
        process.stdin.flush()
        assert "paper_out" in process.stderr.readline()  # the list of faults: the line before it was taken, too
        assert desk.here("print-test", "--address", address, "--json").json["outcome"] == "confirmed"
        assert "slip-0001.png" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    with Image.open(out / "slip-0001.png") as picture:
        assert picture.width == 576
    assert desk.here("status", "--address", address).status == 1


def test_a_simulated_port_never_replaces_what_is_there(tmp_path: Path, desk: Desk) -> None:
    mine = tmp_path / "mine"
    mine.write_text("keep")
    assert desk.here("simulate", "scanner", "--path", str(mine)).status == 2
    assert mine.read_text() == "keep"
    assert desk.here("simulate", "scanner", "--path", str(tmp_path / "no" / "port")).status == 2
    said = desk.here("simulate", "printer", "--fault", "sideways", "--json")
    assert (said.status, said.json["error"]) == (2, "devices.no_fault")
    assert "paper_out" in said.json["message"]


# ---------------------------------------------------------------- drawer

PIN = "739155"


@pytest.fixture
def till(desk: Desk, printer: VirtualPrinter) -> Desk:
    """Set up, with a manager Hoa."""
    desk.set("printer.address", printer.address)
    assert desk.run("people", "add", "Hoa", "--role", "manager", stdin=PIN + "\n").status == 0
    return desk


@pytest.mark.parametrize(("words", "pin"), [((), 5), (("--pin", "2"), 2)])
def test_a_managers_pin_opens_the_drawer_and_the_book_says_who_and_why(
    till: Desk, printer: VirtualPrinter, words: tuple[str, ...], pin: int
) -> None:
    """On the connector pin that is set, or asked for."""
    till.set("printer.drawer_pin", "5")
    said = till.here("drawer", "--reason", "change", *words, "--json", stdin=PIN + "\n")

    assert (said.status, said.json["end"], said.json["actor"]) == (0, "sent", "Hoa")
    assert [slip.pulses for slip in printer.wait_for_slips(1)] == [(pin,)]
    assert book(till.folder) == [
        ("drawer", "Hoa", {"reason": "change", "note": None, "manager": None}),
        ("drawer.end", "Hoa", {"end": "sent", "why": None}),
    ]
    assert PIN not in said.out + said.err


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("--reason", "change"), ""),
        (("--reason", "change"), "0000\n"),
        (("--reason", "other"), PIN + "\n"),  # without the words that go with it
        (("--reason", "slip"), PIN + "\n"),
        ((), PIN + "\n"),
        (("--reason", "change", "--pin", "3"), PIN + "\n"),
    ],
)
def test_without_the_right_or_a_reason_the_drawer_stays_shut(
    till: Desk, printer: VirtualPrinter, words: tuple[str, ...], stdin: str
) -> None:
    """Also where cashiers may open it: nobody is signed in at a command line."""
    till.set("drawer.cashier_may_open", "yes")
    assert till.here("drawer", *words, stdin=stdin).status == 2
    assert printer.slips == []
    assert book(till.folder) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_printer_that_cannot_be_used_leaves_it_shut_and_says_so(
    till: Desk, printer: VirtualPrinter, language: str
) -> None:
    printer.set_fault(PrinterFault.COVER_OPEN)
    words = ("drawer", "--reason", "other", "--note", "float")
    said = till.here(*words, stdin=PIN + "\n", language=language)
    assert said.status == 1
    assert Translator(language).t("device.cover_open") in said.out
    printer.set_fault(PrinterFault.NONE)
    assert printer.slips == []
    assert [facts.get("why") for _, _, facts in book(till.folder)] == [None, "printer.cover_open"]


# ---------------------------------------------------------------- doctor


def test_the_doctor_finds_a_printer_a_kind_and_a_scanner_that_are_wrong(
    till: Desk, printer: VirtualPrinter, scanner: VirtualScanner
) -> None:
    till.set("scanner.address", scanner.address, "printer.profile", "epson-tm-t82", "printer.text_codepage", "of old")
    found = findings(till)
    assert {what: ok for what, (ok, _) in found.items() if what.startswith(("printer", "scanner"))} == {
        "printer": True, "printer.profile": True, "printer.text_codepage": True, "scanner": True,
    }  # fmt: skip
    assert "--prove" in found["printer.text_codepage"][1]

    scanner.unplug()
    till.set("printer.address", "hid:05e0:1300", "printer.profile", "epson-tm-t1000")
    found = findings(till)
    assert [what for what, (ok, _) in found.items() if not ok] == ["gotit.pin", "printer", "printer.profile", "scanner"]


def findings(till: Desk) -> dict[str, tuple[bool, str]]:
    told = till.run("doctor", "--offline", "--json").json
    return {finding["what"]: (finding["ok"], finding["next"] or finding["note"]) for finding in told}
