"""Settings as rows to read and to change, made from their declarations."""
