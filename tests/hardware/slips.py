"""`python -m tests.hardware.slips OUT`: the real slips as a printer burns them, as PNG files to look at.

Each goes the whole way: slip → document → bytes → independent decoder → paper. Codes are read back from the paper, and,
where tesseract with Vietnamese is installed (`apt-get install tesseract-ocr tesseract-ocr-vie`), so are its lines.
"""

from __future__ import annotations

import argparse
import difflib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import zxingcpp

from hardware.printer.codepages import VIETNAMESE, TextPage
from hardware.printer.document import Code128, Columns, Cut, Document, Feed, Item, Rule, Size, Text
from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PrinterProfile
from hardware.printer.proving import SamplePageWords, reading_slip, sample_page
from hardware.virtual.brain import PrinterBrain
from hardware.virtual.paper import Build, Slip
from pos.bootstrap import font_dir
from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.redemption import DONE, UNKNOWN, UNSENT_GIVEN, Hold, State
from pos.domain.voucher import NO_DETAIL
from pos.i18n import Translator
from pos.receipts.slip import SlipFacts, slip
from pos.till.ports import Redemption, StoredBill
from pos.till.views import Environment
from tests.hardware.profiles import PAPER_58, PAPER_80, TM_T82, TM_T88, TM_T88_58

NOW = datetime(2026, 11, 21, 3, 19, 32, tzinfo=UTC)
BILL = StoredBill(Bill("HN03-T2-20261121-000148", 265_000, NOW), date(2026, 11, 21), "Nguyễn Thị Hương", 1)
FACTS = SlipFacts("Cà phê Trà Lợi – 72 Nguyễn Huệ", "T2", Environment.PRODUCTION, {"gotit": "Got It"})
PRINTERS = (PAPER_58, PAPER_80, TM_T88_58, TM_T88)
WORDS = SamplePageWords(
    "Trang in thử", "Thước phải hiện đủ từ mép đến mép:", ("Chữ nhỏ", "Chữ thường", "Chữ lớn", "Chữ rất lớn"), "Mã", ""
)
_CODE = VoucherCode("4471902835")


def _row(number: int, state: State, amount_vnd: int, *, lost_vnd: int = 0, sku: SkuLine | None = None) -> Redemption:
    return Redemption(
        id=f"r{number}", bill_number=BILL.bill.number, position=number, provider="gotit", code=_CODE, state=state,
        hold=Hold.NONE, reserving=False, worth_vnd=amount_vnd + lost_vnd, amount_vnd=amount_vnd, lost_vnd=lost_vnd,
        declared=False, skus=(sku,) if sku else (), reason=None, detail=NO_DETAIL,
        transaction_id="" if state == UNSENT_GIVEN else f"5120_2025112110193200451{number}", created_utc=NOW,
        business_date=date(2026, 11, 21), cashier="Lan", sent=None, sends=1, answered=False, proven_unused=False,
        shown=True, late=False,
    )  # fmt: skip


def slips(words: Translator) -> Iterator[tuple[str, Document]]:
    """Every slip of the counter, by name."""
    used = _row(1, DONE, 50_000)
    yield "used", slip(BILL, (used,), FACTS, words)
    yield "offline", slip(BILL, (_row(1, UNSENT_GIVEN, 100_000),), FACTS, words)
    several = (
        used,
        _row(2, DONE, 55_000, lost_vnd=35_000, sku=SkuLine("TRA-DAO-CAM-SA", 2, 45_000)),
        _row(3, UNSENT_GIVEN, 100_000),
        _row(4, UNKNOWN, 20_000),
    )
    yield "several", slip(BILL, several, FACTS, words)
    yield "copy", slip(BILL, (used,), replace(FACTS, copy=2), words)
    yield "training", slip(BILL, (used,), replace(FACTS, environment=Environment.TRAINING), words)


