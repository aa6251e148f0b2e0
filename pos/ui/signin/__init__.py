"""Sign-in by PIN."""
