"""The printers that tests are run on, as they are shipped."""

from __future__ import annotations

from pathlib import Path

from hardware.printer.profile import PrinterProfile, load_profile

PROFILE_DIR = Path(__file__).parents[2] / "resources" / "printers"


def shipped(name: str) -> PrinterProfile:
    return load_profile(PROFILE_DIR, name)


PAPER_58, PAPER_80, PAPER_80_512 = shipped("generic-58"), shipped("generic-80"), shipped("generic-80-512")
TM_T82, TM_T88, TM_T88_58 = shipped("epson-tm-t82"), shipped("epson-tm-t88"), shipped("epson-tm-t88-58")
