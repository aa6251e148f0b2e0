"""Gotadi's partner payment API: vouchers on travel bookings, payment and ticket issue (contracts/gotadi.md)."""
