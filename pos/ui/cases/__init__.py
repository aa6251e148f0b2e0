"""What needs a person, for reading."""
