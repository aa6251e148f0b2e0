"""Use cases of the counter and the ports they need. Knows no Qt, HTTP, SQL or device."""
