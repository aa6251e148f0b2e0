"""Colours on paper: those of the light window (`screens.md`, Look), dark enough for a black-and-white printer."""

from __future__ import annotations

TEXT, MUTED, LINE, SURFACE = "#16202C", "#536273", "#D5DBE3", "#EEF1F5"
BRAND, MARK = "#1F3A5F", "#B4005A"
SERIES = ("#1F5FA8", "#7A4FC0", "#C27A10", "#0B6B43", "#A61B1B", "#536273")
"""Of a chart, in the order of its series."""
