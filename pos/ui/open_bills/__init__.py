"""Bills that wait for an answer or a decision."""
