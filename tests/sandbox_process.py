"""Start the sandbox issuer as the process it is, and steer it over its control port.

    with SandboxProcess() as sandbox:
        sandbox.faults([{"operation": "mark_use", "fault": "drop_after", "times": 1}])
        ...
        assert sandbox.voucher(code)["times_used"] == 1

Uses the standard library only, and nothing of the program under test.
"""

from __future__ import annotations

import http.client
import json
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

_READY_WITHIN_S = 20.0
_STOPPED_WITHIN_S = 10.0
_ROOT = Path(__file__).resolve().parent.parent


class SandboxProcess:
    """One running sandbox. Its data folder lives as long as this object's `with` block (or until `close`)."""

    def __init__(self, data_dir: Path | None = None, seed: int | None = None, port: int = 0) -> None:
        """Start nothing yet.

        Args:
            data_dir: Kept after the end; None means a temporary folder, removed by `close`.
            seed: Of the sample vouchers.
            port: TLS port; 0 means any free one, kept over `restart`.
        """
        self._own_folder = data_dir is None
        self.data_dir = data_dir or Path(tempfile.mkdtemp(prefix="sandbox-process-"))
        self._seed = seed
        self._port = port
        self._process: subprocess.Popen[str] | None = None
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> SandboxProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- process ---

    def start(self) -> None:
        """Start and wait for the ready line."""
        arguments = ["--port", str(self._port), "--data", str(self.data_dir)]
        if self._seed is not None:
            arguments += ["--seed", str(self._seed)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pos.sandbox", "serve", *arguments],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.ready = json.loads(self._first_line(self._process))
        self._port = urlsplit(self.url).port or 0

    def stop(self) -> int:
        """Stop it politely; returns its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it at this instant, as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop if it runs, then start again on the same port and data folder. Armed faults are gone."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop and remove the folder if it is ours."""
        self.stop()
        if self._own_folder:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    @property
    def pid(self) -> int:
        """Process id of the running sandbox."""
        assert self._process is not None
        return self._process.pid

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            status = process.wait(_STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
        return status

    @staticmethod
    def _first_line(process: subprocess.Popen[str]) -> str:
        """Return the ready line; a thread reads it, since a pipe cannot be read with a deadline."""
        lines: queue.Queue[str] = queue.Queue()
        assert process.stdout is not None
        stdout = process.stdout
        threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=_READY_WITHIN_S)
        except queue.Empty:
            process.kill()
            raise AssertionError(f"sandbox not ready within {_READY_WITHIN_S} s") from None
        if not line:
            raise AssertionError(f"sandbox ended with status {process.wait()} before it was ready")
        return line

    # --- what the ready line told ---

    @property
    def url(self) -> str:
        """Base URL of the Merchant API, without the path prefix."""
        return str(self.ready["url"])

    @property
    def ca_file(self) -> Path:
        """CA certificate to trust."""
        return Path(self.ready["ca_file"])

    @property
    def control_url(self) -> str:
        """Plain HTTP URL of the control plane, reachable even while connections are refused."""
        return str(self.ready["control_url"])

    @property
    def pin(self) -> str:
        """The store's PIN."""
        return str(self.ready["gotit"]["pin"])

    @property
    def vouchers(self) -> list[dict[str, Any]]:
        """Sample vouchers as they stood at start: `code`, `state`, `value`, `voucher_type`."""
        return list(self.ready["gotit"]["vouchers"])

    # --- control plane ---

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Send one control request and return its JSON.

        Raises:
            ValueError: The sandbox answered with an error; the text is its own.
        """
        address = urlsplit(self.control_url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
        try:
            payload = None if body is None else json.dumps(body).encode()
            connection.request(method, f"/_sandbox{path}", payload, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise ValueError(f"{response.status}: {answer.get('error')}")
        return answer

    def faults(self, faults: list[dict[str, Any]]) -> None:
        """Arm exactly these faults; an empty list clears all."""
        self.control("PUT", "/faults", faults)

    def state(self) -> dict[str, Any]:
        """Return the issuer's truth."""
        state: dict[str, Any] = self.control("GET", "/state")
        return state

    def voucher(self, code: str) -> dict[str, Any]:
        """Return the issuer's truth of one voucher."""
        return next(voucher for voucher in self.state()["vouchers"] if voucher["code"] == code)

    def labelled(self, label: str) -> list[str]:
        """Return the codes of the sample vouchers with this label (`pos/sandbox/gotit/samples.py`)."""
        return [voucher["code"] for voucher in self.state()["vouchers"] if voucher["label"] == label]

    def log(self, operation: str | None = None) -> list[dict[str, Any]]:
        """Return the requests as received, oldest first; only those of one operation if given."""
        entries: list[dict[str, Any]] = self.control("GET", "/log")
        return [entry for entry in entries if operation in (None, entry["operation"])]

    def clear_log(self) -> None:
        """Forget the log."""
        self.control("DELETE", "/log")

    def add_vouchers(self, vouchers: list[dict[str, Any]]) -> list[str]:
        """Add or replace vouchers by field names of `Voucher`; returns their codes."""
        made = self.control("POST", "/vouchers", vouchers)["vouchers"]
        return [voucher["code"] for voucher in made]

    def add_plain_vouchers(self, count: int, value_vnd: int = 100_000) -> list[str]:
        """Make many plain usable vouchers; returns their codes."""
        made = self.control("POST", "/vouchers", {"count": count, "value": value_vnd})["vouchers"]
        return [voucher["code"] for voucher in made]

    def pull_cable(self) -> None:
        """Refuse every connection to the API until `plug_in`, and close the open ones."""
        self.control("POST", "/network", {"up": False})

    def plug_in(self) -> None:
        """Let connections in again."""
        self.control("POST", "/network", {"up": True})

    def reset(self) -> None:
        """Put the sample vouchers back, clear faults, plug the cable in."""
        self.control("POST", "/reset", {})
