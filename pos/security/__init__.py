"""PINs, keys and encrypted fields."""
