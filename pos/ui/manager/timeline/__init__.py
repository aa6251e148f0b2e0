"""The timeline of one redemption, sale or booking."""
