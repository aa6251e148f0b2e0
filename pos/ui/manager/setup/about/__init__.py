"""The panel that tells what this till is made of."""
