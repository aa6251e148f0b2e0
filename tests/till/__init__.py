"""The redemption engine: real journal, hand-written issuer and clock."""
