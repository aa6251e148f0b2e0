"""The port `ReportFiles`: which writer makes which file, and what files are called."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from pos.i18n import Translator
from pos.reports.day import Made, day_report
from pos.reports.model import Report
from pos.reports.progress import Progress
from pos.reports.saving import save
from pos.till.ports import Clock
from pos.till.review.closing import Shop
from pos.till.review.day_views import DayRow, DayView
from pos.till.review.events import Running
from pos.till.review.exports import Format, Place
from pos.till.views import Environment


class Files:
    """Writes reports. Any thread, one file at a time.

    Args:
        shop: as it is now.
        words: the shop's language as it is now.
        clock: when a report was made.
        copy_folder: where scheduled copies go; empty: nowhere.
    """

    def __init__(
        self,
        shop: Callable[[], Shop],
        words: Callable[[], Translator],
        clock: Clock,
        copy_folder: Callable[[], str] = lambda: "",
    ) -> None:
        self._shop = shop
        self._copy_folder = copy_folder
        self._words = words
        self._clock = clock

    def save_day(
        self, view: DayView, rows: Iterator[DayRow], last_hash: str, path: Path, form: Format, running: Running
    ) -> None:
        """Put a day at `path`, whole or not at all. Raises `ReportError`, `Stopped`."""
        made = Made(self._shop(), self._clock.now_utc(), last_hash)
        save_report(day_report(view, rows, made, self._words()), path, form, running)

    def day_name(self, first: date, last: date, form: Format) -> str:
        """`HN03-T2-2026-11-21.xlsx`; outside production the environment's name stands in it."""
        shop = self._shop()
        parts = [shop.store_code, shop.till_code, first.isoformat()]
        if last != first:
            parts.append(last.isoformat())
        if shop.environment != Environment.PRODUCTION.value:
            parts.append(shop.environment.upper())
        return f"{_file_safe('-'.join(part for part in parts if part))}.{form.value}"

    def free_path(self, folder: Path, name: str) -> Path:
        """The name in this folder, with a number behind it where a file has it already."""
        wanted = folder / name
        for number in range(2, 100):
            if not wanted.exists():
                break
            wanted = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        return wanted

    def places(self) -> tuple[Place, ...]:
        """Folders there are now, the likeliest first: sticks, documents, where copies go."""
        from pos.reports.places import find_places

        return find_places(self._copy_folder())


def save_report(report: Report, path: Path, form: Format, running: Running) -> None:
    """Put a report at `path`, whole or not at all. Raises `ReportError`, `Stopped`."""
    progress = Progress(running)
    # Each writer is imported when it is wanted: the libraries take 50 to 200 ms.
    if form is Format.CSV:
        from pos.reports import csv_file

        save(path, lambda draft: csv_file.write(report, draft, progress), running.stopped)
    elif form is Format.XLSX:
        from pos.reports import xlsx_file

        save(path, lambda draft: xlsx_file.write(report, draft, progress), running.stopped)
    else:
        from pos.reports import pdf_file

        save(path, lambda draft: pdf_file.write(report, draft, progress), running.stopped)


def _file_safe(text: str) -> str:
    """Letters, digits, `-` and `_` only, without accents: sticks and mail programs keep such a name."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(_kept(bare))


def _kept(text: Iterable[str]) -> Iterator[str]:
    for sign in text:
        if sign.isascii() and (sign.isalnum() or sign in "-_"):
            yield sign
        elif not unicodedata.combining(sign):
            yield "_"
