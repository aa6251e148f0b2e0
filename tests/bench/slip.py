"""From a slip to the printer's bytes: how long, how many, and how soon the first line is on paper."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from pathlib import Path
from typing import Any

from hardware.printer.codepages import TextPage
from hardware.printer.document import Align, Columns, Cut, Document, Feed, Item, Qr, Rule, Size, Text
from hardware.printer.escpos import EscposEncoder, _load_escpos
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.virtual.brain import Pace, PrinterBrain
from hardware.virtual.paper import Build
from pos.bootstrap import font_dir, printer_profile_dir
from tests.bench.table import Row
from tests.bench.timing import in_turns, median, median_ratio, percentile, undisturbed

ROUNDS, ROUNDS_FULL = 30, 150
MOST_MS, MOST_SHARE, FIRST_LINE_MS = 25.0, 0.5, 300.0
_BAUD, _BITS = 115_200, 10
_LINE_DOTS = 40
_PROFILES = ("generic-80", "epson-tm-t82")


def slip(number: int) -> Document:
    """An 80 mm slip of 31 lines and a QR code; the bill number and the amounts differ from slip to slip."""
    bill = f"HN03-T2-20261121-{number:06d}"
    items: list[Item] = [
        Text("Lê Lợi", Size.LARGE, True, Align.CENTER),
        Text("Phiếu đổi voucher", Size.NORMAL, True, Align.CENTER),
        Rule(),
        Columns("Hóa đơn", bill, bold=True),
        Columns("Thời gian", f"21/11/2026 {number // 60 % 24:02d}:{number % 60:02d}"),
        Columns("Thu ngân", "Lan · T2"),
        Rule(dashed=True),
    ]
    for voucher in range(6):
        items += [
            Columns(f"Got It ••••{(number * 7 + voucher) % 10_000:04d}", f"{50 + voucher}.000 ₫", bold=True),
            Text("Đã dùng, nhà phát hành đã xác nhận", Size.SMALL),
            Text(f"Mã giao dịch 5120_20251121101932{number:06d}", Size.SMALL),
        ]
    items += [
        Rule(dashed=True),
        Columns("Tổng hóa đơn", f"{300 + number % 600}.000 ₫"),
        Columns("Voucher", "315.000 ₫"),
        Columns("Còn phải trả", f"{number % 600}.000 ₫", Size.LARGE, True),
        Feed(8),
        Text(
            "Voucher nhận khi mất mạng, nhà phát hành chưa xác nhận. Cửa hàng sẽ gửi xác nhận sau.",
            Size.NORMAL,
            True,
            Align.CENTER,
        ),
        Qr(bill),
        Text("Vui lòng giữ phiếu này. Voucher đã dùng không hoàn lại được.", Size.SMALL, align=Align.CENTER),
        Feed(16),
        Cut(),
    ]
    return Document(tuple(items))


class _Printed:
    """Encodes slip after slip, ours and python-escpos' in turns, and keeps how many bytes each came to."""

    def __init__(self, profile: PrinterProfile, cache_dir: Path) -> None:
        self.ours = EscposEncoder(profile, font_dir(), cache_dir)
        self._typesetter = EscposEncoder(profile, font_dir(), cache_dir)
        dummy, kind = _load_escpos(cache_dir)
        plain = kind(features={"paperFullCut": True})
        plain.profile_data = {**plain.profile_data, "media": {"width": {"pixels": profile.width_dots}}}
        self._peer: Any = dummy(profile=plain)
        self._number = 0
        self.last = b""
        self.sizes: dict[str, list[int]] = {"ours": [], "peer": []}

    def encode(self) -> float:
        """Ours, from document to bytes; milliseconds."""
        self._number += 1
        document = slip(self._number)
        began = time.perf_counter()
        data = self.ours.encode(document)
        took_ms = 1000 * (time.perf_counter() - began)
        self.sizes["ours"].append(len(data))
        self.last = data
        return took_ms

    def whole_raster(self) -> float:
        """python-escpos: the same slip, already drawn, as one picture; milliseconds."""
        page = self._typesetter.render(slip(self._number))
        self._peer.clear()
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            self._peer.image(page, impl="bitImageRaster")
            self._peer.cut()
        took_ms = 1000 * (time.perf_counter() - began)
        self.last = bytes(self._peer.output)
        self.sizes["peer"].append(len(self.last))
        return took_ms


