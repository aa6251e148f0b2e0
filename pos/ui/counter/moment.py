"""What a panel is made of: words, snapshot, the line it speaks of, and now."""

from __future__ import annotations

from dataclasses import dataclass

from pos.i18n import Translator
from pos.till.views import BillView, LineStatus, LineView, Phase
from pos.ui.words import provider_name

_SPEAKS_OF = {
    Phase.SENDING: (LineStatus.SENDING, LineStatus.USABLE, LineStatus.HELD),
    Phase.UNKNOWN: (LineStatus.UNKNOWN,),
    Phase.UNSENT: (LineStatus.UNSENT,),
    Phase.FINISH: (LineStatus.USED,),
    Phase.OFFERED: (LineStatus.UNCHECKED, LineStatus.UNSENT),
    Phase.ACCEPTED_OFFLINE: (LineStatus.ACCEPTED_OFFLINE,),
}
"""Which vouchers a phase's panel speaks of, where it speaks of more than one: first those that decide it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Words, snapshot, line and time (`mono_s`, as the snapshot counts)."""

    tr: Translator
    view: BillView
    line: LineView | None
    mono_s: float

    @property
    def issuer(self) -> str:
        """The issuer's name for people; several where the panel speaks of vouchers of several."""
        lines = [line for line in self.view.lines if not line.needs_network] or self.view.lines
        for status in _SPEAKS_OF.get(self.view.phase, ()):
            spoken_of = [line.provider for line in lines if line.status is status]
            if spoken_of:
                return " + ".join(provider_name(self.tr, name) for name in dict.fromkeys(spoken_of))
        line = self.line or next(iter(self.view.lines), None)
        return provider_name(self.tr, line.provider if line else "gotit")

    def waited_s(self) -> float:
        """Seconds since the running work began."""
        since = self.view.since_mono_s
        return 0.0 if since is None else max(0.0, self.mono_s - since)
