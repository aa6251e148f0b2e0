"""Got It Merchant API v6.0 (contracts/gotit.md)."""
