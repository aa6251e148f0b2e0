"""The recovery sheet: a page for an envelope in the safe, with the code that opens a backup of the keys."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.reports import palette
from pos.reports.model import clean
from pos.reports.pdf_file import fonts
from pos.reports.pdf_page import load_fonts

_WIDTH, _HEIGHT = 595.28, 841.89
_SIDE = 48.0
_QR = 118.0
_A_ROW = 4
"""Groups of the code beside each other."""


@dataclass(frozen=True, slots=True, repr=False)
class SheetFacts:
    """What stands on the sheet. Prints as nothing: the code is among it.

    Args:
        code: groups with blanks between them.
        number: short mark of the backup file.
        file: name of the file.
        store, till: where the keys belong, for people.
        mark: of another environment than production; empty there.
        made_utc: when; `made_by`: which manager.
        secrets: names for people of what is in the file.
        irreplaceable: whether a key is among them that nobody can give a second time.
    """

    code: str
    number: str
    file: str
    store: str
    till: str
    mark: str
    made_utc: datetime
    made_by: str
    secrets: Sequence[str]
    irreplaceable: bool


def sheet(facts: SheetFacts, words: Translator) -> bytes:
    """The PDF: one page of A4. Nothing of it is written anywhere."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    pen: Any = Canvas(out, pagesize=(_WIDTH, _HEIGHT), pageCompression=1)
    load_fonts(fonts())
    pen.setTitle(f"{words.t('recovery_sheet.title')} {facts.number}")
    pen.setAuthor(clean(facts.store))
    pen.setSubject("")
    pen.setCreator("Quầy Voucher")
    pen.setProducer("Quầy Voucher")
    page = _Sheet(pen)
    _head(page, facts, words)
    _code(page, facts, words)
    for part in ("what", "use", "keep"):
        page.heading(words.t(f"recovery_sheet.{part}.title"))
        for line in words.t(f"recovery_sheet.{part}.text", file=facts.file).split("\n"):
            page.paragraph(line)
    if facts.irreplaceable:
        page.boxed(words.t("recovery_sheet.irreplaceable"))
    page.heading(words.t("recovery_sheet.inside"))
    page.paragraph(" · ".join(facts.secrets) or words.t("recovery_sheet.inside_none"), size=9, colour=palette.MUTED)
    _foot(page, words)
    pen.showPage()
    pen.save()
    return out.getvalue()


def _head(page: _Sheet, facts: SheetFacts, words: Translator) -> None:
    if facts.mark:
        page.pen.setFillColor(palette.MARK)
        page.pen.rect(0, _HEIGHT - 26, _WIDTH, 26, stroke=0, fill=1)
        page.text(_WIDTH / 2, 18, clean(facts.mark), 12, "bold", "#FFFFFF", align="centre")
    page.y = 58
    page.text(_SIDE, page.y, words.t("recovery_sheet.title"), 24, "bold", palette.TEXT)
    page.y += 22
    made = local_time(facts.made_utc)
    lines = (
        words.t("recovery_sheet.shop", store=facts.store, till=facts.till),
        words.t("recovery_sheet.made", at=f"{made:%H:%M %d/%m/%Y}", by=facts.made_by),
        words.t("recovery_sheet.number", number=facts.number, file=facts.file),
    )
    for line in lines:
        page.paragraph(line, size=10.5, colour=palette.MUTED)
    page.y += 8


