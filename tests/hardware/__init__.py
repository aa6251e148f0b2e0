"""Tests of devices: real pseudo-terminals, loopback sockets and files; nothing is patched."""
