"""Where a till is set up: a profile below the user's own folder, or a folder that was named."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pos.profiles import Profiles
from pos.settings.worlds import shipped_for
from pos.till.views import Environment


class Place(Protocol):
    """Gives the data folder of a profile."""

    @property
    def home(self) -> Path:
        """Where the language and the choice itself are kept before there is a data folder."""

    def known(self) -> Path | None:
        """The data folder that is meant without asking anybody; None: nobody has chosen yet. Nothing is made."""

    def folder(self, profile: str) -> Path:
        """The data folder of this profile, made if it is missing; remembered as the one that is meant."""

    def settings_for(self, profile: str) -> dict[str, str]:
        """What makes a folder without a profile's mark into one of this profile."""


class ProfilePlace:
    """Profiles below the user's own folder. Raises as `Profiles.use`.

    Args:
        profiles: of this user.
        wanted: the one that was asked for by name; empty: as remembered.
    """

    def __init__(self, profiles: Profiles, wanted: str = "") -> None:
        self._profiles, self._wanted = profiles, wanted

    @property
    def home(self) -> Path:
        """The root of all profiles."""
        return self._profiles.root

    def known(self) -> Path | None:
        """As asked for, as chosen, or the till from before there were profiles."""
        name = self._wanted or self._profiles.chosen() or self._profiles.legacy()
        return self._profiles.folder(name) if name else None

    def folder(self, profile: str) -> Path:
        """Made, marked, remembered."""
        self._wanted = profile if self._wanted else ""
        return self._profiles.use(profile)

    def settings_for(self, profile: str) -> dict[str, str]:
        """Nothing: the mark in the folder says it."""
        del profile
        return {}


class FolderPlace:
    """One folder, named by whoever started the program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def home(self) -> Path:
        """The folder itself."""
        return self._folder

    def known(self) -> Path | None:
        """The folder itself."""
        return self._folder

    def folder(self, profile: str) -> Path:
        """The same for every profile."""
        del profile
        return self._folder

    def settings_for(self, profile: str) -> dict[str, str]:
        """The addresses of that world; a folder without a mark is what its addresses say."""
        if profile == Environment.TRAINING:
            return {}
        keys = shipped_for(Environment.PRODUCTION)
        shipped = shipped_for(Environment(profile))
        from pos.settings import BY_KEY

        return {key: str(shipped.get(key, BY_KEY[key].default)) for key in keys}
