"""What every test shares: generated inputs are judged by what they find, not by how fast this machine makes them."""

from hypothesis import HealthCheck, settings

settings.register_profile("quay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quay")
