"""The window, driven offscreen against a hand-written till."""
