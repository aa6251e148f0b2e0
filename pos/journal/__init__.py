"""The journal: SQLite behind the ports of `pos.till.ports`."""
