"""Which days were copied when: one small file in the till's data folder, no money in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from pos.domain.business_date import from_utc_text, utc_text
from pos.durable import replace_file
from pos.reports.saving import told
from pos.sound_json import read_json


class CopyFile:
    """The port `CopyMemory`. Args: `data_dir`: the till's data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "report-copies.json"

    def load(self) -> Mapping[date, datetime]:
        """Business date → when its newest copy was made. A lost or damaged file means that some are made once more."""
        try:
            raw = read_json(self._path.read_text("utf-8"))
            return {date.fromisoformat(day): from_utc_text(at) for day, at in raw.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def save(self, made: Mapping[date, datetime]) -> None:
        """Keep it. Raises `ReportError`."""
        text = json.dumps({day.isoformat(): utc_text(at) for day, at in sorted(made.items())}, indent=2)
        try:
            replace_file(self._path, text.encode())
        except OSError as error:
            raise told(error, self._path) from error
