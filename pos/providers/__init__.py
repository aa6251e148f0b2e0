"""Issuers: one HTTP client, then one folder an issuer (wire, codes, client)."""
