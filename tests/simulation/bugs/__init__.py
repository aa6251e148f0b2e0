"""The checker is checked: mistakes planted in the engine, each of which the simulator must find."""
