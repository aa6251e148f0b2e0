"""Cashier sign-in by PIN, and the first manager."""
