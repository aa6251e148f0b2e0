"""The passphrase of a till whose machine has no key store: asked before the window is there."""
