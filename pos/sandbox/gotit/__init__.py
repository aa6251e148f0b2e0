"""The stand-in for Got It's Merchant API v6.0: vouchers, rules and answers, without any networking."""
