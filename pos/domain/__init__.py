"""Pure values and rules: money, codes, the redemption table, offline policy, audit chain. Standard library only."""
