"""Barcode scanners: serial and keyboard wedge, each a pure machine plus the thinnest possible way to its bytes."""
