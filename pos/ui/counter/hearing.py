"""Which sound goes with a change of the bill: the ear knows before the eye."""

from __future__ import annotations

from pos.till.views import BillView, LineStatus, Phase
from pos.ui.signs import Sound


def sound_between(before: BillView | None, view: BillView) -> Sound | None:
    """The sound of this change, if it has one; a repeated snapshot is silent."""
    if before is None or before.phase is not view.phase:
        sound = _PHASE_SOUNDS.get(view.phase)
        if sound is not None:
            return sound
    old = {line.id: line.status for line in before.lines} if before else {}
    changed = [line.status for line in view.lines if old.get(line.id) is not line.status]
    for status, sound in _LINE_SOUNDS:
        if status in changed:
            return sound
    return None


_PHASE_SOUNDS = {
    Phase.DONE: Sound.USABLE,
    Phase.ACCEPTED_OFFLINE: Sound.USABLE,
    Phase.UNKNOWN: Sound.UNKNOWN,
    Phase.OFFERED: Sound.UNKNOWN,
    Phase.CLOSED: Sound.REFUSED,
    Phase.FINISH: Sound.NOTICE,
    Phase.UNSENT: Sound.NOTICE,
}
_LINE_SOUNDS = (
    (LineStatus.REFUSED, Sound.REFUSED),
    (LineStatus.UNCHECKED, Sound.UNKNOWN),
    (LineStatus.USABLE, Sound.USABLE),
)
