"""What every test shares: generated inputs are judged by what they find, not by how fast this machine makes them."""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# No test asks the desktop's key store, or anybody for a passphrase, unless that is what it is about.
os.environ["QUAY_KEYSTORE"] = "file"
os.environ.pop("QUAY_PASSPHRASE_FILE", None)


settings.register_profile("quay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quay")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """While windows are open, no collection runs on another thread, as in the program (`pos.ui.collector`)."""
    if _has_windows(item):
        gc.disable()
    result = yield
    if not gc.isenabled():  # the test's own doing, or its window's
        gc.collect()
        gc.freeze()  # what is left is left for good: the next collection need not walk through it, and finds no window
        gc.enable()
    return result


def _has_windows(item: pytest.Item) -> bool:
    known = vars(item.module).values() if isinstance(item, pytest.Function) else ()
    return any(str(getattr(value, "__module__", "")).startswith(("PySide6", "pos.ui")) for value in known)
