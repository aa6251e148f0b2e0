"""Who works here: names, roles, PINs, waits, and what each role may."""
