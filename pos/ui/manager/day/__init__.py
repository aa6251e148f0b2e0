"""The manager's day: figures, chart, table, filters."""