def letters() -> Document:
    """A page with every Vietnamese letter in every size and weight that slips use."""
    items: list[Item] = []
    groups = [VIETNAMESE[at : at + 15] for at in range(0, len(VIETNAMESE), 15)]
    for size in (Size.SMALL, Size.NORMAL, Size.LARGE):
        for bold in (False, True):
            items += [Columns(size.value, "bold" if bold else "", Size.SMALL)]
            items += [Text(" ".join(groups), size, bold), Text(" ".join(groups).upper(), size, bold), Rule(dashed=True)]
    items += [Text("1.234.567.890 ₫ – “Trà sữa” … ••••2835 × 2 · 50%", Size.NORMAL), Code128("HN03-0148")]
    return Document((*items, Feed(16), Cut()))


def printed(data: bytes, profile: PrinterProfile) -> Slip:
    """What an independent decoder makes of the bytes."""
    units = 2 * profile.dpi if profile.motion_units else profile.dpi
    brain = PrinterBrain(
        build=Build(
            width_dots=profile.width_dots, dpi=profile.dpi, units_per_inch=units, kanji=profile.kanji_mode,
            font=font_dir() / "BeVietnamPro-Medium.ttf",
        )
    )  # fmt: skip
    brain.receive(data)
    brain.line_closed()
    (paper,) = brain.slips
    return paper


def _said(document: Document) -> str:
    texts = [f"{item.left} {item.right}" if isinstance(item, Columns) else item.text for item in document.items
             if isinstance(item, Text | Columns)]  # fmt: skip
    return " ".join(" ".join(texts).split())


def _read_share(picture: Path, said: str, language: str) -> float | None:
    """How much of what was said another program reads off the paper, 0 to 1; None: it is not installed."""
    if shutil.which("tesseract") is None:
        return None
    done = subprocess.run(
        ["tesseract", str(picture), "-", "-l", language, "--psm", "6", "--dpi", "203"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return None
    return difflib.SequenceMatcher(None, said, " ".join(done.stdout.split()), autojunk=False).ratio()


def _report(name: str, paper: Slip, size_bytes: int, read: float | None) -> str:
    codes = ", ".join(code.text for code in zxingcpp.read_barcodes(paper.image.convert("L"))) or "–"
    mm = f"{paper.image.width}×{paper.image.height}"
    lines = "" if read is None else f"  lines read {100 * read:.0f} %"
    return f"{name:34} {mm:>10} dots {size_bytes:>7,} bytes  codes {codes}{lines}"


def main() -> int:
    """Write all pictures; status 1 if the decoder did not understand something."""
    parser = argparse.ArgumentParser(prog="python -m tests.hardware.slips", description=__doc__)
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    strange = 0
    with tempfile.TemporaryDirectory() as cache:
        for name, data, profile, said, language in _all(Path(cache)):
            paper = printed(data, profile)
            paper.save(out / f"{name}.png")
            strange += len(paper.not_understood)
            read = _read_share(out / f"{name}.png", said, language) if said else None
            print(_report(name, paper, len(data), read))  # noqa: T201  a command
    return 1 if strange else 0


def _all(cache: Path) -> Iterator[tuple[str, bytes, PrinterProfile, str, str]]:
    for profile in PRINTERS:
        at = f"{profile.paper_mm}mm-{profile.dpi}dpi"
        encoder = EscposEncoder(profile, font_dir(), cache)
        for language, reader in (("vi", "vie"), ("en", "eng+vie")):
            for name, document in slips(Translator(language)):
                yield f"{name}-{at}-{language}", encoder.encode(document), profile, _said(document), reader
        yield f"letters-{at}", encoder.encode(letters()), profile, "", ""
        yield f"sample-{at}", encoder.encode(sample_page(profile, WORDS)), profile, "", ""
    in_text = EscposEncoder(TM_T82, font_dir(), cache, page=TextPage("tcvn3", (30, 31)))
    for name, document in slips(Translator("vi")):
        yield f"{name}-80mm-203dpi-text-mode", in_text.encode(document), TM_T82, "", ""

    def encoder_for(page: TextPage | None) -> EscposEncoder:
        return EscposEncoder(TM_T82, font_dir(), cache, page=page)

    question = "Đánh dấu dòng chữ giống hệt hình bên dưới nó"
    yield "reading-80mm-203dpi", reading_slip(TM_T82, question, encoder_for), TM_T82, "", ""


if __name__ == "__main__":
    sys.exit(main())
