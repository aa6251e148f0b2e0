"""The issuers mounted beside Got It, in the order of the page."""

from __future__ import annotations

from pathlib import Path

from pos.sandbox.mounted import MountedIssuer
from pos.sandbox.store import Store


def mounted_issuers(folder: Path, store: Store) -> list[MountedIssuer]:
    """Return the issuers as the folder remembers them; their keys are made on first use.

    Args:
        folder: Data folder; must exist.
        store: Of that folder.
    """
    return []
