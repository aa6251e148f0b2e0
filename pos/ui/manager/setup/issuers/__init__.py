"""The issuers panel: their settings, and a trial of each on the spot."""
