"""A CUPS of the test's own: a real scheduler on a socket file, its queues and its jobs, gone when the test is."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_START_S = 10.0
_FILES_CONF = """ServerRoot {dir}/root
CacheDir {dir}/cache
RequestRoot {dir}/spool
TempDir {dir}/spool/tmp
StateDir {dir}/state
AccessLog {dir}/access_log
ErrorLog {dir}/error_log
PageLog {dir}/page_log
FatalErrors none
SystemGroup {group}
{run_as}
"""
_CUPSD_CONF = """LogLevel debug
Listen {dir}/sock
Browsing No
WebInterface No
DefaultAuthType None
{more}
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order deny,allow
Allow all
</Limit>
</Policy>
"""


class CupsServer:
    """The running scheduler.

    Attributes:
        environment: What ``lp`` and its like must see to reach it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.environment: Mapping[str, str] = {**os.environ, "CUPS_SERVER": str(folder / "sock"), "LC_ALL": "C"}

    def call(self, *command: str) -> str:
        """Run an administrator's command and return what it said."""
        done = subprocess.run(command, env=dict(self.environment), capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr, self.log())
        return done.stdout

    def add_queue(self, name: str, port: int, policy: str = "retry-job") -> None:
        """Make a raw queue to a network printer on this machine, and start it."""
        uri = f"socket://127.0.0.1:{port}"
        self.call("lpadmin", "-p", name, "-E", "-v", uri, "-o", f"printer-error-policy={policy}")

    def waiting_jobs(self, queue: str) -> str:
        """Return the jobs that would still be printed."""
        return self.call("lpstat", "-o", queue)

    def log(self) -> str:
        """Return the end of its log, for a failed test."""
        path = self._folder / "error_log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


@contextmanager
def cups_server(more: str = "") -> Iterator[CupsServer]:
    """Run a scheduler.

    Args:
        more: Further lines of ``cupsd.conf``.
    """
    # Not pytest's folder: the name of a socket may only be so long, and the back ends run as another user.
    folder = Path(tempfile.mkdtemp(prefix="cups-"))
    folder.chmod(0o755)
    for name in ("root", "cache", "spool/tmp", "state"):
        (folder / name).mkdir(parents=True)
    group = grp.getgrgid(os.getegid()).gr_name
    run_as = "User lp\nGroup lp" if os.geteuid() == 0 else f"User {getpass.getuser()}\nGroup {group}"
    (folder / "cups-files.conf").write_text(_FILES_CONF.format(dir=folder, group=group, run_as=run_as))
    (folder / "cupsd.conf").write_text(_CUPSD_CONF.format(dir=folder, more=more))
    program = shutil.which("cupsd", path=f"{os.environ['PATH']}:/usr/sbin") or "cupsd"
    scheduler = subprocess.Popen(
        [program, "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = CupsServer(folder)
    try:
        _await_start(server)
        yield server
    finally:
        scheduler.terminate()
        scheduler.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _await_start(server: CupsServer) -> None:
    deadline_mono_s = time.monotonic() + _START_S
    while time.monotonic() < deadline_mono_s:
        asked = subprocess.run(["lpstat", "-r"], env=dict(server.environment), capture_output=True, check=False)
        if b"is running" in asked.stdout:
            return
    raise AssertionError("cupsd did not start: " + server.log())
