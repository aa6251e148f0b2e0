"""One throw-away CA for all tests of this folder, and one sandbox issuer, put back to its seed before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.providers.openssl_peer import KeyPair, Peer
from tests.providers.raw_server import Authority
from tests.sandbox_process import SandboxProcess


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Peer:
    folder = tmp_path_factory.mktemp("keys")
    # The shop's key is as short as may be: reading one proves its primes, which takes 50 ms for 2048 bits.
    return Peer(own=KeyPair.make(folder, "gotadi"), shop=KeyPair.make(folder, "shop", bits=1024))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    return KeyPair.make(tmp_path_factory.mktemp("keys"), "stranger")


@pytest.fixture(scope="module")
def running_sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def sandbox(running_sandbox: SandboxProcess) -> SandboxProcess:
    running_sandbox.reset()
    return running_sandbox
