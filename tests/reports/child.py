"""`python -m tests.reports.child ACTION FOLDER FORMAT`: an export on a disk that will not take it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pos.domain.errors import ReportError
from pos.reports.files import save_report
from pos.till.review.exports import Format
from tests.reports.samples import Still, report

OLD = b"what stood there"


def main(action: str, folder: Path, form: Format) -> None:
    path = folder / f"day.{form}"
    path.write_bytes(OLD)
    if action == "read-only":
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["TMPDIR"] = tempfile.tempdir = temporary
        said = ""
        try:
            save_report(report(9_000), path, form, Still())
        except ReportError as error:
            said = error.code
        result = {
            "said": said,
            "old": path.read_bytes() == OLD,
            "left": sorted(file.name for file in folder.iterdir()),
            "temporary": os.listdir(temporary),
        }
    print(json.dumps(result))  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Format(sys.argv[3]))
