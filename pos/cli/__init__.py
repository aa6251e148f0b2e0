"""The command line `quay`."""
