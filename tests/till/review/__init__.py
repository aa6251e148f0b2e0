"""The manager's questions and changes."""
