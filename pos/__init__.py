"""Quầy Voucher: the voucher till for shop counters in Viet Nam."""
