"""Slips as printer-neutral documents."""
