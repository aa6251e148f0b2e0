"""The issuers mounted beside Got It, in the order of the page."""

from __future__ import annotations

from pathlib import Path

from pos.sandbox.appotapay.mounted import AppotaPay
from pos.sandbox.gotadi.issuer import gotadi_issuer
from pos.sandbox.mounted import MountedIssuer
from pos.sandbox.store import Store
from pos.sandbox.vinid.mounted import VinId


def mounted_issuers(folder: Path, store: Store) -> list[MountedIssuer]:
    """Return the issuers as the folder remembers them; their keys are made on first use.

    Args:
        folder: Data folder; must exist.
        store: Of that folder.
    """
    return [
        gotadi_issuer(folder, store.kept("gotadi")),
        AppotaPay(folder, store.kept(AppotaPay.name)),
        VinId(folder, store.kept(VinId.name)),
    ]
