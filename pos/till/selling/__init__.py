"""Selling codes: money first, then one order, its codes handed over once (design.md §2, "Selling codes")."""
