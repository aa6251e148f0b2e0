"""What a printer can do: paper width, cutter, QR in its own firmware."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One kind of printer.

    Attributes:
        name: Stable name for the settings.
        width_dots: Printable width, dots at 203 dpi; a multiple of 8.
        has_cutter: False: the paper is only fed to the tear bar.
        native_qr: The printer draws QR codes itself (fewer bytes, but not every clone can).
        band_dots: Tallest picture sent in one command, dots; cheap printers have small buffers.
        buffer_bytes: Receive buffer; who sends more than this ahead of the paper loses bytes on a line without
            flow control.
        dots_per_s: Paper speed while printing.
        end_answer: It answers ``GS r`` once everything before is printed; the proof behind "confirmed".
        asb: Sends automatic status (``GS a``).
        process_id: Answers ``GS ( H`` function 48 with the id it was given.
    """

    name: str
    width_dots: int
    has_cutter: bool = True
    native_qr: bool = False
    band_dots: int = 256
    buffer_bytes: int = 4096
    dots_per_s: int = 800
    end_answer: bool = True
    asb: bool = False
    process_id: bool = False

    def __post_init__(self) -> None:
        if self.width_dots % 8 or not 256 <= self.width_dots <= 832:
            raise ValueError("width_dots must be a multiple of 8 between 256 and 832")


PAPER_58 = PrinterProfile("58mm", 384)
PAPER_80 = PrinterProfile("80mm", 576)
PAPER_80_512 = PrinterProfile("80mm-512", 512)  # Epson TM-T88 family in 42-column set-up and some clones

PROFILES: dict[str, PrinterProfile] = {p.name: p for p in (PAPER_58, PAPER_80, PAPER_80_512)}
