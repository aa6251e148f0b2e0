from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.counter import Counter
from tests.sandbox_process import SandboxProcess


@pytest.fixture(autouse=True)
def _key_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the desktop's key store."""
    monkeypatch.setenv("QUAY_KEYSTORE", "file")


@pytest.fixture(scope="module")
def running_sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def sandbox(running_sandbox: SandboxProcess) -> SandboxProcess:
    """The issuer, put back to its samples, without faults, its log empty."""
    running_sandbox.reset()
    running_sandbox.clear_log()
    return running_sandbox


@pytest.fixture
def counter(tmp_path: Path, sandbox: SandboxProcess) -> Counter:
    return Counter(tmp_path / "till", sandbox)
