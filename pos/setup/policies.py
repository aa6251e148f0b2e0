"""Three ways to take vouchers without network that an installer can choose from; finer ones stand in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pos.settings import BY_KEY, Settings


class Policy(StrEnum):
    """From the shipped one to none."""

    SHIPPED = "shipped"
    CAREFUL = "careful"  # nothing without a manager's PIN
    NEVER = "never"


_ALONE = ("policy.checked_alone_vnd", "policy.sum_alone_vnd", "policy.oldest_alone_h")
_WITH_MANAGER = ("policy.checked_manager_vnd", "policy.declared_manager_vnd", "policy.sum_manager_vnd")


def values_of(policy: Policy) -> Mapping[str, str]:
    """The settings that a choice stands for."""
    keys = [key for key in BY_KEY if key.startswith("policy.")]
    shipped = {key: str(BY_KEY[key].default) for key in keys}
    if policy is Policy.SHIPPED:
        return shipped
    zero = _ALONE if policy is Policy.CAREFUL else (*_ALONE, *_WITH_MANAGER)
    return {**shipped, **dict.fromkeys(zero, "0")}


def policy_of(settings: Settings) -> Policy | None:
    """Which choice the settings are; None: finer ones."""
    for policy in Policy:
        if all(str(settings.number(key)) == value for key, value in values_of(policy).items()):
            return policy
    return None
