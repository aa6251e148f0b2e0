"""The statement check: an issuer's file against the journal."""
