"""The panels of the set-up section, in the order of their list. Imported when the section first opens.

A panel is a `pos.ui.manager.section.Section`: `name`, `build(look)`, `take_event`, `opened`, `closed`, `waiting`. It is
opened when it comes into sight and closed when another does or the section is left; it hears every event of the till
and of the review service, also out of sight.

To hang one in: make it in `pos/ui/manager/setup/<name>/`, put it into the tuple that `build_panels` returns, and give
it its words: `setup.panel.<name>` stands in the list, `setup.about.<name>` is said aloud and as a tool tip. Keys reach
the drawn `PageScreen` by `press`; digits that it does not take by `take_letter`, 1 to 9 and 0, are the list's, and
`Esc` goes back to it. Whatever a panel does goes through `running.review.ask` and `running.review.change`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.office import Office
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section

if TYPE_CHECKING:
    from pos.running import RunningTill


def build_panels(running: RunningTill, office: Office, acting: Acting) -> Sequence[Section]:
    """Make them all: people, shop, issuers, devices, policy, reports, looks, backup, health, about."""
    del running, office, acting
    return ()
