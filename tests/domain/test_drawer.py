"""The words that go with an opening of the drawer: kept where they are wanted, and only there."""

from __future__ import annotations

import pytest

from pos.domain.drawer import A_PERSON_S, DrawerReason, checked_note
from pos.domain.errors import RuleBroken


@pytest.mark.parametrize("reason", [reason for reason in A_PERSON_S if reason is not DrawerReason.OTHER], ids=str)
def test_a_reason_of_the_list_needs_no_words_and_keeps_none(reason: DrawerReason) -> None:
    assert checked_note(reason, "xem lại ngăn kéo") == ""


def test_another_reason_is_said_in_words_on_one_line() -> None:
    assert checked_note(DrawerReason.OTHER, "  đổi ngăn \n kéo ") == "đổi ngăn kéo"


def test_a_hundred_and_twenty_characters_are_room_enough() -> None:
    assert checked_note(DrawerReason.OTHER, "x" * 120) == "x" * 120
    with pytest.raises(RuleBroken, match=r"drawer\.note_unusable"):
        checked_note(DrawerReason.OTHER, "x" * 121)
