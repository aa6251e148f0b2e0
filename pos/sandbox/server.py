"""Start the sandbox: a stand-in issuer as a process of its own, on loopback, over TLS."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TextIO

from pos.sandbox import certificates
from pos.sandbox.api import MerchantApi, Receive, Scope, Send
from pos.sandbox.control import Control
from pos.sandbox.faults import FaultBook
from pos.sandbox.front import LOOPBACK, Application, Front, listen_on
from pos.sandbox.gotit.answers import STORE_PIN
from pos.sandbox.gotit.issuer import Issuer
from pos.sandbox.gotit.samples import DEFAULT_SEED, sample_vouchers
from pos.sandbox.issuers import mounted_issuers
from pos.sandbox.mounted import MountedApi
from pos.sandbox.store import Store, StoreError

EXIT_STOPPED: Final = 0
EXIT_CANNOT_START: Final = 2
_GOTIT_PREFIX: Final = "/merchant/"
_READY_FIELDS: Final = ("code", "state", "value", "voucher_type")


def serve(port: int = 0, data_dir: Path | None = None, seed: int | None = None, out: TextIO | None = None) -> int:
    """Serve until SIGTERM or SIGINT.

    When both ports answer, one line of JSON is printed and flushed: `url`, `ca_file`, `control_url` and, under
    `gotit`, `pin` and `vouchers` (the samples with `code`, `state`, `value`, `voucher_type`). Each mounted issuer adds
    what its `ready` tells under its own name.

    Args:
        port: TLS port on loopback; 0 for any free one.
        data_dir: Keeps authority, vouchers and log over restarts; None means a temporary folder that is removed
            at the end. Armed faults, a pulled cable and late commits under way do not survive a restart.
        seed: Decides the sample vouchers of a new folder; None means the folder's own, or 1.
        out: Takes the line; None means standard output.

    Returns:
        Exit status: 0 after a signal, 2 if it could not start; the reason is then on standard error.
    """
    folder = data_dir or Path(tempfile.mkdtemp(prefix="quay-sandbox-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _run(port, folder.resolve(), seed, sys.stdout if out is None else out)
    except (OSError, StoreError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return EXIT_CANNOT_START
    finally:
        if data_dir is None:
            shutil.rmtree(folder, ignore_errors=True)
    return EXIT_STOPPED


def stop_with_stdin() -> None:
    """End this process when its stdin is closed. Whoever holds the other end may be killed, and nobody else
    would stop us.
    """
    threading.Thread(target=_wait_for_stdin, name="stdin", daemon=True).start()


def _wait_for_stdin() -> None:
    # Not sys.stdin: a thread waiting in its buffer holds a lock that the interpreter's end must take, and it aborts.
    while os.read(0, 1024):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


def _run(port: int, folder: Path, wanted_seed: int | None, out: TextIO) -> None:
    store = Store(folder)
    try:
        seed = store.seed(wanted_seed, DEFAULT_SEED)
        vouchers = store.load_vouchers()
        if not vouchers:
            vouchers = sample_vouchers(seed)
            store.put_vouchers(vouchers)
        _serve_folder(port, folder, store, Issuer(vouchers), seed, out)
    finally:
        store.close()


def _serve_folder(port: int, folder: Path, store: Store, issuer: Issuer, seed: int, out: TextIO) -> None:
    authority, ca_file = certificates.authority(folder)
    faults = FaultBook()
    mounted = mounted_issuers(folder, store)
    with listen_on(port) as tls_socket, listen_on(0) as control_socket:
        ready = {
            "url": f"https://{LOOPBACK}:{tls_socket.getsockname()[1]}",
            "ca_file": str(ca_file),
            "control_url": f"http://{LOOPBACK}:{control_socket.getsockname()[1]}",
            "gotit": {"pin": STORE_PIN, "vouchers": _ready_vouchers(issuer)},
            **{other.name: other.ready() for other in mounted},
        }

        def announce() -> None:
            out.write(json.dumps(ready) + "\n")
            out.flush()

        def application(end_connections: Callable[[], None]) -> Application:
            api = MerchantApi(issuer, faults, store, end_connections)
            others = [MountedApi(other, store, faults, end_connections) for other in mounted]
            control = Control(issuer, faults, store, seed, end_connections, others)
            return _dispatch({_GOTIT_PREFIX: api, **_by_prefix(others)}, control.application())

        front = Front(application, tls_socket, certificates.contexts(authority), faults, announce)
        front.run(sockets=[control_socket])


def _ready_vouchers(issuer: Issuer) -> list[dict[str, Any]]:
    samples = (voucher.to_truth() for voucher in issuer.vouchers if voucher.sample)
    return [{name: truth[name] for name in _READY_FIELDS} for truth in samples]


def _by_prefix(others: list[MountedApi]) -> dict[str, Application]:
    return {prefix: api for api in others for prefix in api.issuer.prefixes}


def _dispatch(apis: dict[str, Application], control: Application) -> Application:
    """Return the application of both ports: the issuers' APIs, by prefix of the path, are spoken over TLS only."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["scheme"] == "https":
            for prefix, api in apis.items():
                if scope["path"].startswith(prefix):
                    await api(scope, receive, send)
                    return
        await control(scope, receive, send)

    return application
