"""The window that says how far an upgrade of the data has come."""
