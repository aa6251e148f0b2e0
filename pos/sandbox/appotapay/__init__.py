"""Stand-in for AppotaPay's sale of prepaid card codes. Source: contracts/appotapay.md."""
