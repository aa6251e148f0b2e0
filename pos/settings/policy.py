"""The shop's risk as its settings say it."""

from __future__ import annotations

from pos.domain.offline_policy import OfflinePolicy
from pos.settings.store import Settings


def offline_policy(settings: Settings) -> OfflinePolicy:
    """The policy at this moment: asked for with each decision, so that tightening it needs no restart.

    A voucher that was never checked is no cashier's to take alone: design.md §2 has no number there to set.
    """
    number = settings.number
    return OfflinePolicy(
        checked_age_s=number("policy.checked_age_min") * 60,
        checked_alone_vnd=number("policy.checked_alone_vnd"),
        checked_manager_vnd=number("policy.checked_manager_vnd"),
        declared_alone_vnd=0,
        declared_manager_vnd=number("policy.declared_manager_vnd"),
        sum_alone_vnd=number("policy.sum_alone_vnd"),
        sum_manager_vnd=number("policy.sum_manager_vnd"),
        oldest_alone_s=number("policy.oldest_alone_h") * 3600,
        oldest_manager_s=number("policy.oldest_manager_h") * 3600,
    )
