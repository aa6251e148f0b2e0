"""A build backend of one file, so that a real set-up can be tried with no network.

`packaging/dev` is run on a clone whose program is three lines long; pip builds it with this file, which the
test copies into that clone. The same function makes the one wheel that the clone's lock asks for.
"""

import base64
import hashlib
import zipfile
from pathlib import Path

PROGRAM = """
import os, sys

def main():
    print(os.getcwd(), *sys.argv[1:], sep="|")
"""


def write_wheel(folder: Path, name: str, source: str, entry_points: str = "") -> str:
    """Write NAME-1.0 as a wheel of one module; return the wheel's file name."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tiny\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": entry_points,
    }
    record = "".join(_record_line(path, text) for path, text in files.items())
    file_name = f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder / file_name, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return file_name


def _record_line(path: str, text: str) -> str:
    data = text.encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}\n"


def build_editable(wheel_directory: str, config_settings: object = None, metadata_directory: str | None = None) -> str:
    """PEP 660: what `pip install -e` calls."""
    return write_wheel(Path(wheel_directory), "tinyquay", PROGRAM, "[console_scripts]\nquay = tinyquay:main\n")
