"""Decides what a panel of settings shows and saves. Plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pos.domain.errors import PosError
from pos.i18n import Translator
from pos.security.secret import Secret
from pos.settings import Applies, Group, Setting, known, of_group
from pos.setup.settings_desk import Changed, SettingsDesk, Standing
from pos.setup.words import say_result
from pos.till.review.events import Reported, ReportFailed
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.settings import words
from pos.ui.manager.setup.settings.model import Act, Option, RowModel, SettingsModel
from pos.ui.theme import Tone
from pos.ui.words import say_message

_NOT_HERE = frozenset({"training"})
"""What a profile is fixed to: chosen at the start of the program, not on the way."""


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """Which settings a panel has.

    Args:
        name: of the panel.
        parts: groups of each part by its name; more than one part is chosen by a chip.
    """

    name: str
    parts: Mapping[str, tuple[Group, ...]]

    def settings(self, part: str) -> tuple[Setting, ...]:
        """Those of one part, in the order of their declaration."""
        return tuple(one for group in self.parts[part] for one in of_group(group) if one.key not in _NOT_HERE)


@dataclass(frozen=True, slots=True)
class Ended:
    """A save came to its end: what was saved, or why nothing was."""

    saved: tuple[str, ...] = ()
    failure: Message | None = None


class SettingsPresenter:
    """State of one panel. GUI thread only; what was typed and not saved stays while the same manager acts.

    Args:
        who: name of the manager who acts.
    """

    def __init__(self, spec: PanelSpec, desk: SettingsDesk, review: Asking, who: Callable[[], str]) -> None:
        self.spec, self._desk, self._review, self._who = spec, desk, review, who
        self.look_key, self.save_key, self.history_key = (
            f"setup/{spec.name}/{what}" for what in ("look", "save", "history")
        )
        self.settings = {part: spec.settings(part) for part in spec.parts}
        self.part = next(iter(spec.parts))
        self.at = ""
        """Key of the setting the keyboard is at."""
        self.edits: dict[str, Secret] = {}
        self._typed_by = ""
        self._errors: dict[str, Message] = {}
        self._standings: dict[str, Standing] = {}
        self._tickets: dict[str, int] = {}
        self._says: tuple[Message | str, Tone] | None = None
        self._saved_count = 0
        self._fault: Message | None = None
        self.busy = False
        self.history: tuple[Changed, ...] | None = None
        self._asked_history_of = ""

    # ------------------------------------------------------------ asking

    def opened(self) -> None:
        """Into sight: read anew how everything stands."""
        if self._typed_by != self._who():
            self.undo()
        self._look()

    def closed(self) -> None:
        """Out of sight: nobody waits. What she typed goes with her, for another would save it under her own name."""
        if not self._who():
            self.undo()
        self._review.forget(self.look_key)
        self._review.forget(self.history_key)

    def waiting(self) -> int:
        """Changes that are not saved."""
        return len(self.edits)

    def _look(self) -> None:
        keys = [one.key for settings in self.settings.values() for one in settings]
        self._tickets[self.look_key] = self._review.ask(self.look_key, lambda _: self._desk.look(keys))

    def ask_history(self, key: str) -> None:
        """Every change of this setting, or of all for an empty key."""
        self.history, self._asked_history_of = None, key
        self._tickets[self.history_key] = self._review.ask(self.history_key, lambda _: self._desk.history(key))

    # ------------------------------------------------------------ changing

    def choose_part(self, name: str) -> None:
        """Look at another part."""
        if name in self.spec.parts and name != self.part:
            self.part, self.at, self._says = name, "", None

    def edit(self, key: str, text: str) -> None:
        """Something was typed or chosen; it is checked at once and saved later."""
        if self.busy or key not in self._standings:
            return
        self._says, self._typed_by = None, self._who()
        self._errors.pop(key, None)
        if not known(key).secret and text == self._text_of(key):
            self.edits.pop(key, None)
            return
        self.edits[key] = Secret(text)
        try:
            self._desk.check(key, text)
        except PosError as error:
            self._errors[key] = Message(error.code, tuple(sorted(error.params.items())))

    def judge(self, tr: Translator, key: str, secret: Secret) -> tuple[str, bool]:
        """What can be told of a secret without showing it, and whether it can be one; 5 ms for a key."""
        try:
            self._desk.check(key, secret.reveal())
        except PosError as error:
            return words.message_words(tr, Message(error.code, tuple(sorted(error.params.items())))), False
        unsaved = {other: text.reveal() for other, text in self.edits.items() if other != key}
        result = self._desk.judge(key, secret.reveal(), unsaved)
        if result is None:
            return "", True
        said = say_result(tr, result)
        return " ".join(part for part in (said.sentence.what, said.detail, said.sentence.do) if part), result.works

    def now(self, key: str) -> str:
        """What stands there, saved or not, as it would be typed; of a secret nothing."""
        if known(key).secret or key not in self._standings:
            return ""
        edit = self.edits.get(key)
        return edit.reveal() if edit is not None else self._text_of(key)

    def undo(self) -> None:
        """Forget what was typed and not saved."""
        if not self.busy:
            self.edits, self._errors, self._says = {}, {}, None

    def to_shipped(self) -> None:
        """Where the keyboard is: the value of a new till; of a secret none."""
        standing = self._standings.get(self.at)
        if standing is not None:
            self.edit(self.at, words.as_typed(standing.shipped))

    @property
    def can_save(self) -> bool:
        """There is something, and nothing wrong with it."""
        return bool(self.edits) and not self._errors and not self.busy

    @property
    def needs_approval(self) -> bool:
        """Whether one of the changes wants a PIN and a reason."""
        return any(known(key).needs_reason for key in self.edits)

    @property
    def first_wrong(self) -> str:
        """Key of the first setting that cannot be saved, of this part if it can be."""
        here = [one.key for one in self.settings[self.part]]
        return next((key for key in (*here, *self._errors) if key in self._errors), "")

    def save(self, reason: str = "", pin: str = "") -> None:
        """Save what was changed, by the name of who acts."""
        if not self.can_save:
            return
        values, who = dict(self.edits), self._who()
        seen = {key: self._standings[key].mark for key in values}
        self.busy, self._says = True, None
        hidden = Secret(pin)  # a failed job's frame never shows it
        self._tickets[self.save_key] = self._review.change(
            self.save_key,
            lambda _: self._desk.save(values, seen, who=who, reason=reason, pin=hidden.reveal()),
        )

    # ------------------------------------------------------------ answers

    def take(self, event: object) -> Ended | None:
        """An answer; `Ended` if it was that of a save."""
        if not isinstance(event, Reported | ReportFailed) or self._tickets.get(event.key) != event.ticket:
            return None
        if event.key == self.save_key:
            return self._saved(event)
        if isinstance(event, ReportFailed):
            self._fault = event.message
        elif event.key == self.look_key and isinstance(event.value, tuple):
            self._fault = None
            self._standings = {one.key: one for one in event.value}
            self._drop_idle_edits()
        elif event.key == self.history_key and isinstance(event.value, tuple):
            self.history = event.value
        return None

    def mine(self, event: object) -> bool:
        """Whether the event is about this panel."""
        return isinstance(event, Reported | ReportFailed) and event.key in (
            self.look_key, self.save_key, self.history_key,
        )  # fmt: skip

    def _saved(self, event: Reported | ReportFailed) -> Ended:
        self.busy = False
        self._look()
        if isinstance(event, ReportFailed):
            key = str(dict(event.message.params).get("key", ""))
            if key in self.edits:
                self._errors[key] = event.message
            self._says = (event.message, Tone.REFUSED)
            return Ended(failure=event.message)
        saved = tuple(self.edits)
        self._saved_count = len(saved)
        self._says = ("setup.saved", Tone.USABLE)
        self.edits, self._errors = {}, {}
        return Ended(saved)

    def _drop_idle_edits(self) -> None:
        """What became true meanwhile is no change any more."""
        for key in list(self.edits):
            if not known(key).secret and self.edits[key].reveal() == self._text_of(key):
                del self.edits[key]

    # ------------------------------------------------------------ showing

    def _text_of(self, key: str) -> str:
        return words.as_typed(self._standings[key].value)

    def model(self, tr: Translator) -> SettingsModel:
        """The panel now."""
        says, tone = self._say(tr)
        waits = sum(one.waits for one in self._standings.values())
        chips = tuple(Option(name, words.part_words(tr, name)) for name in self.spec.parts)
        return SettingsModel(
            tr.t(f"setup.panel.{self.spec.name}"),
            self._hint(tr),
            says,
            tone,
            tr.t("setup.wait_for_restart", count=waits) if waits else "",
            self._rows(tr),
            words.actions(tr, self._acts(), is_secret=bool(self.at) and known(self.at).secret),
            chips if len(chips) > 1 else (),
            self.part,
            self.busy,
        )

    def _hint(self, tr: Translator) -> str:
        about = tr.t(f"setup.about.{self.spec.name}")
        return f"{about} {tr.t('setup.all_with_restart')}" if self._all_with_restart else about

    @property
    def _all_with_restart(self) -> bool:
        """Then it is said once, not with each."""
        return all(one.applies is Applies.RESTART for one in self.settings[self.part])

    def _acts(self) -> tuple[Act, ...]:
        acts: list[Act] = []
        if self.edits and not self.busy:
            acts += [Act.SAVE, Act.UNDO]
        standing = self._standings.get(self.at)
        if standing is not None and not self.busy:
            edit = self.edits.get(self.at)
            now = edit.reveal() if edit is not None else words.as_typed(standing.value)
            if now != words.as_typed(standing.shipped):
                acts.append(Act.SHIPPED)
        return (*acts, Act.HISTORY)

    def _say(self, tr: Translator) -> tuple[str, Tone]:
        if self._fault is not None:
            return str(say_message(tr, self._fault)), Tone.REFUSED
        if self.busy:
            return tr.t("setup.saving"), Tone.BRAND
        if self._says is not None:
            said, tone = self._says
            if isinstance(said, Message):
                return words.message_words(tr, said), tone
            return tr.t(said, count=self._saved_count), tone
        if not self._standings:
            return tr.t("setup.reading"), Tone.NEUTRAL
        if self._errors:
            return tr.t("setup.wrong", count=len(self._errors)), Tone.REFUSED
        return (tr.t("setup.unsaved", count=len(self.edits)), Tone.UNKNOWN) if self.edits else ("", Tone.NEUTRAL)

    def _rows(self, tr: Translator) -> tuple[RowModel, ...]:
        rows: list[RowModel] = []
        group: Group | None = None
        several, once = len(self.spec.parts[self.part]) > 1, self._all_with_restart
        for setting in self.settings[self.part]:
            standing = self._standings.get(setting.key)
            if standing is None:
                continue
            title = words.group_words(tr, setting.group) if several and setting.group is not group else ""
            if title == tr.t(f"setup.panel.{self.spec.name}"):
                title = ""  # it stands above already
            group = setting.group
            error = self._errors.get(setting.key)
            row = words.row(tr, setting, standing, self.edits.get(setting.key), title=title, error=error)
            rows.append(replace(row, applies="") if once and not row.waits else row)
        return tuple(rows)
