"""One look that breaks, hangs or is refused says so itself and keeps nobody from the others."""

from __future__ import annotations

import ast
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.checkup.desk import for_shift
from pos.checkup.engine import Look, examine
from pos.checkup.findings import Finding, Level, Reader, found, tell, worst
from pos.checkup.looks import LOOKS
from pos.checkup.subject import Subject
from pos.domain.errors import JournalUnavailable
from pos.i18n import LANGUAGES, Translator
from pos.providers.registry import line_to
from tests.checkup.till import LookedAt
from tests.providers.raw_server import Authority, RawServer, answer

ROOT = Path(__file__).resolve().parents[2]
CHECKUP, LOCALE = ROOT / "pos" / "checkup", ROOT / "resources" / "locale"


def well(subject: Subject) -> Iterator[Finding]:
    yield found("clock", Level.OK, "clock.never_compared")


def breaks(subject: Subject) -> Iterator[Finding]:
    yield found("disk.writing", Level.OK, "disk.can_write")
    raise ValueError("of a library, with a path in it")


def refused(subject: Subject) -> Iterator[Finding]:
    if subject:
        raise JournalUnavailable("journal.io", file="journal.db")
    yield found("journal", Level.OK, "journal.new")


def test_each_look_stands_for_itself(till: LookedAt, caplog: pytest.LogCaptureFixture) -> None:
    """What it had found before it broke is told; a library's text is not."""
    never = threading.Event()

    def hangs(subject: Subject) -> Iterator[Finding]:
        yield found("slips", Level.OK, "slips.none")
        never.wait(5)

    looks = (Look("disk", breaks), Look("journal", refused), Look("queue", hangs, within_s=0.2), Look("clock", well))
    subject = Subject(till.folder, till.clock)
    began = time.monotonic()
    told = examine(subject, looks)
    assert time.monotonic() - began < 1.0
    never.set()
    subject.close()
    assert [(one.what, one.level, one.said.code) for one in told] == [
        ("disk.writing", Level.OK, "disk.can_write"),
        ("disk", Level.WARN, "checkup.broken"),
        ("journal", Level.BAD, "journal.io"),
        ("slips", Level.OK, "slips.none"),
        ("queue", Level.WARN, "checkup.too_slow"),
        ("clock", Level.OK, "clock.never_compared"),
    ]
    assert "path in it" not in repr(told)
    caplog.clear()


def test_offline_nobody_is_connected_to(till: LookedAt, authority: Authority) -> None:
    with RawServer(authority.context(), answer(b"{}")) as server:
        till.set(gotit__base_url=server.url, gotit__ca_file=authority.ca_file, gotit__pin="73051964")
        assert "gotit" not in till.findings()
        assert server.connections == 0


def test_an_issuer_is_reached_without_a_request_and_its_certificate_told(till: LookedAt, authority: Authority) -> None:
    """The pin that is told is the one to set; with it the line still works, with another it does not."""
    till.online = True
    with RawServer(authority.context(), answer(b"{}")) as server:
        till.set(gotit__base_url=server.url, gotit__ca_file=authority.ca_file)
        told = till.findings("gotit")
        assert {what: one.level for what, one in told.items()} == {"gotit": Level.OK, "gotit.certificate": Level.OK}
        pin = str(dict(told["gotit.certificate"].said.params)["pin"])
        till.set(gotit__tls_pin=pin)
        assert till.findings("gotit")["gotit.certificate"].said.code == "certificate.pinned"
        till.set(gotit__tls_pin="sha256/" + "A" * 43 + "=")
        assert till.findings("gotit")["gotit"].said.code == "net.tls_pin"
        line = line_to(till.folder.settings, "gotit", till.clock)
        line.close()
        assert server.requests == []


def test_a_certificate_that_ends_soon_is_told_while_it_still_works(till: LookedAt, authority: Authority) -> None:
    from datetime import UTC, datetime, timedelta

    till.online = True
    till.clock.wall = datetime.now(UTC)
    cert = authority.issue("localhost", not_after=till.clock.wall + timedelta(days=5))
    with RawServer(authority.context(cert=cert), answer(b"{}")) as server:
        till.set(gotit__base_url=server.url, gotit__ca_file=authority.ca_file)
        told = till.findings("gotit")["gotit.certificate"]
    assert (told.level, told.said.code) == (Level.WARN, "certificate.ends_soon")


def test_the_whole_doctor_takes_a_second_offline(till: LookedAt) -> None:
    began = time.monotonic()
    till.findings()
    assert time.monotonic() - began < 2.0


def test_who_begins_her_shift_hears_what_concerns_her() -> None:
    """A cashier the printer, a manager the backup of the key as well; nobody what is only worth knowing."""
    printer = found("printer", Level.BAD, "device.not_found", cashier=True)
    key = found("key.no_backup", Level.WARN, "key.no_backup")
    note = found("cases", Level.NOTE, "cases.open", count=1)
    fine = found("clock", Level.OK, "clock.never_compared")
    assert for_shift((note, key, printer, fine), manager=False) == (printer,)
    assert for_shift((note, key, printer, fine), manager=True) == (printer, key)
    assert worst((note, fine)) is Level.NOTE
    assert worst(()) is Level.OK


def test_every_code_that_a_look_can_tell_has_words() -> None:
    """Read from the source, so that a red finding nobody has seen yet is not told by its code."""
    codes: dict[str, bool] = {}
    for path in CHECKUP.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "found" and len(node.args) == 3:
                code, level = node.args[2], node.args[1]
                if isinstance(code, ast.Constant):
                    well_told = isinstance(level, ast.Attribute) and level.attr == "OK"
                    codes[str(code.value)] = codes.get(str(code.value), True) and well_told
    assert len(codes) > 40
    for language in LANGUAGES:
        words = Translator(language)
        assert [code for code in codes if not words.has(f"check.{code}")] == []
        assert [code for code, fine in codes.items() if not fine and not words.has(f"check.{code}.do")] == []
        assert [look.name for look in LOOKS if not words.has(f"check.label.{look.name}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_the_window_no_next_step_is_a_command_for_a_closed_till(language: str) -> None:
    """Nobody at a counter has a terminal, and a till that is open refuses the command. Only the keys need it closed."""
    words = json.loads((LOCALE / f"{language}.checkup.json").read_text("utf-8"))
    steps = [key for key, text in words.items() if key.endswith(".do") and key.startswith("check.") and "quay " in text]
    assert len(steps) > 10
    told = {key: words.get(f"{key}.window", words[key]) for key in steps}
    assert [key for key, text in told.items() if "quay " in text and not key.startswith("check.key.")] == []


def test_who_reads_a_finding_gets_a_step_she_can_take() -> None:
    words = Translator("en")
    none, pin = found("copies", Level.WARN, "copies.none"), found("gotit.pin", Level.BAD, "gotit.pin_missing")
    assert "quay backup now" in tell(words, none).next
    assert tell(words, none, Reader.MANAGER).next == tell(words, none, Reader.CASHIER).next
    assert "F9" in tell(words, none, Reader.MANAGER).next
    assert len({tell(words, pin, reader).next for reader in Reader}) == 3
