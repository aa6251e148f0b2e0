"""The sandbox's web page: sample vouchers to scan from the screen, fault switches, the last requests."""

from __future__ import annotations

from typing import Any


def render_page(vouchers: list[dict[str, Any]], pin: str) -> str:
    """Return the page's HTML."""
    return f"<!doctype html><title>Sandbox</title><p>PIN {pin}, {len(vouchers)} vouchers</p>"
