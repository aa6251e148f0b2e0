"""Real money, play money, training: which addresses belong to which, and what a profile is fixed to."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pos.domain.errors import ConfigError, JournalUnavailable
from pos.settings.setting import Value
from pos.till.views import Environment

PRODUCTION_HOST = "openapi.gotit.vn"
"""contracts/gotit.md §2."""
REAL_HOSTS = frozenset({PRODUCTION_HOST, "gateway.appotapay.com", "api-merchant.vinid.net"})
"""Where money is real; contracts/appotapay.md §2, contracts/vinid.md §2. Gotadi prints no host."""
PLAY_HOSTS = frozenset({"openapi-stg.gotit.vn", "gateway.dev.appotapay.com", "api-merchant-sandbox.vinid.dev",
                        "127.0.0.1", "localhost", "::1"})  # fmt: skip
"""Where it is not. A relay of the merchant's is neither: the shop knows."""

MARK = "profile"
"""The file in a profile's folder that names it."""

_SHIPPED: dict[Environment | None, dict[str, Value]] = {
    Environment.PRODUCTION: {
        "gotit.base_url": f"https://{PRODUCTION_HOST}",
        "appotapay.base_url": "https://gateway.appotapay.com",
        "vinid.base_url": "https://api-merchant.vinid.net",
    },
    Environment.TRAINING: {"training": True},
}


def shipped_for(profile: Environment | None) -> dict[str, Value]:
    """The defaults that are other in a folder of this profile."""
    return _SHIPPED.get(profile, {})


def profile_of(folder: Path) -> Environment | None:
    """What the folder is for ever; None: a folder named with `--data`, which its first bill decides.

    Raises:
        ConfigError: `profile.unreadable`: a word that is no profile's; guessing could send play money to a real issuer.
        JournalUnavailable: the file cannot be read.
    """
    try:
        return Environment((folder / MARK).read_text("ascii").strip())
    except FileNotFoundError:
        return None
    except ValueError:
        raise ConfigError("profile.unreadable", folder=folder.name) from None
    except OSError as error:
        raise JournalUnavailable("journal.io", file=MARK) from error


def environment_of(*, training: bool, gotit_url: str) -> Environment:
    """Where redemptions go: training by its flag, production by the issuer's host, anything else is sandbox."""
    if training:
        return Environment.TRAINING
    host = urlsplit(gotit_url).hostname
    return Environment.PRODUCTION if host == PRODUCTION_HOST else Environment.SANDBOX


def mixes(environment: Environment, address: str) -> bool:
    """Whether an issuer at this address has no place in such a folder: real and play money never meet."""
    host = urlsplit(address).hostname or ""
    return host in PLAY_HOSTS if environment is Environment.PRODUCTION else host in REAL_HOSTS
