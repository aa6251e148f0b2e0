"""Changes of the settings stand in the audit chain, whoever made them: window, command, or an editor on the file."""

from __future__ import annotations

import json

from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from pos.settings import SETTINGS, Setting, Settings, Value

KEPT = "settings_noted"
_SECRET = "secret"  # noqa: S105 - what stands in the place of one


class SettingsNoted:
    """Compares the settings with those it noted last. Any thread but the GUI's, one at a time.

    What is kept of a secret is a keyed fingerprint, in a table that leaves the folder with no export.
    """

    def __init__(self, settings: Settings, journal: SqliteJournal, vault: Vault) -> None:
        self._settings, self._journal, self._vault = settings, journal, vault
        self._seen = -1

    def note(self, actor: str) -> None:
        """Append every change since the last time: key, and what it was and is – of a secret only that it changed.

        The first time a journal is opened there is nothing to compare with: what is not as shipped is noted.

        Raises:
            JournalError: nothing was noted; the next time tries again.
        """
        revision = self._settings.revision
        if revision == self._seen:
            return
        now = {setting.key: self._kept(setting) for setting in SETTINGS}
        kept = self._journal.kept(KEPT)
        was = json.loads(kept) if kept is not None else {setting.key: _shipped(setting) for setting in SETTINGS}
        changed = [setting for setting in SETTINGS if now[setting.key] != was.get(setting.key, _shipped(setting))]
        if changed or kept is None:
            with self._journal.transaction(actor) as tx:
                for setting in changed:
                    if setting.secret:
                        tx.audit("setting.changed", setting.key, secret=True)
                    else:
                        before = was.get(setting.key, _shipped(setting))
                        tx.audit("setting.changed", setting.key, before=before, now=now[setting.key])
                tx.keep(KEPT, json.dumps(now, ensure_ascii=False))
        self._seen = revision

    def _kept(self, setting: Setting) -> Value:
        if not setting.secret:
            return self._settings.shown(setting.key)
        text = self._settings.text(setting.key)
        return self._vault.lookup(_SECRET, text).hex() if text else ""


def _shipped(setting: Setting) -> Value:
    return "" if setting.secret else setting.default
