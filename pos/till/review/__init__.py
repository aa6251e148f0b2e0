"""The manager's day: review, cases, shifts, closing, statements, levels. Long reads run on the `report` thread."""
