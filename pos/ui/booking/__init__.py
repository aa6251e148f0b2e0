"""Paying bookings: one booking with its timeline, the bookings that wait."""
