"""Opening the cash drawer: why, and by whose right."""
