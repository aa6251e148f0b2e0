"""What the kernel says of this process's memory. Apart from the rest, so that asking imports nothing."""

from __future__ import annotations

from pathlib import Path


def load_what_a_slip_needs() -> None:
    """Import what the till leaves for its first slip and sign-in: the bare window has it all from the start."""
    import argon2  # noqa: F401
    import escpos.printer  # noqa: F401
    import segno  # noqa: F401
    from PIL import Image, ImageDraw, ImageFont  # noqa: F401


def peak_kib() -> float:
    """The most memory this process ever held (VmHWM)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return float(next(line for line in lines if line.startswith("VmHWM")).split()[1])
