"""Pictures of what a manager has to see: `python -m tests.ui.shots_notices OUT`."""

from __future__ import annotations

from dataclasses import replace

from pos.outside import CLOCK_BACK, JOURNAL_BACK, JOURNAL_OTHER, KINDS, POLICY_CHANGED, SETTINGS_CHANGED
from pos.till.views import Banner, BannerKind, BannerRaised, Environment, Message, SignedIn, StripChanged
from pos.ui.app import build_window
from pos.ui.theme import ThemeName
from tests.ui.camera import ORDINARY, Camera, render
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.office import config_of

_OF_THE_JOURNAL = {"at": "21:14 28/11/2026", "was": "18204", "now": "17950"}
FACTS = {
    SETTINGS_CHANGED: {"keys": "drawer.cashier_may_open, gotit.base_url, gotit.pin…"},
    POLICY_CHANGED: {"keys": "policy.sum_alone_vnd"},
    JOURNAL_BACK: _OF_THE_JOURNAL,
    JOURNAL_OTHER: _OF_THE_JOURNAL,
    CLOCK_BACK: {"was": "21:14 28/11/2026", "now": "06:02 27/11/2026"},
}


def draw(camera: Camera) -> None:
    """Every notice; in dark one."""
    for kind in KINDS if camera.theme is ThemeName.LIGHT else (SETTINGS_CHANGED,):
        till, clock = FakeTill(), ManualClock()
        config = config_of(clock, camera.language, camera.size, camera.theme)
        window = build_window(till, replace(config, store="Lê Lợi", till="T2", environment=Environment.PRODUCTION))
        window.show()
        till.say(StripChanged(strip(Environment.PRODUCTION)))
        till.say(SignedIn(HUONG))
        message = Message(kind, tuple(FACTS.get(kind, {}).items()))
        till.say(BannerRaised(Banner(BannerKind.NOTICE, message=message)))
        camera.take(window, kind)
        window.close()


if __name__ == "__main__":
    render(draw, ORDINARY)
