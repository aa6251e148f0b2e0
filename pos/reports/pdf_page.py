"""Pages of a PDF: what stands on each of them, and a pencil that goes down the page and turns it over in time."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pos.domain.business_date import local_time
from pos.reports import palette
from pos.reports.model import Chart, Figure, Report, clean
from pos.reports.pdf_text import shown

_WIDTH, _HEIGHT = 595.28, 841.89
_SIDE, _TOP, _BOTTOM = 24.0, 40.0, 46.0
_WEIGHTS = {"regular": "Regular", "medium": "Medium", "semibold": "SemiBold", "bold": "Bold"}
_COLOURS = {
    "text": palette.TEXT,
    "muted": palette.MUTED,
    "line": palette.LINE,
    "surface": palette.SURFACE,
    "brand": palette.BRAND,
    "mark": palette.MARK,
    "white": "#FFFFFF",
}
_CARDS_A_ROW, _CARD = 5, 60.0


class Page:
    """The pages of one report. Lengths are points; `y` goes down from the top.

    Args:
        report: what is told.
        font_dir: the folder of the shipped typeface.
    """

    def __init__(self, report: Report, font_dir: Path) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self._report = report
        self._out = io.BytesIO()
        self._pen: Any = Canvas(self._out, pagesize=(_WIDTH, _HEIGHT), pageCompression=1)
        load_fonts(font_dir)
        self._pen.setTitle(clean(report.title))
        self._pen.setAuthor(clean(report.author))
        self._pen.setSubject("")
        self._pen.setCreator("Quầy Voucher")
        self._pen.setProducer("Quầy Voucher")
        self.width = _WIDTH - 2 * _SIDE
        self.on_new_page: Callable[[], None] = lambda: None
        self._y = 0.0
        self._number = 0
        self.wrapped = lru_cache(maxsize=4096)(self._wrapped)
        self._begin()

    # ------------------------------------------------------------ page by page

    def _begin(self) -> None:
        self._number += 1
        self._y = _TOP
        if self._report.mark:
            self._pen.setFillColor(_COLOURS["mark"])
            self._pen.rect(0, _HEIGHT - 26, _WIDTH, 26, stroke=0, fill=1)
            self._text(_WIDTH / 2, 18, clean(self._report.mark), 12, "bold", "white", align="centre")

    def _close(self) -> None:
        report, foot_y = self._report, _HEIGHT - _BOTTOM + 16
        self._pen.setStrokeColor(_COLOURS["line"])
        self._pen.line(_SIDE, _BOTTOM - 4, _WIDTH - _SIDE, _BOTTOM - 4)
        of = f"{report.author} · {report.title}" if self._number > 1 else report.author
        self._text(_SIDE, foot_y, f"{clean(of)} · {local_time(report.made_utc):%H:%M %d/%m/%Y}", 7, "regular", "muted")
        if report.foot:
            self._text(_SIDE, foot_y + 10, clean(report.foot), 6.2, "regular", "muted")
        page = f"{report.words.page.format(page=self._number)} {report.words.of} "
        end = _WIDTH - _SIDE - 18
        self._text(end, foot_y, page, 7, "regular", "muted", align="right")
        # How many pages there will be is not known yet: the form is drawn at the end and shows on all of them.
        self._pen.saveState()
        self._pen.translate(end, _HEIGHT - foot_y)
        self._pen.doForm("pages")
        self._pen.restoreState()
        self._pen.showPage()

    def end(self) -> None:
        """Finish the last page."""
        self._close()
        self._pen.beginForm("pages")
        self._pen.setFont("Quay-regular", 7)
        self._pen.setFillColor(_COLOURS["muted"])
        self._pen.drawString(0, 0, str(self._number))
        self._pen.endForm()

    def bytes(self) -> bytes:
        """The whole file."""
        self._pen.save()
        return self._out.getvalue()

    def need(self, height: float) -> None:
        """Turn the page if less than this is left."""
        if self._y + height > _HEIGHT - _BOTTOM:
            self._close()
            self._begin()
            self.on_new_page()

    def down(self, height: float) -> None:
        """Go down."""
        self._y += height

    # ------------------------------------------------------------ what stands at the top

    def title(self) -> None:
        """The report's name, and shop, till and dates below it."""
        self._text(_SIDE, self._y + 16, clean(self._report.title), 18, "bold", "text")
        self._y += 30
        lines = [f"{label}: {text}" if label else text for label, text in self._report.head]
        for line in self._wrapped(" · ".join(clean(line) for line in lines), self.width, 9, "regular", 3):
            self._text(_SIDE, self._y, line, 9, "regular", "muted")
            self._y += 12.5
        self._y += 4

    def figures(self) -> None:
        """The figures as cards, in rows of five."""
        figures = self._report.figures
        for start in range(0, len(figures), _CARDS_A_ROW):
            row = figures[start : start + _CARDS_A_ROW]
            self.need(_CARD + 7)
            gap = 7.0
            width = (self.width - gap * (_CARDS_A_ROW - 1)) / _CARDS_A_ROW
            for number, figure in enumerate(row):
                self._card(_SIDE + number * (width + gap), width, figure)
            self._y += _CARD + 7

    def _card(self, left: float, width: float, figure: Figure) -> None:
        self._pen.setStrokeColor(_COLOURS["line"])
        self._pen.roundRect(left, _HEIGHT - self._y - _CARD, width, _CARD, 5, stroke=1, fill=0)
        inner = width - 14
        self._text(left + 7, self._y + 13, self._fitted(figure.label, inner, 7.5), 7.5, "regular", "muted")
        value = shown(figure.value, figure.kind) or "–"
        self._text(left + 7, self._y + 29, value, self._size_for(value, inner, 13, "bold"), "bold", "text")
        for number, line in enumerate(self._wrapped(figure.note, inner, 6.8, "regular", 2) if figure.note else ()):
            self._text(left + 7, self._y + 42 + 9 * number, line, 6.8, "regular", "muted")

    def chart(self) -> None:
        """Bars by hour, stacked by series, drawn as vectors."""
        chart = self._report.chart
        if chart is None or not any(any(amounts) for _, amounts in chart.bars):
            return
        height = 120.0
        self.need(height)
        self._text(_SIDE, self._y + 10, clean(chart.title), 9.5, "bold", "text")
        self._legend(chart)
        self._bars(chart, top=self._y + 22, bottom=self._y + height - 22)
        self._y += height

    def _legend(self, chart: Chart) -> None:
        right = _WIDTH - _SIDE
        for number in reversed(range(len(chart.series))):
            name = clean(chart.series[number])
            right -= self.width_of(name, 7.5, "regular")
            self._text(right, self._y + 9, name, 7.5, "regular", "muted")
            right -= 10
            self._pen.setFillColor(_series_colour(number))
            self._pen.rect(right, _HEIGHT - self._y - 9, 6, 6, stroke=0, fill=1)
            right -= 10

    def _bars(self, chart: Chart, *, top: float, bottom: float) -> None:
        most = max(sum(amounts) for _, amounts in chart.bars)
        step = self.width / len(chart.bars)
        for number, (label, amounts) in enumerate(chart.bars):
            left, low = _SIDE + number * step + step * 0.12, bottom
            for series, amount in enumerate(amounts):
                tall = (bottom - top - 9) * amount / most
                self._pen.setFillColor(_series_colour(series))
                self._pen.rect(left, _HEIGHT - low, step * 0.76, tall, stroke=0, fill=1)
                low -= tall
            middle = left + step * 0.38
            self._text(middle, bottom + 9, clean(label), 6.5, "regular", "muted", align="centre")
            if whole := sum(amounts):
                self._text(middle, low - 2.5, self._short(whole), 5.8, "medium", "text", align="centre")
        self._pen.setStrokeColor(_COLOURS["line"])
        self._pen.line(_SIDE, _HEIGHT - bottom, _WIDTH - _SIDE, _HEIGHT - bottom)

    def _short(self, amount_vnd: int) -> str:
        """`1,2tr`, `350k`: over a bar there is no room for more."""
        if amount_vnd >= 1_000_000:
            return f"{amount_vnd / 1_000_000:.1f}".replace(".", ",") + self._report.words.million
        return f"{amount_vnd / 1000:.0f}k"

    # ------------------------------------------------------------ rows

    def fill_row(self, height: float, colour: str) -> None:
        """Colour the strip where the next row goes."""
        self._pen.setFillColor(_COLOURS[colour])
        self._pen.rect(_SIDE, _HEIGHT - self._y - height, self.width, height, stroke=0, fill=1)

    def rule(self) -> None:
        """A thin line across."""
        self._pen.setStrokeColor(_COLOURS["line"])
        self._pen.setLineWidth(0.4)
        self._pen.line(_SIDE, _HEIGHT - self._y, _WIDTH - _SIDE, _HEIGHT - self._y)

    def line_of_text(self, text: str) -> None:
        """One muted line."""
        self.need(20)
        self._text(_SIDE + 3, self._y + 14, clean(text), 8.5, "regular", "muted")
        self._y += 20

    def sum_line(self, label: str, amount: str) -> None:
        """A sum below the table."""
        self.need(16)
        self.fill_row(15, "surface")
        end = _WIDTH - _SIDE - 8
        self._text(end, self._y + 10.5, amount, 8.5, "bold", "text", align="right")
        self._text(end - 110, self._y + 10.5, clean(label), 8, "medium", "muted", align="right")
        self._y += 16

    def cell(
        self, left: float, width: float, texts: Sequence[str], size: float, leading: float, weight: str, colour: str,
        *, at_right: bool,
    ) -> None:  # fmt: skip
        """Lines of one cell, from the top of the row."""
        y = self._y + leading
        for text in texts:
            # An amount is never cut off: it gets smaller.
            fits = self._size_for(text, width, size, weight) if at_right else size
            place = _SIDE + left + (width if at_right else 0)
            self._text(place, y, text, fits, weight, colour, align="right" if at_right else "left")
            y += leading

    # ------------------------------------------------------------ text

    def _text(
        self, x: float, y: float, text: str, size: float, weight: str, colour: str, *, align: str = "left"
    ) -> None:
        self._pen.setFont(f"Quay-{weight}", size)
        self._pen.setFillColor(_COLOURS[colour])
        draw = {"left": self._pen.drawString, "right": self._pen.drawRightString, "centre": self._pen.drawCentredString}
        draw[align](x, _HEIGHT - y, text)

    def width_of(self, text: str, size: float, weight: str) -> float:
        """Of one line."""
        width: float = self._pen.stringWidth(text, f"Quay-{weight}", size)
        return width

    def _size_for(self, text: str, width: float, size: float, weight: str) -> float:
        wide = self.width_of(text, size, weight)
        return size if wide <= width else size * width / wide

    def _fitted(self, text: str, width: float, size: float) -> str:
        return self._wrapped(text, width, size, "regular", 1)[0]

    def _wrapped(self, text: str, width: float, size: float, weight: str, most: int) -> list[str]:
        """The text in at most so many lines, broken between words, else where a line is full; `…` where it was cut."""
        from reportlab.lib.utils import simpleSplit

        font = f"Quay-{weight}"
        lines = [
            part
            for line in simpleSplit(clean(text), font, size, width) or [""]
            for part in self._broken(line, font, size, width)
        ]
        if len(lines) <= most:
            return lines
        last = lines[most - 1]
        while last and self._pen.stringWidth(last + "…", font, size) > width:
            last = last[:-1]
        return [*lines[: most - 1], last + "…"]

    def _broken(self, line: str, font: str, size: float, width: float) -> list[str]:
        """A word wider than its column: broken behind a dash if there is one, so that a running number stays whole."""
        parts = [""]
        for sign in line:
            full = parts[-1]
            if full and self._pen.stringWidth(full + sign, font, size) > width:
                cut = full.rfind("-") + 1 or len(full)
                parts[-1:] = [full[:cut], full[cut:]]
            parts[-1] += sign
        return parts


def _series_colour(number: int) -> str:
    return palette.SERIES[number % len(palette.SERIES)]


def load_fonts(folder: Path) -> None:
    """Make the shipped typeface known to reportlab."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for weight, name in _WEIGHTS.items():
        # Anew for each file: a font remembers which letters it has used, and these go into its file.
        pdfmetrics.registerFont(TTFont(f"Quay-{weight}", str(folder / f"BeVietnamPro-{name}.ttf")))
