"""Language, colours, size and sound."""
