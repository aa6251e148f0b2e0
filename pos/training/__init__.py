"""Training mode: sandbox issuer, virtual scanner and virtual printer around a till whose data folder is its own."""
