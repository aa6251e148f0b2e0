"""Selling codes: tiles, one sale, the sales that wait."""
