"""The sandbox issuer, spoken to over real sockets by a client that is not the till's."""
