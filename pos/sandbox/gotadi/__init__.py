"""Stand-in for Gotadi: bookings, vouchers, payments. Source: contracts/gotadi.md."""
