"""Pictures of every step of the first run, walked on a sandbox, with the time each took.

`python -m tests.ui.shots_first_run OUT [language] [width] [theme]`
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

os.environ["QUAY_KEYSTORE"] = "file"

from hardware.virtual.printer import Build, VirtualPrinter
from hardware.virtual.scanner import VirtualScanner
from pos.bootstrap import font_dir
from pos.profiles import Profiles
from pos.setup.place import ProfilePlace
from pos.setup.steps import Step
from pos.setup.trials import Sort, Stage, TrialResult
from pos.training.sandbox_issuer import SandboxIssuer
from pos.ui.app import application
from pos.ui.first_run.open import build_first_run
from pos.ui.first_run.window import FirstRunWindow
from tests.ui.camera import ORDINARY, Camera, render, settle
from tests.ui.first_run_hands import Installer

PIN = "739154"


class Walk:
    """One first run from an empty folder to its last page, a picture of each step."""

    def __init__(self, camera: Camera, window: FirstRunWindow) -> None:
        self.camera, self.window = camera, window
        self.hands = Installer(window)
        self.number = 0
        self.since = time.monotonic()
        self.times: list[tuple[str, float]] = []

    def shoot(self, name: str) -> None:
        settle(application())
        self.number += 1
        self.times.append((name, time.monotonic() - self.since))
        self.camera.take(self.window, f"{self.number:02}-{name}")
        self.since = time.monotonic()

    def go(self, issuer: SandboxIssuer, printer: VirtualPrinter, scanner: VirtualScanner, language: str) -> None:
        hands, flow = self.hands, self.window.flow
        hands.wait(lambda: not flow.busy)
        self.shoot("language")
        hands.press("F1" if language == "vi" else "F2")
        hands.rest()
        hands.press("Enter")
        hands.at(Step.PROFILE)
        self.shoot("profile")
        hands.press("F1")
        hands.rest()
        self.shoot("profile-chosen")
        hands.press("Enter")
        hands.at(Step.SHOP)
        self.shoot("shop-empty")
        for field, text in (("store.name", "Lê Lợi"), ("store.code", "HN03"), ("till.code", "T2")):
            hands.fill(field, text)
        hands.rest()
        self.shoot("shop")
        hands.press("Enter")
        hands.at(Step.MANAGER)
        hands.fill("manager", "Hương")
        self.shoot("manager")
        hands.press("Enter")
        hands.type("123456")
        hands.press("Enter")
        hands.rest()
        self.shoot("manager-pin")
        if not flow.first_pin:
            hands.type(PIN)
            hands.press("Enter")
            hands.rest()
        hands.type("846291")
        hands.press("Enter")
        hands.rest()
        self.shoot("manager-differs")
        for _ in range(2):
            hands.type(PIN)
            hands.press("Enter")
            hands.rest()
        hands.at(Step.KEYS)
        self.shoot("keys-empty")
        self._issuers(issuer)
        self.shoot("keys")
        flow.on()
        hands.at(Step.SCANNER)
        hands.wait(lambda: flow.found.get("scanner") is not None)
        self.shoot("scanner")
        hands.fill_address("scanner.address", scanner.address)
        hands.press("F5")
        hands.wait(lambda: flow.trials.get("scanner") is Stage.WAITING)
        self.shoot("scanner-waiting")
        scanner.scan("ABCDEF123456")
        hands.wait(lambda: isinstance(flow.trials.get("scanner"), TrialResult))
        hands.rest()
        self.shoot("scanner-read")
        flow.on()
        hands.at(Step.PRINTER)
        hands.wait(lambda: flow.found.get("printer") is not None)
        self.shoot("printer")
        hands.fill_address("printer.address", "tcp:127.0.0.1:1")
        hands.press("F5")
        hands.wait(lambda: isinstance(flow.trials.get("printer"), TrialResult))
        self.shoot("printer-not-there")
        hands.fill_address("printer.address", printer.address)
        hands.press("F5")
        hands.wait(lambda: flow.trials.get("printer") is Stage.WAITING)
        self.shoot("printer-question")
        hands.press("F6")
        hands.wait(lambda: isinstance(flow.trials.get("printer"), TrialResult))
        hands.rest()
        self.shoot("printer-read")
        flow.on()
        hands.at(Step.POLICY)
        self.shoot("policy")
        flow.on()
        hands.at(Step.DONE)
        self.shoot("done")

    def _issuers(self, issuer: SandboxIssuer) -> None:
        hands, flow = self.hands, self.window.flow
        hands.choose("gotit")
        self.shoot("gotit-empty")
        hands.fill("gotit.pin", "wrong-pin")
        hands.fill_address("gotit.base_url", issuer.url)
        hands.press("F5")
        hands.wait(lambda: isinstance(flow.trials.get("gotit"), TrialResult))
        self.shoot("gotit-certificate")
        hands.fill_address("gotit.ca_file", issuer.ca_file)
        hands.press("F5")
        hands.wait(lambda: flow.facts.tried.get("gotit") == Sort.KEY_REFUSED)
        hands.rest()
        self.shoot("gotit-refused")
        hands.fill("gotit.pin", issuer.pin)
        hands.press("F5")
        hands.wait(lambda: flow.facts.tried.get("gotit") == Sort.WORKS)
        hands.rest()
        self.shoot("gotit-works")
        flow.on()
        hands.wait(lambda: not flow.issuer)
        hands.choose("vinid")
        vinid = issuer.accounts["vinid"]
        hands.fill("vinid.key_code", vinid["key_code"])
        hands.paste("vinid.api_private_key", vinid["api_private_key"])
        hands.rest()
        hands.paste("vinid.giftcode_private_key", vinid["api_private_key"])
        hands.wait(lambda: "vinid.giftcode_private_key" in flow.wrong)
        self.shoot("vinid-same-key")
        hands.paste("vinid.giftcode_private_key", vinid["giftcode_private_key"])
        hands.wait(lambda: "vinid.giftcode_private_key" in flow.notes)
        self.shoot("vinid")
        flow.on()
        hands.wait(lambda: not flow.issuer)


def draw(camera: Camera) -> None:
    """Make the pictures, and tell the seconds of each."""
    with tempfile.TemporaryDirectory(prefix="quay-first-run-") as name:
        folder = Path(name)
        issuer = SandboxIssuer(folder / "sandbox", seed=7)
        printer = VirtualPrinter(build=Build(font=font_dir() / "BeVietnamPro-Regular.ttf"))
        scanner = VirtualScanner(folder / "scanner")
        window = build_first_run(
            ProfilePlace(Profiles(folder / "root")), theme=camera.theme, language=camera.language, size=camera.size
        )
        window.show()
        settle(application())
        walk = Walk(camera, window)
        try:
            walk.go(issuer, printer, scanner, camera.language)
        finally:
            window.close()
            for each in (scanner, printer, issuer):
                each.close()
    print(f"{camera.tag}: {sum(took for _, took in walk.times):.1f} s")  # noqa: T201
    for step, took in walk.times:
        print(f"  {step:24} {took:5.2f} s")  # noqa: T201


if __name__ == "__main__":
    render(draw, ORDINARY)
