"""Devices made of software, for training mode and tests: real pseudo-terminals, real sockets, strict decoding."""
