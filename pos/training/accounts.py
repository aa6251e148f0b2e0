"""The sandbox's accounts as settings of the training till: every issuer is there, nothing is real."""

from __future__ import annotations

from typing import Any

ROUTING = "vinid-evoucher:12-12:upper:EV;gotadi:17-17:upper:ADCO;gotadi:17-17:upper:HDCO;gotit:10-16:printable:"
"""The sandbox's e-vouchers all begin with EV, so that no sample is a question."""


def account_settings(url: str, ca_file: str, accounts: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Settings for Gotadi, AppotaPay and VinID.

    Args:
        url: of the sandbox, one for all issuers.
        ca_file: the only CA to trust there.
        accounts: `gotadi`, `appotapay` and `vinid` of its ready line.
    """
    gotadi, appotapay, vinid = accounts["gotadi"], accounts["appotapay"], accounts["vinid"]
    settings = {
        f"{name}.{what}": value for name in accounts for what, value in (("base_url", url), ("ca_file", ca_file))
    }
    for name in ("access_code", "api_key", "user_id", "partner_private_key", "gotadi_public_key"):
        settings[f"gotadi.{name}"] = gotadi[name]
    for name in ("partner_code", "api_key", "secret_key", "private_key"):
        settings[f"appotapay.{name}"] = appotapay[name]
    for name in ("key_code", "api_private_key", "giftcode_private_key"):
        settings[f"vinid.{name}"] = vinid[name]
    for service in ("giftcode", "evoucher"):
        for name in ("merchant_code", "store_code", "pos_code"):
            settings[f"vinid.{service}_{name}"] = vinid[name]
        settings[f"vinid.{service}"] = "true"
    return settings | {"appotapay.enabled": "true", "routing.rules": ROUTING}
