"""Tones: different enough to tell apart, never loud when off, never in the way."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pos.ui.signs import Sound
from pos.ui.sounds import RATE_HZ, TONES, Player, wave_bytes

LONGEST_S = 0.5


@pytest.mark.parametrize("sound", list(Sound))
def test_a_tone_is_short(sound: Sound) -> None:
    """The next customer's verdict never waits for the last one's tone."""
    length_s = len(wave_bytes(sound, 100)) / 2 / RATE_HZ
    assert 0.05 < length_s < LONGEST_S


def test_usable_rises_and_refused_is_two_low_tones() -> None:
    """Told apart with closed eyes."""
    rising, low = TONES[Sound.USABLE], [tone for tone in TONES[Sound.REFUSED] if tone[0]]
    assert len(rising) == 1
    assert rising[0][1] > rising[0][0]
    assert len(low) == 2
    assert max(tone[0] for tone in low) < 300


def test_volume_is_obeyed() -> None:
    """Half is half, off is silence."""
    peak = [max(abs(s) for s in memoryview(wave_bytes(Sound.USABLE, volume)).cast("h")) for volume in (100, 50, 0)]
    assert peak[0] == pytest.approx(2 * peak[1], rel=0.01)
    assert peak[2] == 0


def test_the_system_player_gets_a_real_wave_file(qtbot: QtBot, tmp_path: Path) -> None:
    """What is handed to the player is a sound file any program plays; playing returns at once and cleans up."""
    player = Player(60, tmp_path)
    player._command = ["cat"]
    player.play(Sound.REFUSED)
    qtbot.waitUntil(lambda: not player._running)
    with wave.open(str(tmp_path / "refused-60.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
    player.close()


def test_a_player_that_does_not_start_is_no_trouble(qtbot: QtBot, tmp_path: Path) -> None:
    """A broken sound system costs a tone, not a sale."""
    player = Player(60, tmp_path)
    player._command = [str(tmp_path / "no-such-player")]
    player.play(Sound.USABLE)
    qtbot.waitUntil(lambda: not player._running)
    player.close()
    assert player._running == []
