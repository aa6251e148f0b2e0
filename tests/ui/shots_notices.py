"""Pictures of what a manager has to see: `python -m tests.ui.shots_notices OUT`."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

from pos.outside import CLOCK_BACK, JOURNAL_BACK, JOURNAL_OTHER, KINDS, POLICY_CHANGED, SETTINGS_CHANGED
from pos.till.views import Banner, BannerKind, BannerRaised, Environment, Message, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.theme import ThemeName
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.shots import SIZES, shoot

_OF_THE_JOURNAL = {"at": "21:14 28/11/2026", "was": "18204", "now": "17950"}
FACTS = {
    SETTINGS_CHANGED: {"keys": "drawer.cashier_may_open, gotit.base_url, gotit.pin…"},
    POLICY_CHANGED: {"keys": "policy.sum_alone_vnd"},
    JOURNAL_BACK: _OF_THE_JOURNAL,
    JOURNAL_OTHER: _OF_THE_JOURNAL,
    CLOCK_BACK: {"was": "21:14 28/11/2026", "now": "06:02 27/11/2026"},
}


def main(out: Path) -> None:
    """Every notice in each language, size and theme."""
    application()
    out.mkdir(parents=True, exist_ok=True)
    for language, size, theme in product(("vi", "en"), SIZES, (ThemeName.LIGHT, ThemeName.DARK)):
        for kind in KINDS if theme is ThemeName.LIGHT else (SETTINGS_CHANGED,):
            till, clock = FakeTill(), ManualClock()
            window = build_window(till, UiConfig(
                choices=Choices(language=language, theme=theme, volume_percent=0), store="Lê Lợi", till="T2",
                mono_s=clock.mono_s, now_utc=clock.now_utc, size=size, maximised=False,
            ))  # fmt: skip
            window.show()
            till.say(StripChanged(strip(Environment.PRODUCTION)))
            till.say(SignedIn(HUONG))
            message = Message(kind, tuple(FACTS.get(kind, {}).items()))
            till.say(BannerRaised(Banner(BannerKind.NOTICE, message=message)))
            shoot(window, out, f"{kind}-{language}-{size[0]}-{theme}")
            window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
