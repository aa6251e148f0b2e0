"""Every setting of the till: declared once with type, default, range, unit, who may change it and when it applies.

Screen, command line, file and audit are made from the declarations; their words stand in the locale files. Secrets
never stand in the settings' file: they go to the encrypted `SecretStore` (`pos.security`).
"""

from __future__ import annotations

from pos.settings.declared import BY_KEY, SETTINGS, of_group
from pos.settings.parsing import known, parse, parse_new, pins_of
from pos.settings.policy import offline_policy
from pos.settings.setting import Applies, Form, Group, Setting, Unit, Value, Who
from pos.settings.store import NoSecrets, Secrets, Settings
from pos.settings.worlds import PLAY_HOSTS, PRODUCTION_HOST, REAL_HOSTS, environment_of, mixes, profile_of

__all__ = [
    "BY_KEY",
    "PLAY_HOSTS",
    "PRODUCTION_HOST",
    "REAL_HOSTS",
    "SETTINGS",
    "Applies",
    "Form",
    "Group",
    "NoSecrets",
    "Secrets",
    "Setting",
    "Settings",
    "Unit",
    "Value",
    "Who",
    "environment_of",
    "known",
    "mixes",
    "of_group",
    "offline_policy",
    "parse",
    "parse_new",
    "pins_of",
    "profile_of",
]
