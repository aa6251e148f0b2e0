"""Is everything set up and sound? Each look gives findings, each red one with its next step. Knows no Qt."""
