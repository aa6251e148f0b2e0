"""The till's memory on disk: SQLite in WAL mode, every commit flushed, nothing unsettled ever deleted."""
