"""Short tones beside every verdict. A till without a loudspeaker loses nothing: sound is never the only sign.

Played by the system's own small player in a process of its own, since the Qt modules that ship have no audio; where
there is no player, the system's beep. Nothing here ever waits.
"""

from __future__ import annotations

import math
import shutil
import struct
import sys
import tempfile
import wave
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Slot
from PySide6.QtWidgets import QApplication

from pos.ui.signs import Sound

RATE_HZ = 22050
_FADE_S = 0.008

TONES: dict[Sound, tuple[tuple[float, float, float], ...]] = {
    # (from Hz, to Hz, seconds); 0 Hz is silence
    Sound.USABLE: ((660, 990, 0.14),),
    Sound.REFUSED: ((220, 220, 0.14), (0, 0, 0.06), (196, 196, 0.18)),
    Sound.UNKNOWN: ((440, 440, 0.22),),
    Sound.NOTICE: ((523, 523, 0.09), (0, 0, 0.04), (659, 659, 0.12)),
    Sound.REPEATED: ((784, 784, 0.05), (0, 0, 0.05), (784, 784, 0.05)),
}
_PLAYERS = (("paplay",), ("pw-play",), ("aplay", "-q"))


def wave_bytes(sound: Sound, volume_percent: int) -> bytes:
    """The samples of a tone: 16 bit, mono, `RATE_HZ`."""
    top = 32767 * 0.6 * max(0, min(100, volume_percent)) / 100
    samples: list[int] = []
    for start_hz, end_hz, length_s in TONES[sound]:
        samples.extend(_tone(start_hz, end_hz, length_s, top))
    return struct.pack(f"<{len(samples)}h", *samples)


def _tone(start_hz: float, end_hz: float, length_s: float, top: float) -> list[int]:
    count, phase, samples = int(length_s * RATE_HZ), 0.0, []
    for index in range(count):
        hz = start_hz + (end_hz - start_hz) * index / count
        phase += 2 * math.pi * hz / RATE_HZ
        edge_s = min(index, count - index) / RATE_HZ
        samples.append(int(top * min(1.0, edge_s / _FADE_S) * math.sin(phase)) if hz else 0)
    return samples


class Player(QObject):
    """Plays tones at a volume.

    Args:
        volume_percent: 0 is off.
        folder: where the wave files of this volume are written at first use; a private temporary one by default.
    """

    def __init__(self, volume_percent: int, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.volume_percent = volume_percent
        self._folder = folder
        self._own_folder: tempfile.TemporaryDirectory[str] | None = None
        self._command = next((list(player) for player in _PLAYERS if shutil.which(player[0])), None)
        self._running: list[QProcess] = []

    def play(self, sound: Sound) -> None:
        """Start the tone and return at once; while two are still playing a third is left out."""
        if self.volume_percent <= 0 or len(self._running) >= 2:
            return
        if sys.platform == "win32":
            self._play_windows(sound)
        elif self._command is None:
            QApplication.beep()
        else:
            self._start(self._command, self._file(sound))

    @Slot(object)
    def hear(self, sound: Sound | None) -> None:
        """The same for a change that may have no tone."""
        if sound is not None:
            self.play(sound)

    def close(self) -> None:
        """End what still plays and remove the files."""
        for process in self._running:
            process.kill()
            process.waitForFinished(200)
        self._running.clear()
        if self._own_folder is not None:
            self._own_folder.cleanup()
            self._own_folder = None

    def _file(self, sound: Sound) -> Path:
        if self._folder is None:
            self._own_folder = tempfile.TemporaryDirectory(prefix="quay-sounds-")
            self._folder = Path(self._own_folder.name)
        path = self._folder / f"{sound}-{self.volume_percent}.wav"
        if not path.exists():
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE_HZ)
                file.writeframes(wave_bytes(sound, self.volume_percent))
        return path

    def _start(self, command: list[str], path: Path) -> None:
        process = QProcess(self)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._ended)
        self._running.append(process)
        process.start(command[0], [*command[1:], str(path)])

    @Slot()
    def _ended(self) -> None:
        process = self.sender()
        if isinstance(process, QProcess) and process in self._running:
            self._running.remove(process)
            process.deleteLater()

    def _play_windows(self, sound: Sound) -> None:
        if sys.platform == "win32":  # narrows the type for the other systems
            import winsound

            winsound.PlaySound(str(self._file(sound)), winsound.SND_FILENAME | winsound.SND_ASYNC)
