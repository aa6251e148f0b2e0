"""Faults before any request: connections refused, strange certificates, old TLS, the pulled cable."""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.sandbox.caller import Caller
from tests.sandbox_process import SandboxProcess

# CPython 3.11 and 3.12: `ssl.SSLSocket._create` leaves the socket open if the peer has reset it before the handshake.
pytestmark = pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")


def _address(sandbox: SandboxProcess) -> tuple[str, int]:
    parts = urlsplit(sandbox.url)
    return parts.hostname or "", parts.port or 0


def _handshake(sandbox: SandboxProcess, context: ssl.SSLContext) -> str | None:
    """Do a handshake as a client and return the TLS version."""
    with (
        socket.create_connection(_address(sandbox), timeout=5) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as secure,
    ):
        return secure.version()


def _trusting(sandbox: SandboxProcess) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(sandbox.ca_file))


@contextmanager
def _old_tls(context: ssl.SSLContext) -> Iterator[ssl.SSLContext]:
    """Let a client speak TLS 1.1 as it would have done ten years ago."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        yield context


def test_tls_12_and_13_are_spoken_and_nothing_older(sandbox: SandboxProcess) -> None:
    context = _trusting(sandbox)
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    assert _handshake(sandbox, context) == "TLSv1.2"
    assert _handshake(sandbox, _trusting(sandbox)) == "TLSv1.3"
    with _old_tls(_trusting(sandbox)) as old, pytest.raises(ssl.SSLError):
        _handshake(sandbox, old)


def test_tls11_only_refuses_today_and_serves_yesterday(caller: Caller, sandbox: SandboxProcess) -> None:
    """The control with a forced old client proves that it is the version, nothing else, that fails."""
    sandbox.faults([{"operation": "*", "fault": "tls11_only"}])

    with pytest.raises(ssl.SSLError):  # in words that differ between builds of OpenSSL
        _handshake(sandbox, _trusting(sandbox))
    with _old_tls(_trusting(sandbox)) as old:
        assert _handshake(sandbox, old) == "TLSv1.1"
    sandbox.faults([])
    assert caller.call("check", ["1111111111"]).code == "203"


@pytest.mark.parametrize(
    ("fault", "reason"), [("wrong_certificate", "CERTIFICATE_VERIFY_FAILED"), ("wrong_host", "IP address mismatch")]
)
def test_a_wrong_certificate_is_shown_to_new_connections(
    fault: str, reason: str, caller: Caller, sandbox: SandboxProcess
) -> None:
    """An open connection is ended when the fault is armed, so the very next call meets the certificate."""
    assert caller.call("check", ["1111111111"]).code == "203"
    sandbox.faults([{"fault": fault}])

    with pytest.raises((ssl.SSLCertVerificationError, OSError)) as first:
        caller.call("check", ["1111111111"])
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        _handshake(sandbox, _trusting(sandbox))

    assert first.value is not None
    assert len(sandbox.log()) == 1


def test_wrong_host_is_a_certificate_of_the_right_authority(sandbox: SandboxProcess) -> None:
    sandbox.faults([{"fault": "wrong_host"}])
    context = _trusting(sandbox)
    context.check_hostname = False

    assert _handshake(sandbox, context) == "TLSv1.3"


# --- refused connections ---


def test_a_refused_connection_is_reset_before_tls_and_leaves_no_trace(sandbox: SandboxProcess) -> None:
    """The handshake cannot even begin, so nothing of a request can have been sent."""
    sandbox.faults([{"fault": "refuse_connection", "times": 1}])

    # The reset may come while `connect` still waits, or only when something is read.
    with (
        pytest.raises(ConnectionResetError),
        socket.create_connection(_address(sandbox), timeout=5) as raw,
    ):
        raw.recv(1)

    assert sandbox.log() == []
    with Caller(sandbox) as caller:
        assert caller.call("check", ["1111111111"]).code == "203"


def test_arming_a_refusal_closes_idle_connections(caller: Caller, sandbox: SandboxProcess) -> None:
    """A keep-alive connection is seen to be closed before anything is sent on it."""
    caller.call("check", ["1111111111"])
    sandbox.faults([{"operation": "check", "fault": "refuse_connection"}])

    kept = caller.connection.sock
    assert kept.recv(1) == b""
    caller.connection.close()
    with pytest.raises(ConnectionError):
        caller.call("check", ["1111111111"])
    assert len(sandbox.log()) == 1


def test_a_changing_call_is_refused_after_the_check_before_it(caller: Caller, sandbox: SandboxProcess) -> None:
    """The check passes and its connection is closed; the mark-use after it finds no connection."""
    code = sandbox.labelled("plain")[0]
    caller.call("check", [code])
    sandbox.faults([{"operation": "mark_use", "fault": "refuse_connection", "times": 1}])

    checked = caller.call("check", [code])
    with pytest.raises(ConnectionError):
        caller.call("mark_use", [code])

    assert (checked.code, checked.headers["connection"]) == (None, "close")
    assert sandbox.log("mark_use") == []
    assert caller.call("mark_use", [code]).code is None


def test_a_waiting_refusal_lets_new_connections_in(sandbox: SandboxProcess) -> None:
    """Before a check was answered, nothing is refused."""
    sandbox.faults([{"operation": "reserve", "fault": "refuse_connection"}])

    for _ in range(3):
        assert _handshake(sandbox, _trusting(sandbox)) == "TLSv1.3"


def test_the_pulled_cable_stops_everything_until_it_is_back(caller: Caller, sandbox: SandboxProcess) -> None:
    code = sandbox.labelled("plain")[0]
    assert caller.call("check", [code]).code is None

    sandbox.pull_cable()
    caller.connection.close()
    for operation in ("check", "mark_use", "check"):
        with pytest.raises(ConnectionError):
            caller.call(operation, [code])
    assert sandbox.state()["network_up"] is False
    assert len(sandbox.log()) == 1

    sandbox.plug_in()
    assert caller.call("mark_use", [code]).code is None


def test_a_request_under_way_is_answered_when_the_cable_is_pulled(sandbox: SandboxProcess) -> None:
    """Pulling ends idle connections; a busy one ends after its answer."""
    sandbox.faults([{"operation": "check", "fault": "delay", "seconds": 0.5, "times": 1}])
    with Caller(sandbox) as caller:
        headers = {"Content-Type": "application/json"}
        caller.connection.request("POST", "/merchant/v6.0/checkmultiple", b"{}", headers)
        while not sandbox.log():
            continue
        sandbox.pull_cable()

        answer = caller.connection.getresponse()

        assert answer.status == 200
        assert answer.read()
        assert answer.getheader("connection") == "close"


def test_the_control_plane_over_tls_survives_an_armed_refusal(caller: Caller, sandbox: SandboxProcess) -> None:
    """Whoever armed the fault over TLS can disarm it on the same connection."""
    caller.send("GET", "/_sandbox/faults", None, {})
    sandbox.faults([{"fault": "refuse_connection"}])

    assert caller.send("PUT", "/_sandbox/faults", b"[]", {}).body == b"[]"
    with Caller(sandbox) as other:
        assert other.call("check", ["1111111111"]).code == "203"


def test_many_connections_at_once_are_all_served(sandbox: SandboxProcess) -> None:
    callers = [Caller(sandbox) for _ in range(40)]
    try:
        codes = [caller.call("check", ["1111111111"]).code for caller in callers]
    finally:
        for caller in callers:
            caller.connection.close()

    assert codes == ["203"] * 40


def test_a_client_that_never_speaks_holds_up_nobody(sandbox: SandboxProcess) -> None:
    """A connection stuck in its handshake waits alone."""
    with socket.create_connection(_address(sandbox), timeout=5), Caller(sandbox) as caller:
        assert caller.call("check", ["1111111111"]).code == "203"
