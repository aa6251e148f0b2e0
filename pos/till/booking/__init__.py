"""Paying bookings: voucher, signed amount, money, one commit, and asking until it has really ended."""
