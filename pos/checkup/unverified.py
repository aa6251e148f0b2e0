"""What the till takes for granted about an issuer because its documents do not say: until somebody has seen it.

Each stands for one setting or one place in the code, so that a word from the issuer can change it. Only what costs
money or stops the till if it is otherwise is listed; the contracts have the rest. Words: `assumption.<name>`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumption:
    """One of them.

    Args:
        name: stable, `<service>.<what>`; the service is an issuer's stable name.
        section: of the issuer's contract.
        settings: by which it is set; another value is another assumption.
    """

    name: str
    section: str
    settings: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        """Stable name of the issuer's service, `gotit`, `vinid`, `vinid-evoucher`…"""
        return self.name.partition(".")[0]


ASSUMPTIONS = (
    Assumption("gotit.flow", "§2", ("gotit.flow",)),
    Assumption("gotit.bill_is_told", "§14.5"),
    Assumption("gotit.other_store", "§14.6"),
    Assumption("gotit.second_send", "§14.3"),
    Assumption("gotit.total", "§14.21"),
    Assumption("gotit.rest_is_lost", "§14.24"),
    Assumption("gotit.last_day", "§14.28"),
    Assumption("gotit.first_voucher", "§14.40"),
    Assumption("vinid.host", "§15.6", ("vinid.base_url",)),
    Assumption("vinid.padding", "§15.1", ("vinid.giftcode_padding",)),
    Assumption("vinid.order_id", "§15.14"),
    Assumption("vinid.not_found", "§15.10"),
    Assumption("vinid.asked_for_a_day", "§15.11"),
    Assumption("vinid-evoucher.host", "§15.6", ("vinid.base_url",)),
    Assumption("vinid-evoucher.second_send", "§15.20"),
    Assumption("vinid-evoucher.percent_cap", "§15.22", ("vinid.evoucher_percent_cap_vnd",)),
    Assumption("vinid-evoucher.holidays", "§15.23", ("vinid.evoucher_holidays",)),
    Assumption("vinid-evoucher.take_back", "§15.24"),
    Assumption("vinid-evoucher.take_back_of_another", "§15.25"),
    Assumption("appotapay.live", "§2", ("appotapay.base_url",)),
    Assumption("appotapay.padding", "§15.1", ("appotapay.padding",)),
    Assumption("appotapay.bearer", "§15.3", ("appotapay.auth_prefix",)),
    Assumption("appotapay.sms", "§15.6", ("appotapay.sms", "appotapay.sms_phone_field")),
    Assumption("appotapay.final_codes", "§15.7"),
    Assumption("appotapay.found_in_ten_minutes", "§15.12"),
    Assumption("appotapay.order_id", "§15.16"),
    Assumption("appotapay.old_key", "§15.25"),
    Assumption("gotadi.address", "§12.1", ("gotadi.base_url",)),
    Assumption("gotadi.voucher_calls", "§12.2", ("gotadi.voucher_transport",)),
    Assumption("gotadi.user", "§12.5", ("gotadi.user_id",)),
    Assumption("gotadi.login", "§12.6", ("gotadi.layout", "gotadi.older_login", "gotadi.product")),
    Assumption("gotadi.padding", "§12.7"),
    Assumption("gotadi.discount", "§12.20"),
    Assumption("gotadi.commit_twice", "§12.23"),
    Assumption("gotadi.long_poll", "§12.26"),
    Assumption("gotadi.failed_issue", "§12.28"),
)
BY_NAME = {assumption.name: assumption for assumption in ASSUMPTIONS}
