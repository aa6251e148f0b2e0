"""The whole till in one thread and from one seed: days of trade under every fault, checked from outside."""
