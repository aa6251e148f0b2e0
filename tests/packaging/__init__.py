"""The scripts a developer and CI start: set-up, checks, lock."""
