"""The issuers panel decides: which issuer, and what its trial said. Plain Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos.domain.errors import PosError
from pos.i18n import Translator
from pos.settings import Group
from pos.setup.settings_desk import SettingsDesk
from pos.setup.trials import LABELS, Sort, TrialResult
from pos.setup.words import say_result
from pos.till.review.events import Reported, ReportFailed
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.issuers.trying import KEY, Trying
from pos.ui.manager.setup.settings.model import SettingsModel
from pos.ui.manager.setup.settings.presenter import Ended, PanelSpec, SettingsPresenter
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

SPEC = PanelSpec(
    "issuers",
    {
        "gotit": (Group.GOTIT,),
        "vinid": (Group.VINID,),
        "gotadi": (Group.GOTADI,),
        "appotapay": (Group.APPOTAPAY,),
        "other": (Group.ROUTING, Group.NETWORK),
    },
)
TRY = "try"
TRY_KEY = "F5"
_VINID = (("vinid-evoucher", "vinid.evoucher"), ("vinid", "vinid.giftcode"))
_TONES = {Sort.WORKS: Tone.USABLE, Sort.CANCELLED: Tone.NEUTRAL, Sort.CLOCK: Tone.UNKNOWN, Sort.ISSUER: Tone.UNKNOWN}


class IssuersPresenter(SettingsPresenter):
    """State of the panel: of each issuer its settings and its last trial."""

    def __init__(self, desk: SettingsDesk, review: Asking, who: Callable[[], str], trying: Trying) -> None:
        super().__init__(SPEC, desk, review, who)
        self._trying = trying
        self.trying_part = ""
        self._results: dict[str, tuple[TrialResult, ...]] = {}
        self._cannot: Message | None = None

    @property
    def trials_here(self) -> tuple[str, ...]:
        """What can be tried of the part in sight: of VinID what is switched on, else all of it."""
        if self.part == "vinid":
            switched_on = tuple(name for name, key in _VINID if self.now(key) == "true")
            return switched_on or tuple(name for name, _ in _VINID)
        return (self.part,) if self.part in LABELS else ()

    def try_now(self) -> None:
        """Try the issuer in sight with what stands on the screen, saved or not; again: stop."""
        if self.trying_part:
            self.stop_trying()
            return
        if not self.trials_here:
            return
        self._cannot = None
        self._results.pop(self.part, None)
        head = f"{self.part}."
        values = {key: text.reveal() for key, text in self.edits.items() if key.startswith(head)}
        try:
            self._trying.begin(self.trials_here, values)
        except PosError as error:
            self._cannot = Message(error.code, tuple(sorted(error.params.items())))
            return
        self.trying_part = self.part

    def stop_trying(self) -> None:
        """Nobody waits for it."""
        self._trying.stop()
        self.trying_part = ""

    def closed(self) -> None:
        """Out of sight: a trial ends with it."""
        super().closed()
        if self.trying_part:
            self.stop_trying()

    def edit(self, key: str, text: str) -> None:
        """What a trial said was said of what stood there before."""
        super().edit(key, text)
        self._results.pop(self.part, None)
        self._cannot = None

    def mine(self, event: object) -> bool:
        """Also the trial's answer."""
        return super().mine(event) or (isinstance(event, Reported | ReportFailed) and event.key == KEY)

    def take(self, event: object) -> Ended | None:
        """Also the trial's answer."""
        if isinstance(event, Reported) and event.key == KEY:
            if event.ticket == self._trying.ticket and self.trying_part and isinstance(event.value, tuple):
                self._results[self.trying_part] = event.value
                self.trying_part = ""
            return None
        return super().take(event)

    @property
    def outcome(self) -> tuple[TrialResult, ...]:
        """Of the part in sight."""
        return self._results.get(self.part, ())

    def model(self, tr: Translator) -> SettingsModel:
        """The rows, with the trial's word above them."""
        model = super().model(tr)
        says, tone = self._trial_says(tr)
        actions = model.actions
        if self.trials_here:
            word = tr.t("setup.do.stop" if self.trying_part else "setup.do.try")
            actions = (BarAction(TRY, word, TRY_KEY), *actions)
        return replace(model, says=says or model.says, tone=tone if says else model.tone, actions=actions)

    def _trial_says(self, tr: Translator) -> tuple[str, Tone]:
        if self.trying_part:
            names = " · ".join(LABELS[name] for name in self.trials_here) or LABELS.get(self.trying_part, "")
            return tr.t("setup.trying", issuer=names), Tone.BRAND
        if self._cannot is not None:
            return str(say_message(tr, self._cannot)), Tone.REFUSED
        if not self.outcome:
            return "", Tone.NEUTRAL
        lines = []
        for result in self.outcome:
            said = say_result(tr, result)
            sentence = said.sentence
            parts = (sentence.what, said.detail, sentence.safe, sentence.do)
            lines.append(" ".join(part for part in parts if part))
        tones = [_TONES.get(result.sort, Tone.REFUSED) for result in self.outcome]
        worst = next((tone for tone in (Tone.REFUSED, Tone.UNKNOWN, Tone.NEUTRAL) if tone in tones), Tone.USABLE)
        return "\n".join(lines), worst
