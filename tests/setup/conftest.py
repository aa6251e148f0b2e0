from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.bootstrap import open_folder
from pos.settings import Settings
from pos.training.accounts import account_settings
from pos.training.sandbox_issuer import SandboxIssuer


@pytest.fixture(autouse=True)
def _key_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the desktop's key store."""
    monkeypatch.setenv("QUAY_KEYSTORE", "file")


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxIssuer]:
    """All four issuers on loopback."""
    sandbox = SandboxIssuer(tmp_path_factory.mktemp("sandbox"), seed=7)
    yield sandbox
    sandbox.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty folder's."""
    return open_folder(tmp_path / "till").settings


@pytest.fixture
def all_set(settings: Settings, issuer: SandboxIssuer) -> Settings:
    """Every issuer set up as it should be."""
    settings.set_many(
        account_settings(issuer.url, issuer.ca_file, issuer.accounts)
        | {"gotit.base_url": issuer.url, "gotit.pin": issuer.pin, "gotit.ca_file": issuer.ca_file}
    )
    return settings
