"""One sandbox for a test module, put back to its seed before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.caller import Caller
from tests.sandbox_process import SandboxProcess


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def sandbox(running: SandboxProcess) -> SandboxProcess:
    running.reset()
    running.clear_log()
    return running


@pytest.fixture
def caller(sandbox: SandboxProcess) -> Iterator[Caller]:
    with Caller(sandbox) as client:
        yield client
