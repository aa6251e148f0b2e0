"""What is not on paper for sure, and what a person says of it."""
