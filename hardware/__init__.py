"""Scanners, printers, drawer: pure protocols and byte transports. Knows nothing of `pos` or Qt."""
