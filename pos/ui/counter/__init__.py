"""The counter: one bill, one verdict."""
