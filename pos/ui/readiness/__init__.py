"""Is the till ready? Told when somebody begins her shift: a green line, or what to see to first. It stops nobody."""
