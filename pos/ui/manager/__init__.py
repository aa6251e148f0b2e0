"""The manager's page: a gate for her PIN, and behind it one folder a section."""
