"""Names of the shapes and tones a screen gives its cashier: plain values, drawn by `pos.ui.widgets.shapes`."""

from __future__ import annotations

from enum import StrEnum


class Shape(StrEnum):
    """What is drawn beside a word, so that colour is never the only sign."""

    NONE = "none"
    CHECK = "check"  # circle with check
    CROSS = "cross"  # square with cross
    WAIT = "wait"  # triangle with mark
    SHIELD = "shield"
    WORKING = "working"  # three dots of an hourglass ring
    SCAN = "scan"  # bar code in a frame
    QUESTION = "question"
    TICK = "tick"  # the bare check, for chips
    X = "x"
    DOT = "dot"
    DIAMOND = "diamond"
    RING = "ring"
    LOCK = "lock"
    GEAR = "gear"
    BACK = "back"  # arrow to the left
    GOODS = "goods"  # a bag: hand over


class Sound(StrEnum):
    """What a cashier hears; never the only sign."""

    USABLE = "usable"  # one short rising tone
    REFUSED = "refused"  # two low tones
    UNKNOWN = "unknown"  # one neutral tone
    NOTICE = "notice"  # something came back that needs a look
    REPEATED = "repeated"  # two ticks: this code was scanned a moment ago
