"""Setting a till up: the steps of the first run, trials of keys and devices, set-ups from a file. Knows no Qt."""
