"""The sandbox's web page: sample vouchers to scan from the screen, fault switches, the last requests.

The page is one hand-written file, `page.html`, and `issuer.html` for each mounted issuer; this module fills in the
samples with their pictures and the table of faults. What changes while it is open the page asks the control plane for.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from importlib import resources
from string import Template
from typing import Any, Final

import segno
from barcode.codex import Code128

from pos.sandbox.faults import KINDS, FaultKind
from pos.sandbox.gotit.answers import Operation
from pos.sandbox.gotit.voucher import State
from pos.sandbox.mounted_faults import FaultLines

_STATE_NAMES: Final = {
    State.INACTIVE: "Chưa kích hoạt / Inactive",
    State.NEW: "Mới / New",
    State.SENT: "Đã gửi / Sent",
    State.OPENED: "Đã mở / Opened",
    State.USED: "Đã dùng / Used",
    State.DOWNLOADED: "Đã tải / Downloaded",
    State.EXPIRED: "Hết hạn / Expired",
    State.CANCELLED: "Đã huỷ / Cancelled",
    State.SPLITTED: "Đã tách / Splitted",
    State.RESERVED: "Đang giữ / Reserved",
}
# Measures of the Code 128 picture in modules; the quiet zone of 10 is the symbology's own minimum.
_QUIET_ZONE: Final = 10
_BAR_HEIGHT: Final = 40


def render_page(vouchers: list[dict[str, Any]], pin: str, issuers: list[str]) -> str:
    """Return the page's HTML.

    Args:
        vouchers: Sample vouchers as `Voucher.to_truth` gives them.
        pin: The store's PIN, shown so that a till can be set up from the page.
        issuers: Names of the mounted issuers, each with a page of its own.
    """
    return _template("page.html").substitute(
        issuers=" ".join(f'<a href="/_sandbox/{escape(name)}/">{escape(name)}</a>' for name in issuers),
        pin=escape(pin),
        vouchers="\n".join(_card(voucher) for voucher in vouchers),
        faults="\n".join(_fault_row(name, kind) for name, kind in KINDS.items()),
        operations="".join(f"<option>{escape(name)}</option>" for name in ("*", *(o.value for o in Operation))),
    )


def render_issuer_page(name: str, samples_html: str, lines: FaultLines) -> str:
    """Return a mounted issuer's page.

    Args:
        name: The issuer's.
        samples_html: Its samples; escaped already.
        lines: Its faults, armed or not.
    """
    return _template("issuer.html").substitute(
        name=escape(name),
        samples=samples_html,
        faults="\n".join(_line_row(fault, kind.meaning) for fault, kind in lines.kinds.items()),
        operations="".join(f"<option>{escape(each)}</option>" for each in ("*", *lines.operations)),
    )


def _template(file: str) -> Template:
    return Template(resources.files(__package__).joinpath(file).read_text(encoding="utf-8"))


def _line_row(name: str, meaning: str) -> str:
    return (
        f'<tr data-fault="{escape(name)}"><td><button type="button">Bật / On</button></td>'
        f'<th scope="row">{escape(name)}</th><td>{escape(meaning)}<span class="armed"></span></td></tr>'
    )


def state_name(state: int | None) -> str:
    """Return the state's name in both languages; undocumented ones by their number."""
    return _STATE_NAMES[State(state)] if state in list(State) else "?"


@lru_cache(maxsize=4096)
def code_pictures(code: str) -> tuple[str, str]:
    """Return the code as SVG, once as QR and once as Code 128.

    Args:
        code: Printable ASCII.
    """
    # make_qr, not make: a short text would become a Micro QR, which many scanners cannot read.
    qr = segno.make_qr(code, error="m").svg_inline(scale=3, border=4, dark="#000", light="#fff")
    bars = _bars_svg(Code128(code).build()[0])
    return qr, bars


def _bars_svg(modules: str) -> str:
    """Return bars as SVG that scales; python-barcode's own writer fixes sizes in millimetres.

    Args:
        modules: One character per module, "1" for black.
    """
    width = len(modules) + 2 * _QUIET_ZONE
    height = _BAR_HEIGHT + _QUIET_ZONE
    path = "".join(
        f"M{at + _QUIET_ZONE} {_QUIET_ZONE // 2}h1v{_BAR_HEIGHT}h-1z"
        for at, module in enumerate(modules)
        if module == "1"
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{width}v{height}h-{width}z"/><path d="{path}"/></svg>'
    )


def _card(voucher: dict[str, Any]) -> str:
    code = str(voucher["code"])
    qr, bars = code_pictures(code)
    return (
        f'<article data-code="{escape(code)}" tabindex="0"><h3>{escape(code)}</h3>'
        f"<p><b>{_vnd(voucher['value'])}</b> · {escape(str(voucher['label']))}</p>"
        f'<p class="state" data-state="{escape(str(voucher["state"]))}">'
        f"{escape(str(voucher['state']))} · {escape(state_name(voucher['state']))}</p>"
        f'<div class="codes"><span class="qr">{qr}</span><span class="bars">{bars}</span></div></article>'
    )


def _vnd(value: int | None) -> str:
    return "?" if value is None else f"{value:,} ₫".replace(",", ".")


def _fault_row(name: str, kind: FaultKind) -> str:
    default = "" if kind.default_s is None else f"{kind.default_s:g}"
    return (
        f'<tr data-fault="{name}"><td><button type="button">Bật / On</button></td>'
        f'<th scope="row">{name}</th>'
        f'<td><input type="number" step="any" placeholder="{default}" aria-label="seconds {name}"></td>'
        f'<td>{escape(kind.meaning)}<span class="armed"></span></td></tr>'
    )
