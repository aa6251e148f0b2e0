"""The panel that tells whether the till is well: every look of the doctor, and what nobody has verified yet."""
