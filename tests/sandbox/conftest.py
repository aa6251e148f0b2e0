"""One sandbox for a test module, put back to its seed before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.caller import Caller
from tests.sandbox.gotadi_caller import Gotadi
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


@pytest.fixture
def gotadi(caller: Caller, sandbox: SandboxProcess, tmp_path: Path) -> Gotadi:
    """A partner who has logged in."""
    partner = Gotadi(sandbox, caller, tmp_path)
    partner.login()
    return partner
