"""The process keeps what it holds in memory to itself: no core dump, no reader from outside, no value in a stack trace.

`secure` is called first thing at the program's start. Everything in it is a single call to the operating system; what
one system does not know is left out there, and `facts` says so. A till that cannot be guarded sells all the same.

Not done: locking memory against being swapped out. An ordinary user may lock 8 MiB on Debian and Ubuntu, a till with
Qt holds over 100 MiB, so `mlockall` fails (ENOMEM, with MCL_ONFAULT too); with MCL_FUTURE alone it succeeds, and then
the 64 MiB that checking a PIN takes are refused. `facts` looks whether there is a swap that somebody could read, which
the shop can do something about.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pos.umask import keep_private

_TELL_TALE = (
    "SSLKEYLOGFILE",  # Python's TLS would write each connection's keys there
    "QT_LOGGING_RULES",  # Qt would tell every key that is pressed, PINs among them
    "QT_LOGGING_CONF",
    "PYTHONINSPECT",  # a prompt inside the program once it has ended
)
"""Left over from somebody's search for a fault, they give away what passes through. Not a wall: whoever sets a
process's environment on purpose has its user's rights already."""
_GET_DUMPABLE, _SET_DUMPABLE = 3, 4  # <linux/prctl.h>
_DENY_ATTACH = 31  # macOS, <sys/ptrace.h>
_NO_HEAP = 1  # Windows, WER_FAULT_REPORTING_FLAG_NOHEAP
_NO_BOXES = (
    0x0001 | 0x0002
)  # Windows, SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX: no box, and no report with memory


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that holds or does not; `held` is None where nobody can tell.

    `core_dumps`: none are written. `readers`: no other program of the same user may read this one's memory. `swap`:
    nothing of it comes to a disk in the clear.
    """

    name: str
    held: bool | None


def secure(environment: MutableMapping[str, str] = os.environ) -> None:
    """Guard this process, for its whole life. Main thread, before any other; takes 1 to 2 ms, once. Never raises."""
    keep_private()
    for name in _TELL_TALE:
        environment.pop(name, None)
    with suppress(Exception):  # a system without one of these calls is guarded by the others
        _no_core_file()
    with suppress(Exception):
        _no_readers()
    sys.excepthook = _crashed
    threading.excepthook = lambda args: _crashed(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _crashed(args.exc_type, args.exc_value, args.exc_traceback)


def facts() -> tuple[Fact, ...]:
    """How this process stands now. Reads a few lines of `/proc`; any thread."""
    return (Fact("core_dumps", _core_dumps_off()), Fact("readers", _readers_off()), Fact("swap", _swap_closed()))


def place_of(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Where a bug happened, without the values it happened with: `ValueError at sale.py:12 price < desk.py:90 sell`."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return f"{kind.__name__} at {' < '.join(reversed(frames))}"


def _crashed(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """A bug outside of the log: an error's own text may quote a code, and stderr may be a service manager's journal."""
    if not issubclass(kind, KeyboardInterrupt):
        with suppress(OSError, ValueError, AttributeError):  # no stderr: started with a click
            sys.stderr.write(f"quay: unexpected {place_of(kind, trace)}\n")
    del error


def _no_core_file() -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(_NO_BOXES)
        ctypes.windll.kernel32.WerSetFlags(_NO_HEAP)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _no_readers() -> None:
    """No ptrace, and no /proc/PID/mem, environ or maps, for other programs of the same user (Linux).

    Nor a core through a pipe, which a limit of 0 alone does not stop. A program started by this one is as usual.
    """
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    elif sys.platform == "darwin":
        ctypes.CDLL(None).ptrace(_DENY_ATTACH, 0, None, 0)


def _core_dumps_off() -> bool | None:
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def _readers_off() -> bool | None:
    if sys.platform != "linux":
        return None
    import ctypes

    return bool(ctypes.CDLL(None).prctl(_GET_DUMPABLE, 0, 0, 0, 0) == 0)


def _swap_closed(swaps: Path = Path("/proc/swaps"), blocks: Path = Path("/sys/class/block")) -> bool | None:
    """Whether every swap is encrypted or itself in memory (zram); None where there is no way to ask.

    A swap file counts as open: what lies below it is not looked for.
    """
    try:
        lines = swaps.read_text("ascii", "replace").splitlines()[1:]
    except OSError:
        return None
    return all(_is_closed(line.split()[0], blocks) for line in lines if line.strip())


def _is_closed(device: str, blocks: Path) -> bool:
    name = Path(device).name if not device.startswith("/dev/mapper/") else Path(os.path.realpath(device)).name
    if name.startswith("zram"):
        return True
    with suppress(OSError):
        return (blocks / name / "dm" / "uuid").read_text("ascii", "replace").startswith("CRYPT-")
    return False
