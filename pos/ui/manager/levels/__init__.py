"""The levels section: a week at a glance, and whether the line, an issuer or the printer kept customers waiting."""
