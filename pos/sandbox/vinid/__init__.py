"""Stand-in for VinID's giftcodes and e-vouchers. Source: contracts/vinid.md."""
