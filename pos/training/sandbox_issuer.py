"""The sandbox issuer as a process beside the till, and its control port."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos.domain.errors import ConfigError
from pos.version import is_frozen


def _program() -> list[str]:
    """A package has no `python` that could run a module: it starts its own `quay`, also where `quayw` runs, which has
    no standard output to say its address on.
    """
    return (
        [str(Path(sys.executable).with_stem("quay")), "sandbox"]
        if is_frozen()
        else [sys.executable, "-m", "pos.sandbox"]
    )


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """A sample of the sandbox to scan. Its code is play money, shown in training only.

    Args:
        code: a voucher's code or a booking's number.
        voucher_type: `standard` or `conditional` of the first issuer; `evoucher`, `booking`, `booking_voucher`.
        label: what the sandbox says of those three.
    """

    code: str
    state: int
    value_vnd: int
    voucher_type: str
    label: str = ""


class SandboxIssuer:
    """Starts `pos.sandbox`, steers it over its control port, stops it.

    Args:
        folder: where it keeps certificates and vouchers.
        seed: which sample vouchers.

    Raises:
        ConfigError: `training.sandbox`: it did not start.
    """

    def __init__(self, folder: Path, *, seed: int | None = None) -> None:
        command = [*_program(), "serve", "--until-stdin-closes", "--data", str(folder)]
        if seed is not None:
            command += ["--seed", str(seed)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        line = self._process.stdout.readline() if self._process.stdout else ""
        try:
            ready = json.loads(line)
        except ValueError:
            self.close()
            raise ConfigError("training.sandbox") from None
        self.url: str = ready["url"]
        self.ca_file: str = ready["ca_file"]
        self.control_url: str = ready["control_url"]
        self.pin: str = ready["gotit"]["pin"]
        self.accounts: dict[str, dict[str, Any]] = {name: ready[name] for name in ("gotadi", "appotapay", "vinid")}
        self.samples = (
            *(Sample(v["code"], v["state"], v["value"], v["voucher_type"]) for v in ready["gotit"]["vouchers"]),
            *(Sample(v["serial"], 1, 0, "evoucher", v["label"]) for v in ready["vinid"]["evouchers"]),
            *(Sample(b["number"], 1, b["total_vnd"], "booking", b["label"]) for b in ready["gotadi"]["bookings"]),
            *(Sample(v["code"], 1, 0, "booking_voucher", v["label"]) for v in ready["gotadi"]["vouchers"]),
        )

    def account_faults(self, issuer: str, faults: list[dict[str, Any]]) -> None:
        """Replace the list of faults of `gotadi`, `appotapay` or `vinid`."""
        self._ask("PUT", f"/_sandbox/{issuer}/faults", faults)

    def truth(self, issuer: str) -> dict[str, Any]:
        """What `gotadi`, `appotapay` or `vinid` knows."""
        found: dict[str, Any] = self._ask("GET", f"/_sandbox/{issuer}/state", None)
        return found

    def faults(self, faults: list[dict[str, Any]]) -> None:
        """Replace the list of faults."""
        self._ask("PUT", "/_sandbox/faults", faults)

    def network(self, *, up: bool) -> None:
        """Plug the cable in or pull it."""
        self._ask("POST", "/_sandbox/network", {"up": up})

    def voucher(self, code: str) -> dict[str, Any]:
        """The issuer's own truth about one voucher."""
        state = self._ask("GET", "/_sandbox/state", None)
        found: dict[str, Any] = next(v for v in state["vouchers"] if v["code"] == code)
        return found

    def add_plain(self, count: int, value_vnd: int) -> list[str]:
        """Issue usable vouchers without any condition; returns their codes."""
        added = self._ask("POST", "/_sandbox/vouchers", {"count": count, "value": value_vnd})
        return [voucher["code"] for voucher in added["vouchers"]]

    def close(self) -> None:
        """Stop it."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()

    def _ask(self, method: str, path: str, value: object) -> Any:  # noqa: ANN401 - JSON
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(  # noqa: S310 - our own process on loopback
            self.control_url + path, data=body, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - as above
            return json.loads(answer.read() or b"null")
