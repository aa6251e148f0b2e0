"""Closing the day: who has the shift, what is left until everything is zero, the Z report."""
