"""AppotaPay "buy card code": prepaid card codes, bought live (contracts/appotapay.md)."""
