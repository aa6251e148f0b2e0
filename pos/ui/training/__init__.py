"""The training panel: sample vouchers, faults, virtual paper."""
