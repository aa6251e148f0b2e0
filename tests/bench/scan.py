"""From the last byte of a scan on the serial line to the painted verdict, less the issuer's own time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from pos.domain.bill import Bill
from tests.bench.bare_client import BareClient
from tests.bench.table import Row
from tests.bench.tills import WORTH_VND, scratch
from tests.bench.timing import median, percentile, undisturbed
from tests.bench.windows import open_counter
from tests.sandbox_process import SandboxProcess

SCANS, SCANS_FULL = 300, 1_000
P50_MS, P99_MS = 15.0, 50.0
_WARM_UP = 20


def run(*, full: bool) -> list[Row]:
    """Scan and, in turn, ask the issuer the same with a bare client on a kept-alive connection."""
    count = _WARM_UP + (SCANS_FULL if full else SCANS)
    with scratch() as folder, SandboxProcess(folder / "sandbox") as sandbox, BareClient(sandbox) as client:
        codes = sandbox.add_plain_vouchers(count, WORTH_VND)
        with open_counter(folder, sandbox) as counter, undisturbed():
            pairs = [(counter.scan(code), _bare(client, code)) for code in codes][_WARM_UP:]
    scans_ms = [1000 * scan for scan, _ in pairs]
    bare_ms = [1000 * bare for _, bare in pairs]
    issuer_ms = median(bare_ms)
    p50, p99 = median(scans_ms) - issuer_ms, percentile(scans_ms, 99) - issuer_ms
    peer = f"bare httpx check: p50 {issuer_ms:.1f} ms, p99 {percentile(bare_ms, 99):.1f} ms"
    note = (
        f"{len(pairs)} scans: pseudo-terminal, scanner thread, window offscreen, till, TLS, sandbox, painted panel;"
        " less the median of the bare call with the same body"
    )
    return [
        _row("p50", p50, P50_MS, peer, note),
        _row("p99", p99, P99_MS, peer),
    ]


def _row(which: str, ours_ms: float, target_ms: float, peer: str, note: str = "") -> Row:
    name, target = f"scan → painted verdict, {which}", f"≤ {target_ms:.0f} ms"
    return Row(name, f"{ours_ms:.1f} ms", peer, ours_ms / target_ms, target, ours_ms <= target_ms, note)


def _bare(client: BareClient, code: str) -> float:
    began = time.perf_counter()
    client.call("checkmultiple", code, Bill("TN-CH01-T1-20261121-000001", 0, datetime.now(UTC)))
    return time.perf_counter() - began
