"""Settings of the four issuers. All of them take effect with a restart: an issuer is built once, with its connections.

A call in flight must not lose its line because somebody corrects a deadline.
"""

from __future__ import annotations

from pos.settings.setting import Form, Setting, Unit

_PADDINGS = ("pkcs1v15", "oaep-sha1", "oaep-sha256")


def _seconds(key: str, default_s: int, low_s: int, high_s: int) -> Setting:
    return Setting(key, default_s, low=low_s, high=high_s, unit=Unit.SECONDS)


def _key(key: str) -> Setting:
    return Setting(key, "", secret=True, lines=True)


def _trust(issuer: str) -> tuple[Setting, Setting]:
    return Setting(f"{issuer}.ca_file", "", form=Form.FILE), Setting(f"{issuer}.tls_pin", "", form=Form.PINS)


GOTIT = (
    Setting("gotit.base_url", "https://openapi-stg.gotit.vn", form=Form.HTTPS),
    Setting("gotit.pin", "", secret=True),
    *_trust("gotit"),
    Setting("gotit.flow", "direct", choices=("direct", "reserve")),
    Setting("gotit.path_prefix", "/merchant/v6.0"),
    _seconds("gotit.connect_timeout_s", 5, 1, 60),
    _seconds("gotit.deadline_s", 35, 2, 300),
    Setting("gotit.pause_ms", 250, high=60_000, unit=Unit.MILLISECONDS),
)

GOTADI = (
    Setting("gotadi.base_url", "", form=Form.HTTPS),
    Setting("gotadi.api_key", "", secret=True),
    Setting("gotadi.access_code", "", secret=True),
    _key("gotadi.partner_private_key"),
    _key("gotadi.gotadi_public_key"),
    Setting("gotadi.user_id", ""),
    Setting("gotadi.layout", "single", choices=("single", "dual")),
    Setting("gotadi.product", "flight", choices=("flight", "hotel")),
    Setting("gotadi.voucher_transport", "get-json", choices=("get-json", "post-json")),
    Setting("gotadi.older_login", False),
    *_trust("gotadi"),
    _seconds("gotadi.connect_timeout_s", 10, 1, 60),
)

APPOTAPAY = (
    Setting("appotapay.enabled", False),
    Setting("appotapay.base_url", "https://gateway.dev.appotapay.com", form=Form.HTTPS),
    Setting("appotapay.partner_code", ""),
    Setting("appotapay.api_key", "", secret=True),
    Setting("appotapay.secret_key", "", secret=True),
    _key("appotapay.private_key"),
    _key("appotapay.previous_private_keys"),
    Setting("appotapay.padding", "pkcs1v15", choices=_PADDINGS),
    Setting("appotapay.auth_prefix", "bearer", choices=("bearer", "none")),
    Setting("appotapay.prices", ""),
    Setting("appotapay.max_quantity", 10, low=1, high=100),
    Setting("appotapay.sms", False),
    Setting("appotapay.sms_phone_field", "customerPhone", choices=("customerPhone", "customer_phone")),
    *_trust("appotapay"),
    _seconds("appotapay.connect_timeout_s", 5, 1, 60),
    _seconds("appotapay.buy_deadline_s", 60, 2, 300),
    _seconds("appotapay.deadline_s", 20, 2, 300),
)

VINID = (
    Setting("vinid.giftcode", False),
    Setting("vinid.evoucher", False),
    Setting("vinid.base_url", "https://api-merchant-sandbox.vinid.dev", form=Form.HTTPS),
    Setting("vinid.key_code", ""),
    Setting("vinid.key_expires_on", "", form=Form.DATE),
    _key("vinid.api_private_key"),
    _key("vinid.giftcode_private_key"),
    Setting("vinid.giftcode_padding", "pkcs1v15", choices=_PADDINGS),
    Setting("vinid.giftcode_merchant_code", ""),
    Setting("vinid.giftcode_store_code", ""),
    Setting("vinid.giftcode_pos_code", ""),
    Setting("vinid.giftcode_values", ""),
    Setting("vinid.giftcode_prices", ""),
    Setting("vinid.giftcode_max_quantity", 10, low=1, high=100),
    Setting("vinid.evoucher_merchant_code", ""),
    Setting("vinid.evoucher_store_code", ""),
    Setting("vinid.evoucher_pos_code", ""),
    Setting("vinid.evoucher_holidays", ""),
    Setting("vinid.evoucher_percent_cap_vnd", 0, high=1_000_000_000, unit=Unit.VND),
    Setting("vinid.staff_number", 1, low=1, high=999_999_999),
    *_trust("vinid"),
    _seconds("vinid.connect_timeout_s", 5, 1, 60),
    _seconds("vinid.withdraw_deadline_s", 60, 2, 300),
    _seconds("vinid.use_deadline_s", 30, 2, 300),
    _seconds("vinid.deadline_s", 20, 2, 300),
)
