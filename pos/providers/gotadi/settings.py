"""How a shop is set up with Gotadi (contracts/gotadi.md §1, §12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pos.domain.errors import ConfigError
from pos.providers.proxy import STRAIGHT, ProxyRule

VOUCHER_TRANSPORTS = ("get-json", "post-json")
LAYOUTS = ("single", "dual")
PRODUCTS = ("flight", "hotel")


@dataclass(frozen=True, slots=True)
class GotadiSettings:
    """One environment's account. Nothing has a guessed default that would choose an address or an identity.

    Args:
        base_url: gateway, `https://host[:port][/path]`.
        api_key, access_code: as given by Gotadi; headers of every request, never shown.
        partner_private_key, gotadi_public_key: `RSAKeyValue` XML or PEM text.
        user_id: one fixed identifier of the store.
        layout: `single` or `dual`. product: `flight` or `hotel`; both for login only.
        voucher_transport: `get-json` or `post-json`, proved at commissioning (§5.1).
        older_login: the two-field login of the older page (§3.3).
        ca_file: the only CA to trust (sandbox); None: the system's.
        pins, proxy: as `HttpClient` has them.
        connect_timeout_s: seconds to get a connection.
    """

    base_url: str
    api_key: str = field(repr=False)
    access_code: str = field(repr=False)
    partner_private_key: str = field(repr=False)
    gotadi_public_key: str = field(repr=False)
    user_id: str = field(repr=False)
    layout: str = "single"
    product: str = "flight"
    voucher_transport: str = "get-json"
    older_login: bool = False
    ca_file: Path | None = None
    pins: frozenset[bytes] = frozenset()
    proxy: ProxyRule = STRAIGHT
    connect_timeout_s: float = 10.0

    def check(self) -> None:
        """Refuse what could not be sent.

        Raises:
            ConfigError: `gotadi.setting` with the setting's name.
        """
        sound = {
            "api_key": _is_header(self.api_key),
            "access_code": _is_header(self.access_code) and "|" not in self.access_code,
            "user_id": bool(self.user_id.strip()) and self.user_id.isprintable() and "|" not in self.user_id,
            "layout": self.layout in LAYOUTS,
            "product": self.product in PRODUCTS,
            "voucher_transport": self.voucher_transport in VOUCHER_TRANSPORTS,
        }
        for name, good in sound.items():
            if not good:
                raise ConfigError("gotadi.setting", name=name)


def _is_header(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and text.strip() == text
