"""A till that is well, one that is not, and a doctor that finds what a test says."""

from __future__ import annotations

from datetime import date

from pos.checkup.assumptions import Standing
from pos.checkup.desk import HealthView
from pos.checkup.findings import Finding, Level, found
from pos.checkup.unverified import ASSUMPTIONS

WELL = (
    found("environment", Level.OK, "environment.production"),
    found("gotit", Level.OK, "issuer.reached", address="https://openapi.gotit.vn", tls="TLSv1.3"),
    found(
        "gotit.certificate", Level.OK, "certificate.good", days=61, pin="NoVceYbH/pP+q40uUDPI1QVS6WCXGiDEV4tcdsrUrGw="
    ),
    found("printer", Level.OK, "device.there", address="tcp:192.0.2.7:9100"),
    found("clock", Level.OK, "clock.agrees", seen_s=240.0),
    found("disk.space", Level.OK, "disk.free", free_mb=81_230),
    found("journal", Level.OK, "journal.sound", size_mb=12.4, schema=7),
    found("chain", Level.OK, "chain.follows", looked=2001, links=21_400),
    found("key.place", Level.OK, "key.place.system", name="SecretService"),
    found("copies", Level.OK, "copies.fresh", age_s=1800.0, rows=18_230),
    found("copies.second", Level.NOTE, "copies.one_disk"),
    found("people", Level.OK, "people.are", count=6, managers=2),
    found("unverified", Level.NOTE, "unverified.are", count=7, first="gotit.bill_is_told"),
)
RED: tuple[Finding, ...] = (
    found("printer", Level.BAD, "device.not_found", cashier=True, address="tcp:192.0.2.7:9100"),
    found("clock", Level.BAD, "clock.off", cashier=True, off_s=540.0),
    found("queue", Level.WARN, "queue.at_risk", cashier=True, count=3, sum_vnd=1_150_000, age_s=97_200.0),
    found("slips", Level.WARN, "slips.waiting", cashier=True, count=2),
    found("key.no_backup", Level.WARN, "key.no_backup"),
    found("disk.rights", Level.BAD, "disk.open", files="settings.json, quay.log", folder="/data/quay"),
)


class FakeHealth:
    """A till with these findings; whatever is verified is so from then on."""

    def __init__(self, findings: tuple[Finding, ...] = WELL) -> None:
        self.findings = findings
        self.verified: dict[str, str] = {"gotit.flow": "Hương"}
        self.looked = 0

    def look(self) -> HealthView:
        self.looked += 1
        known = [
            Standing(each, self.verified[each.name], date(2026, 11, 21))
            if each.name in self.verified
            else Standing(each)
            for each in ASSUMPTIONS
            if each.service == "gotit"
        ]
        return HealthView(self.findings, tuple(known), counts=True)

    def verify(self, name: str, manager: str) -> None:
        self.verified[name] = manager
