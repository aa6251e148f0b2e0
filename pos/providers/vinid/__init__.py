"""VinID merchant API: giftcodes sold, e-vouchers redeemed (contracts/vinid.md)."""
