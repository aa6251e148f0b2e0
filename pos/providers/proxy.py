"""Which way to an issuer: straight, or through the shop's proxy.

Only `CONNECT` is spoken, so that TLS reaches from the till to the issuer and the proxy sees a host name and sealed
bytes. Automatic configuration (PAC, WPAD) is not read: a script from the network has no say in where money goes.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pos.domain.errors import ConfigError

DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that speaks HTTP.

    Args:
        login: `user:password`; empty: none is given. It crosses the shop's own network in the clear (RFC 7617).
    """

    host: str
    port: int
    login: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ProxyRule:
    """The shop's rule.

    Args:
        address: `direct`; `http://host:port`; empty: what the system says (HTTPS_PROXY and NO_PROXY, on Windows and
            macOS the system's settings).
        login: `user:password` for an address given here; the system's address may bring its own.
    """

    address: str = DIRECT
    login: str = field(default="", repr=False)

    @property
    def asks_system(self) -> bool:
        """Whether `proxy_to` may take long: on Windows the system looks names up to tell whom it exempts."""
        return not self.address

    def proxy_to(self, host: str) -> Proxy | None:
        """The proxy for this host; None: straight.

        Raises:
            ConfigError: `net.proxy_address`, what the setting or the system says is no proxy's address.
        """
        if self.address == DIRECT or _is_loopback(host):
            return None
        if self.address:
            return read_proxy(self.address, self.login)
        from urllib.request import getproxies, proxy_bypass

        named = getproxies()
        address = named.get("https") or named.get("all")
        if not address or proxy_bypass(host):
            return None
        return read_proxy(address if "://" in address else f"http://{address}")


STRAIGHT = ProxyRule()


def read_proxy(address: str, login: str = "") -> Proxy:
    """A proxy's address.

    Raises:
        ConfigError: `net.proxy_address`; the address is not quoted, it may hold a password.
    """
    wrong = ConfigError("net.proxy_address")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme != "http" or not host or port == 0 or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise wrong
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    if not address.isprintable() or not login.isprintable():
        raise wrong
    return Proxy(host, port or 80, login)


def _is_loopback(host: str) -> bool:
    """The sandbox of this machine: no proxy can reach it, whatever the environment says."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
