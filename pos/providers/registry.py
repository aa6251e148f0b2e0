"""Names of issuers and how to build each. A new issuer is one folder here and one line below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pos.domain.errors import ConfigError
from pos.providers.gotit.client import GotIt, GotItSettings
from pos.providers.http import HttpClient, MonotonicClock


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What an issuer needs to be reached. Times in seconds.

    Args:
        pin: the store's credential; never shown.
        ca_file: the only CA to trust (sandbox); None: the system's.
        reserving: the store uses the issuer's reserve flow.
    """

    base_url: str
    pin: str = field(repr=False)
    ca_file: Path | None = None
    reserving: bool = False
    path_prefix: str = "/merchant/v6.0"
    connect_timeout_s: float = 5.0
    deadline_s: float = 35.0


def _gotit(settings: ProviderSettings, clock: MonotonicClock) -> GotIt:
    http = HttpClient(
        settings.base_url,
        clock=clock,
        ca_file=settings.ca_file,
        connect_timeout_s=settings.connect_timeout_s,
        deadline_s=settings.deadline_s,
    )
    return GotIt(http, GotItSettings(settings.pin, settings.path_prefix, settings.reserving))


_BUILDERS: dict[str, Callable[[ProviderSettings, MonotonicClock], GotIt]] = {"gotit": _gotit}


def build_provider(name: str, settings: ProviderSettings, clock: MonotonicClock) -> GotIt:
    """The issuer of that name, not connected yet; the caller closes it.

    Raises:
        ConfigError: no such issuer, or an address that cannot be one.
    """
    try:
        build = _BUILDERS[name]
    except KeyError:
        raise ConfigError("provider.unknown", name=name) from None
    return build(settings, clock)
