"""The state of the world at the bottom of every screen."""
