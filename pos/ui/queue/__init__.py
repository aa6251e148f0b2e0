"""What was given offline and is not confirmed yet."""
