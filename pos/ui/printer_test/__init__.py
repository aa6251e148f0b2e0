"""The printer test of the settings: a test page, and which way of printing Vietnamese can be read on this printer."""
