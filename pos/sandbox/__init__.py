"""Stand-in issuers on loopback, with faults. A process of its own; shares no wire code with the till."""
