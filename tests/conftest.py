"""What every test shares: generated inputs are judged by what they find, not by how fast this machine makes them."""

import os

from hypothesis import HealthCheck, settings

# No test asks the desktop's key store, or anybody for a passphrase, unless that is what it is about.
os.environ["QUAY_KEYSTORE"] = "file"
os.environ.pop("QUAY_PASSPHRASE_FILE", None)


settings.register_profile("quay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quay")
