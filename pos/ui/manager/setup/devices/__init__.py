"""The devices panel: scanner, printer and drawer, found, set and tested."""
