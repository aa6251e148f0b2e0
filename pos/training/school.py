"""A whole training counter: data folder, people, sandbox issuer, virtual scanner and printer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from hardware.virtual.paper import Slip
from hardware.virtual.printer import Build, PrinterFault, VirtualPrinter
from hardware.virtual.scanner import VirtualScanner
from pos.bootstrap import Program, font_dir, open_folder
from pos.domain.errors import ConfigError
from pos.till.ports import Role
from pos.training.accounts import account_settings
from pos.training.sandbox_issuer import Sample, SandboxIssuer

CASHIER, CASHIER_PIN = "Lan", "4826"
MANAGER, MANAGER_PIN = "Hương", "739155"
"""People of the training counter; their PINs are printed at its start, nothing is real."""
_MARKER = "training-counter"


class School:
    """Training mode's surroundings. Everything real about the till itself is the real program.

    Args:
        folder: training's own folder; what an earlier training left there is removed first.
        language: of the window.

    Raises:
        ConfigError: the folder holds something that is not training's, or the sandbox did not start.
    """

    def __init__(self, folder: Path, *, language: str = "vi") -> None:
        self.folder = folder
        self.till_folder = folder / "till"
        self._empty(folder)
        self._on_paper: Callable[[Slip], None] = lambda _: None
        self.issuer = SandboxIssuer(folder / "sandbox")
        try:
            letters = Build(font=font_dir() / "BeVietnamPro-Regular.ttf")  # its own pages have all of Vietnamese
            self.printer = VirtualPrinter(on_slip=lambda slip: self._on_paper(slip), build=letters)
            self.scanner = VirtualScanner(folder / "scanner")
            self._set_up(language)
        except BaseException:
            self.issuer.close()
            raise

    @staticmethod
    def _empty(folder: Path) -> None:
        """Each training starts afresh; a folder that is not ours is never touched."""
        if folder.exists() and any(folder.iterdir()):
            if not (folder / _MARKER).exists():
                raise ConfigError("training.folder_not_ours")
            for left_over in folder.iterdir():
                if (
                    left_over.name != _MARKER
                ):  # it stays: a removal that is cut short must not look like another's folder
                    shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / _MARKER).touch()

    def _set_up(self, language: str) -> None:
        settings = open_folder(self.till_folder).settings
        settings.set_many(
            account_settings(self.issuer.url, self.issuer.ca_file, self.issuer.accounts)
            | {
                "training": "true",
                "gotit.base_url": self.issuer.url,
                "gotit.pin": self.issuer.pin,
                "gotit.ca_file": self.issuer.ca_file,
                "store.code": "HN03",
                "store.name": "Lê Lợi",
                "till.code": "T2",
                "printer.address": self.printer.address,
                "scanner.address": self.scanner.address,
                "ui.language": language,
            }
        )
        program = Program(self.till_folder)
        try:
            manager = program.people.add(MANAGER, Role.MANAGER, MANAGER_PIN, actor=MANAGER)
            program.people.add(CASHIER, Role.CASHIER, CASHIER_PIN, actor=manager.name)
        finally:
            program.close()

    # ------------------------------------------------------------ what the panel and the tour can do

    def samples(self) -> tuple[Sample, ...]:
        """The sandbox's vouchers."""
        return self.issuer.samples

    def scan(self, text: str) -> None:
        """The scanner reads something."""
        self.scanner.scan(text)

    def set_network(self, *, up: bool) -> None:
        """Plug the cable in or pull it."""
        self.issuer.network(up=up)

    def set_hang(self, *, on: bool) -> None:
        """The issuer answers only after 20 s, or as usual."""
        self.issuer.faults([{"operation": "*", "fault": "delay", "seconds": 20}] if on else [])

    def set_paper(self, *, present: bool) -> None:
        """Put paper in or take it out."""
        self.printer.set_fault(PrinterFault.NONE if present else PrinterFault.PAPER_OUT)

    def on_paper(self, told: Callable[[Slip], None]) -> None:
        """Hear each finished slip, on the printer's thread."""
        self._on_paper = told

    def close(self) -> None:
        """Put everything away."""
        self.scanner.close()
        self.printer.close()
        self.issuer.close()
