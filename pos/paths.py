"""Where things are: resources shipped with the program, and the data folder."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_dir() -> Path:
    """The folder with locale, fonts, icons, sounds: inside the installed package, or beside it in a clone."""
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def default_data_dir() -> Path:
    """The user's data folder for this program, by the rules of the operating system."""
    import platformdirs

    return Path(platformdirs.user_data_dir("quay-voucher", appauthor=False))


def documents_dir() -> Path:
    """Where a person looks for her files; her home folder where there is none such."""
    import platformdirs

    wanted = Path(platformdirs.user_documents_dir())
    return wanted if wanted.is_dir() else Path.home()
