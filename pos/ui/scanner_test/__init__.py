"""The scanner test of the settings: what the scanner sent and what the till made of it."""