def run(*, full: bool) -> list[Row]:
    """Measure the encoder on a printer nobody knows and on an Epson, and the way to the first line on a serial line."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in _PROFILES:
            rows += _encoding(load_profile(printer_profile_dir(), name), Path(folder), full=full)
        rows += _first_line(load_profile(printer_profile_dir(), "xprinter-xp80"), Path(folder))
    return rows


def _encoding(profile: PrinterProfile, cache_dir: Path, *, full: bool) -> list[Row]:
    printed = _Printed(profile, cache_dir)
    first_ms = printed.encode()
    printed.whole_raster()
    with undisturbed():
        taken = in_turns({"ours": printed.encode, "peer": printed.whole_raster}, ROUNDS_FULL if full else ROUNDS)
    ours_ms, p99_ms = median(taken["ours"]), percentile(taken["ours"], 99)
    share = median_ratio(printed.sizes["ours"], printed.sizes["peer"])
    page = TextPage("tcvn3", profile.codepages["tcvn3"])
    text = len(EscposEncoder(profile, font_dir(), cache_dir, page=page).encode(slip(1)))
    peer = f"python-escpos image() of the drawn slip: {median(taken['peer']):.1f} ms"
    note = f"p99 {p99_ms:.1f} ms; the first slip of a program, libraries and letters included: {first_ms:.0f} ms"
    sizes = f"python-escpos: {median(printed.sizes['peer']):,.0f} bytes"
    return [
        Row(
            f"slip encode, {profile.name}", f"{ours_ms:.1f} ms", peer, ours_ms / MOST_MS, f"≤ {MOST_MS:.0f} ms",
            ours_ms <= MOST_MS, note,
        ),
        Row(
            f"slip bytes, {profile.name}", f"{median(printed.sizes['ours']):,.0f}", sizes, share, f"≤ {MOST_SHARE}",
            share <= MOST_SHARE, f"pictures only; with a proven code page {text:,} bytes",
        ),
    ]  # fmt: skip


def _first_line(profile: PrinterProfile, cache_dir: Path) -> list[Row]:
    printed = _Printed(profile, cache_dir)
    printed.encode()
    ours, peers = [], []
    for _ in range(5):
        ours.append(printed.encode() + _until_ink_ms(printed.last, profile))
        peers.append(printed.whole_raster() + _until_ink_ms(printed.last, profile))
    return [
        Row(
            "slip → first line on paper, 115,200 baud", f"{max(ours):.0f} ms", f"python-escpos: {median(peers):.0f} ms",
            max(ours) / FIRST_LINE_MS, f"≤ {FIRST_LINE_MS:.0f} ms", max(ours) <= FIRST_LINE_MS,
            f"{profile.name}: encoding measured, line and paper by the virtual printer's clock; worst of {len(ours)}",
        )
    ]  # fmt: skip


def _until_ink_ms(data: bytes, profile: PrinterProfile) -> float:
    """Let the bytes through at the line's speed until the head has burnt the first line; milliseconds."""
    now_s = 0.0
    build = Build(width_dots=profile.width_dots, dpi=profile.dpi, kanji=profile.kanji_mode)
    pace = Pace(buffer_bytes=profile.buffer_bytes, dots_per_s=profile.dots_per_s)
    brain = PrinterBrain(build=build, pace=pace, clock=lambda: now_s)
    for at in range(0, len(data), 8):
        brain.receive(data[at : at + 8])
        now_s += 8 * _BITS / _BAUD
        if brain.inked_dots:
            return 1000 * (now_s + min(_LINE_DOTS, brain.inked_dots) / profile.dots_per_s)
    raise AssertionError("nothing was printed")