def _code(page: _Sheet, facts: SheetFacts, words: Translator) -> None:
    groups = facts.code.split()
    top, tall = page.y, 156.0
    page.pen.setFillColor(palette.SURFACE)
    page.pen.setStrokeColor(palette.BRAND)
    page.pen.setLineWidth(1.5)
    page.pen.roundRect(_SIDE, _HEIGHT - top - tall, _WIDTH - 2 * _SIDE, tall, 8, stroke=1, fill=1)
    page.text(_SIDE + 16, top + 24, words.t("recovery_sheet.code"), 11, "semibold", palette.TEXT)
    step = (_WIDTH - 2 * _SIDE - 32 - _QR - 8) / _A_ROW
    for number, group in enumerate(groups):
        left, base = _SIDE + 16 + number % _A_ROW * step, top + 66 + number // _A_ROW * 44
        page.text(left, base - 21, str(number + 1), 7.5, "regular", palette.MUTED)
        page.text(left, base, group, 17.5, "bold", palette.TEXT)
    page.text(_SIDE + 16, top + tall - 14, words.t("recovery_sheet.letters"), 8, "regular", palette.MUTED)
    _qr(page.pen, " ".join(groups), _WIDTH - _SIDE - _QR - 10, top + (tall - _QR) / 2, _QR)
    page.y = top + tall + 22


def _qr(pen: Any, text: str, left: float, top: float, size: float) -> None:  # noqa: ANN401 - a canvas of reportlab
    """The code for the till's own scanner, with the quiet zone on white."""
    import segno

    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    step = size / len(rows)
    pen.setFillColor("#FFFFFF")
    pen.rect(left, _HEIGHT - top - size, size, size, stroke=0, fill=1)
    pen.setFillColor("#000000")
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                pen.rect(left + across * step, _HEIGHT - top - (down + 1) * step, step, step, stroke=0, fill=1)


def _foot(page: _Sheet, words: Translator) -> None:
    y = _HEIGHT - 74
    page.pen.setStrokeColor(palette.LINE)
    page.pen.setLineWidth(0.7)
    third = (_WIDTH - 2 * _SIDE) / 3
    for number, name in enumerate(("kept_at", "kept_on", "signed")):
        left = _SIDE + number * third
        page.pen.line(left, _HEIGHT - y, left + third - 18, _HEIGHT - y)
        page.text(left, y + 14, words.t(f"recovery_sheet.{name}"), 8.5, "regular", palette.MUTED)
    page.text(_SIDE, _HEIGHT - 32, words.t("recovery_sheet.foot"), 8, "regular", palette.MUTED)


class _Sheet:
    """A pencil that goes down one page. Lengths are points; `y` goes down from the top."""

    def __init__(self, pen: Any) -> None:  # noqa: ANN401 - a canvas of reportlab
        self.pen = pen
        self.y = 0.0

    def heading(self, text: str) -> None:
        self.y += 8
        self.text(_SIDE, self.y + 10, text, 12, "bold", palette.BRAND)
        self.y += 18

    def paragraph(self, text: str, *, size: float = 10.5, colour: str = palette.TEXT) -> None:
        for line in self._lines(text, size, "regular", _WIDTH - 2 * _SIDE):
            self.text(_SIDE, self.y + size, line, size, "regular", colour)
            self.y += size * 1.42
        self.y += 1.5

    def boxed(self, text: str) -> None:
        lines = self._lines(text, 10.5, "semibold", _WIDTH - 2 * _SIDE - 28)
        tall = 15 * len(lines) + 16
        self.y += 8
        self.pen.setStrokeColor(palette.MARK)
        self.pen.setLineWidth(1.2)
        self.pen.roundRect(_SIDE, _HEIGHT - self.y - tall, _WIDTH - 2 * _SIDE, tall, 6, stroke=1, fill=0)
        for number, line in enumerate(lines):
            self.text(_SIDE + 14, self.y + 19 + 15 * number, line, 10.5, "semibold", palette.TEXT)
        self.y += tall + 4

    def text(
        self, x: float, y: float, text: str, size: float, weight: str, colour: str, *, align: str = "left"
    ) -> None:
        self.pen.setFont(f"Quay-{weight}", size)
        self.pen.setFillColor(colour)
        draw = {"left": self.pen.drawString, "centre": self.pen.drawCentredString}
        draw[align](x, _HEIGHT - y, text)

    def _lines(self, text: str, size: float, weight: str, width: float) -> list[str]:
        from reportlab.lib.utils import simpleSplit

        lines: list[str] = simpleSplit(clean(text), f"Quay-{weight}", size, width) or [""]
        return lines
