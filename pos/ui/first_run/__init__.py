"""The first run's window: one question a screen, from an empty folder to an open till."""
