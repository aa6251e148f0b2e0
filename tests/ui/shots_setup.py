"""Pictures of the set-up section: `python -m tests.ui.shots_setup OUT [language] [width] [theme]`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from pos.setup.trials import Sort, TrialResult
from pos.till.views import Message
from pos.ui.manager.setup.about.screen import AboutScreen
from pos.ui.manager.setup.settings.panel import SettingsPanel
from tests.ui.camera import ORDINARY, Camera, render
from tests.ui.setup_office import REBUILT, SetupOffice

PANELS = ("shop", "issuers", "devices", "policy", "reports", "looks", "backup", "about")


def licences(s: SetupOffice, picture: Callable[[str], None]) -> None:
    """A part's text: while it is read, there, at its end, and where there is none."""
    for row, name in ((1, "long"), (2, "none")):
        drawn = s.sight("about")
        assert isinstance(drawn, AboutScreen)
        drawn.focus_home()
        drawn.table.selectRow(row)
        picture(f"about-chosen-{name}")
        s.key("Enter")
        if name == "long":
            picture("about-licence-reading")
        s.run()
        picture(f"about-licence-{name}")
        s.box.dismiss()


def secret_and_trial(s: SetupOffice, picture: Callable[[str], None]) -> None:
    """The box for a secret, and what a trial says."""
    drawn = s.open("issuers")
    drawn.wanted.emit("gotit.pin")
    picture("issuers-secret")
    s.box.dismiss()
    panel = s.panels["issuers"]
    assert isinstance(panel, SettingsPanel)
    panel.presenter.choose_part("vinid")
    panel.show()
    picture("issuers-vinid")
    drawn.wanted.emit("vinid.giftcode_private_key")
    picture("issuers-key")
    s.box.dismiss()
    panel.presenter.choose_part("gotit")
    panel.show()
    for sort, code in ((Sort.WORKS, "trial.works.gotit"), (Sort.KEY_REFUSED, "trial.key_refused")):
        s.trial_result = TrialResult("gotit", sort, Message(code, (("issuer", "Got It"),)))
        s.press("F5")
        s.trial_ended()
        picture(f"issuers-{sort}")
    drawn = s.open("devices")
    drawn.wanted.emit("scanner.address")
    s.run()
    picture("devices-found")
    s.box.dismiss()
    drawn = s.open("reports")
    drawn.wanted.emit("reports.copy_at")
    picture("reports-hours")
    s.box.dismiss()
    drawn = s.open("policy")
    policy = s.panels["policy"]
    assert isinstance(policy, SettingsPanel)
    policy._edited("policy.sum_alone_vnd", "1000000")
    drawn.go_to("policy.sum_alone_vnd")
    picture("policy-edited")
    s.press("F8")
    picture("policy-reason")
    s.box.dismiss()
    policy.act("undo")


def scenes(s: SetupOffice, camera: Camera) -> None:
    """Every panel, and what changes look like."""

    def picture(name: str) -> None:
        camera.take(s.window, name)

    for name in PANELS:
        s.sight(name)
        picture(name)
    s.press("F5")
    picture("about-copied")
    licences(s, picture)
    s.backups.told.append(REBUILT)
    s.sight("backup")
    s.press("F6")
    s.run()
    picture("backup-told")
    s.press("F8")
    picture("backup-restore")
    s.box.dismiss()
    s.backups.told.clear()
    secret_and_trial(s, picture)
    drawn = s.open("shop")
    drawn.go_to("bill.max_vouchers")
    panel = s.panels["shop"]
    assert isinstance(panel, SettingsPanel)
    panel._edited("store.name", "Cà phê Hương Lan – 12 Trần Phú")
    panel._edited("bill.max_vouchers", "999")
    picture("shop-wrong")
    panel._edited("bill.max_vouchers", "30")
    picture("shop-edited")
    s.press("F8")
    s.run()
    picture("shop-saved")
    s.press("F6")
    s.run()
    picture("shop-history")


def draw(camera: Camera) -> None:
    with tempfile.TemporaryDirectory() as folder:
        s = SetupOffice(Path(folder), camera.language, camera.size, camera.theme)
        scenes(s, camera)
        s.close()


if __name__ == "__main__":
    render(draw, ORDINARY)
