"""The issuers: set up, reachable over a line that may be trusted, for how long yet, and what nobody has seen so far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from pos.checkup.assumptions import KEPT, services_in_use, standings
from pos.checkup.engine import Look
from pos.checkup.findings import Finding, Level, found, of_error
from pos.checkup.subject import Subject
from pos.domain.errors import ConfigError, PosError
from pos.providers.registry import ca_file, line_to, proxy_rule
from pos.providers.tls import Certificate, Handshake, certificates_in
from pos.till.views import Environment

ISSUERS = ("gotit", "vinid", "appotapay", "gotadi")
"""As their settings begin."""
_REACH_S = 8.0


def set_up(subject: Subject) -> Iterator[Finding]:
    """Whether each that the shop wants could be built from its settings; keys are read, nothing is connected."""
    settings = subject.settings
    yield found("environment", Level.OK, f"environment.{settings.environment.value}")
    codes = f"{settings.text('store.code')}-{settings.text('till.code')}"
    if settings.environment is Environment.PRODUCTION and any(map(settings.unchosen, ("store.code", "till.code"))):
        yield found("place", Level.WARN, "place.as_shipped", codes=codes)  # every till that nobody named has these
    else:
        yield found("place", Level.OK, "place.named", codes=codes)
    if settings.text("gotit.pin"):
        yield found("gotit.pin", Level.OK, "issuer.pin_set")
    else:
        yield of_error("gotit.pin", ConfigError("gotit.pin_missing"))
    try:
        faults = subject.built.faults
    except PosError as error:
        yield of_error("gotit", error, cashier=True)
        return
    for service, fault in faults.items():
        yield of_error(service, fault, cashier=True)


def _used(subject: Subject) -> frozenset[str]:
    return frozenset(service.partition("-")[0] for service in services_in_use(subject.settings))


def reach(issuer: str, subject: Subject) -> Iterator[Finding]:
    """One connection, no request: it counts as no call."""
    if issuer not in _used(subject):
        return
    built = subject.built
    services = [name for name in (*built.vouchers, *built.sellers, *built.bookings) if name.partition("-")[0] == issuer]
    if not services:
        return
    line = line_to(subject.settings, issuer, subject.clock)
    try:
        shown = line.handshake()
    except PosError as error:
        for service in services:
            yield of_error(service, error, cashier=True)
        return
    finally:
        line.close()
    code = "issuer.reached_by_proxy" if shown.by_proxy else "issuer.reached"
    for service in services:
        yield found(service, Level.OK, code, address=subject.settings.text(f"{issuer}.base_url"), tls=shown.version)
    yield _certificate(issuer, subject, shown)


def _certificate(issuer: str, subject: Subject, shown: Handshake) -> Finding:
    first = min(shown.chain, key=lambda one: one.ends_utc)
    days = (first.ends_utc - subject.clock.now_utc()).days
    what = f"{issuer}.certificate"
    if days <= subject.limits.certificate_warn_days:
        return found(what, Level.WARN, "certificate.ends_soon", days=days, name=first.name)
    code = "certificate.pinned" if subject.settings.text(f"{issuer}.tls_pin") else "certificate.good"
    return found(what, Level.OK, code, days=days, pin=shown.chain[0].pin)


def ca_files(subject: Subject) -> Iterator[Finding]:
    """A CA file of the shop's own that runs out takes the issuer with it."""
    for issuer in sorted(_used(subject)):
        path = ca_file(subject.settings, issuer)
        if path is not None:
            yield _ca_file(f"{issuer}.ca_file", path, subject)


def _ca_file(what: str, path: Path, subject: Subject) -> Finding:
    try:
        certificates: tuple[Certificate, ...] = certificates_in(path.read_bytes())
    except (OSError, ValueError):
        return found(what, Level.BAD, "ca_file.unreadable", file=str(path), key=what)
    last = max(certificates, key=lambda one: one.ends_utc)
    days = _days(last.ends_utc, subject)
    if days < 0:
        return found(what, Level.BAD, "ca_file.ended", file=str(path), key=what)
    if days <= subject.limits.certificate_warn_days:
        return found(what, Level.WARN, "ca_file.ends_soon", file=str(path), days=days, key=what)
    return found(what, Level.OK, "ca_file.good", days=days)


def _days(ends_utc: datetime, subject: Subject) -> int:
    return (ends_utc - subject.clock.now_utc()).days


def proxy(subject: Subject) -> Iterator[Finding]:
    """Which way calls go."""
    host = urlsplit(subject.settings.text("gotit.base_url")).hostname or ""
    try:
        way = proxy_rule(subject.settings).proxy_to(host)
    except ConfigError as error:
        yield of_error("proxy", error)
        return
    if way is None:
        yield found("proxy", Level.OK, "proxy.straight")
    else:
        yield found("proxy", Level.OK, "proxy.through", proxy=f"{way.host}:{way.port}")


def unverified(subject: Subject) -> Iterator[Finding]:
    """What the contracts leave open and nobody has seen at this shop yet. Where no money is real it does not matter."""
    if subject.settings.environment is not Environment.PRODUCTION:
        return
    kept = subject.journal().kept(KEPT) if subject.has_journal else None
    known = standings(subject.settings, kept)
    open_ones = [each.assumption.name for each in known if not each.verified]
    if open_ones:
        yield found("unverified", Level.NOTE, "unverified.are", count=len(open_ones), first=open_ones[0])
    else:
        yield found("unverified", Level.OK, "unverified.none", count=len(known))


REACHING = tuple(Look(issuer, partial(reach, issuer), _REACH_S, online=True) for issuer in ISSUERS)
