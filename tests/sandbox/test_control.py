"""The control plane: log, state, vouchers, faults by HTTP, the page."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from tests.sandbox.caller import Caller
from tests.sandbox_process import SandboxProcess

READY_FIELDS = {"code", "state", "value", "voucher_type"}


def test_the_ready_line_tells_what_a_till_needs(sandbox: SandboxProcess) -> None:
    assert {"url", "ca_file", "control_url", "gotit"} <= set(sandbox.ready)
    assert sandbox.url.startswith("https://127.0.0.1:")
    assert sandbox.ca_file.read_text(encoding="ascii").startswith("-----BEGIN CERTIFICATE-----")
    assert all(set(voucher) == READY_FIELDS for voucher in sandbox.vouchers)


def test_the_samples_cover_every_state_and_value(sandbox: SandboxProcess) -> None:
    """At least 40 vouchers, each plain value in each usable state, every refusing state, codes as in §4."""
    vouchers = sandbox.vouchers

    plain = {(v["value"], v["state"]) for v in vouchers}
    assert len(vouchers) >= 40
    assert {(v, s) for v in (20_000, 50_000, 100_000, 200_000, 500_000) for s in (1, 2, 3, 5)} <= plain
    assert {0, 4, 8, 9, 10, 11} <= {v["state"] for v in vouchers}
    assert {1_000_000, 2_500_000} <= {v["value"] for v in vouchers}
    assert all(10 <= len(v["code"]) <= 16 for v in vouchers)
    assert sum(v["code"].startswith("0") for v in vouchers) >= 5
    assert sum(not v["code"].isdecimal() for v in vouchers) >= 5
    assert len({v["code"] for v in vouchers}) == len(vouchers)


def test_the_log_holds_requests_byte_for_byte(caller: Caller, sandbox: SandboxProcess) -> None:
    """Odd spacing, key order, escapes and Vietnamese text come back as they were sent."""
    body = '{"codes" :["1111111111"],\n\t"pin":"0730", "bill_number":"Hoá đơn \\u0031", "x":1.50}'
    headers = {"Content-Type": "application/json", "X-Two": "a", "Accept": "application/json"}

    caller.send("POST", "/merchant/v6.0/checkmultiple?q=1", body.encode(), headers)

    (entry,) = sandbox.log()
    assert entry["body"] == body
    assert (entry["operation"], entry["method"], entry["path"]) == (
        "check",
        "POST",
        "/merchant/v6.0/checkmultiple?q=1",
    )
    assert entry["headers"]["x-two"] == "a"
    assert entry["headers"]["content-length"] == str(len(body.encode()))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", entry["at_utc"])
    assert entry["answered"] == {"status": 200, "success": False, "return_code": "203"}
    assert entry["effect"] == "none"


def test_the_log_tells_effects_in_order(caller: Caller, sandbox: SandboxProcess) -> None:
    a, b = sandbox.labelled("plain")[:2]
    for operation, code in (("check", a), ("mark_use", a), ("reserve", b), ("unreserve", b), ("mark_use", a)):
        caller.call(operation, [code])

    log = sandbox.log()

    assert [(entry["operation"], entry["effect"]) for entry in log] == [
        ("check", "none"),
        ("mark_use", "used"),
        ("reserve", "reserved"),
        ("unreserve", "released"),
        ("mark_use", "none"),
    ]
    assert [entry["n"] for entry in log] == list(range(log[0]["n"], log[0]["n"] + 5))
    assert sandbox.control("GET", f"/log?after={log[2]['n']}") == log[3:]
    assert sandbox.control("GET", "/log?last=2") == log[3:]


def test_a_cleared_log_is_empty(caller: Caller, sandbox: SandboxProcess) -> None:
    caller.call("check", ["1111111111"])
    sandbox.clear_log()

    assert sandbox.log() == []


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"fault": "delay"}, "list"),
        (["delay"], "object"),
        ([{"fault": "dealy"}], "unknown fault 'dealy'"),
        ([{"operation": "check"}], "unknown fault None"),
        ([{"fault": "delay", "operation": "refund"}], "unknown operation 'refund'"),
        ([{"fault": "delay", "times": 0}], "times"),
        ([{"fault": "delay", "times": "2"}], "times"),
        ([{"fault": "delay", "seconds": "2"}], "seconds"),
        ([{"fault": "delay", "count": 2}], "unknown field(s) count"),
        ([{"fault": "used_elsewhere_between", "operation": "check"}], "mark_use"),
    ],
)
def test_a_wrong_fault_list_is_refused_and_changes_nothing(faults: Any, said: str, sandbox: SandboxProcess) -> None:
    sandbox.faults([{"operation": "check", "fault": "delay", "times": 3}])

    with pytest.raises(ValueError, match=r"^400: ") as refused:
        sandbox.faults(faults)

    assert said in str(refused.value)
    assert [fault["fault"] for fault in sandbox.control("GET", "/faults")] == ["delay"]


@pytest.mark.parametrize(
    ("name", "operation"),
    [("checkmultiple", "check"), ("usemultiple", "mark_use"), ("reserved", "reserve"), ("unreserved", "unreserve")],
)
def test_faults_also_take_the_paths_names(name: str, operation: str, sandbox: SandboxProcess) -> None:
    sandbox.faults([{"operation": name, "fault": "drop_after", "times": 2}])

    assert sandbox.control("GET", "/faults") == [
        {"operation": operation, "fault": "drop_after", "times": 2, "seconds": None, "hits": 0}
    ]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/vouchers", {"count": 0}),
        ("/vouchers", {"count": 5, "value": -1}),
        ("/vouchers", [{"value": 5}]),
        ("/vouchers", [{"code": "1234567890", "colour": "red"}]),
        ("/vouchers", [{"code": "1234567890", "value": "100000"}]),
        ("/vouchers", "many"),
        ("/network", {"up": "no"}),
        ("/network", []),
    ],
)
def test_a_wrong_control_request_is_refused_with_a_reason(path: str, body: object, sandbox: SandboxProcess) -> None:
    before = sandbox.state()

    with pytest.raises(ValueError, match=r"^400: .{10}"):
        sandbox.control("POST", path, body)

    assert sandbox.state() == before


def test_ten_thousand_vouchers_are_made_at_once(caller: Caller, sandbox: SandboxProcess) -> None:
    codes = sandbox.add_plain_vouchers(10_000, 70_000)

    assert len(set(codes)) == 10_000
    assert caller.call("check", codes[-20:]).first["value"] == 70_000


def test_a_voucher_can_be_changed_by_hand(caller: Caller, sandbox: SandboxProcess) -> None:
    """The customer accepts the service fee on the link: the same voucher is usable afterwards."""
    (code,) = sandbox.labelled("service fee")

    sandbox.add_vouchers([{**sandbox.voucher(code), "service_fee_accepted": True}])

    assert caller.call("check", [code]).code is None


def test_reset_brings_the_seed_back_and_keeps_the_log(caller: Caller, sandbox: SandboxProcess) -> None:
    before = sandbox.state()
    caller.call("mark_use", sandbox.labelled("plain")[:1])
    sandbox.add_plain_vouchers(5)
    sandbox.faults([{"fault": "drop_before"}])

    sandbox.reset()

    assert sandbox.state() == before
    assert sandbox.control("GET", "/faults") == []
    assert len(sandbox.log()) == 1


def test_the_api_is_not_spoken_without_tls(sandbox: SandboxProcess) -> None:
    request = urllib.request.Request(
        f"{sandbox.control_url}/merchant/v6.0/checkmultiple", b"{}", {"Content-Type": "application/json"}
    )

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)

    with refused.value as answer:
        assert answer.code == 404
    assert sandbox.log() == []


@pytest.mark.parametrize("path", ["/", "/_sandbox/"])
def test_the_page_shows_each_voucher_with_codes_to_scan(path: str, caller: Caller, sandbox: SandboxProcess) -> None:
    """Over TLS too: every sample with code, QR and Code 128, and a switch for every fault."""
    page = caller.send("GET", path, None, {})

    text = page.body.decode()
    assert page.headers["content-type"].startswith("text/html")
    assert all(f"<h3>{voucher['code']}</h3>" in text for voucher in sandbox.vouchers)
    assert text.count("<svg") == 2 * len(sandbox.vouchers)
    assert text.count("data-fault=") == text.count("Bật / On</button>") >= 20
    assert "$" not in text.split("<script>")[0]


def test_the_pages_pictures_read_back_as_the_code(caller: Caller, sandbox: SandboxProcess) -> None:
    """QR and Code 128, drawn from the page's own SVG and read by an independent program."""
    text = caller.send("GET", "/", None, {}).body.decode()

    for code in [voucher["code"] for voucher in sandbox.vouchers[:8]]:
        card = text[text.index(f'data-code="{code}"') :]
        pictures = [part[part.index("<svg") :] + "</svg>" for part in card.split("</svg>")[:2]]
        assert [_read_back(picture) for picture in pictures] == [("QRCode", code), ("Code128", code)]


def _read_back(svg: str) -> tuple[str, str]:
    """Draw an SVG picture and return what the reader takes it for and reads in it."""
    # QtSvg reads standalone files, where the namespace is required; in HTML it is implied.
    renderer = QSvgRenderer(QByteArray(svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1).encode()))
    assert renderer.isValid()
    size = renderer.defaultSize() * 4
    image = QImage(size, QImage.Format.Format_Grayscale8)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    data = bytes(image.constBits())
    raster = Image.frombytes("L", (image.width(), image.height()), data, "raw", "L", image.bytesPerLine())
    (found,) = zxingcpp.read_barcodes(raster)
    return found.format.name, found.text
