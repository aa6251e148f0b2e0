"""The plug is pulled at every point of a redemption."""
