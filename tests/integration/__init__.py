"""The command line and the engine against the real sandbox issuer over TLS."""
