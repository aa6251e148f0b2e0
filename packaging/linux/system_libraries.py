"""Shared libraries that the system brings: never bundled, named in the package's Depends.

They belong to what is installed around the program (drivers, the C library, the desktop's bus and fonts, the keyboard's
tables): a copy of ours could not talk to them, or would miss their security updates.
"""

from __future__ import annotations

PACKAGES = {
    "libc.so.6": "libc6 (>= 2.36)",
    "ld-linux-x86-64.so.2": "libc6 (>= 2.36)",
    "libm.so.6": "libc6 (>= 2.36)",
    "libdl.so.2": "libc6 (>= 2.36)",
    "libpthread.so.0": "libc6 (>= 2.36)",
    "librt.so.1": "libc6 (>= 2.36)",
    "libresolv.so.2": "libc6 (>= 2.36)",
    "libutil.so.1": "libc6 (>= 2.36)",
    "libgcc_s.so.1": "libgcc-s1",
    "libstdc++.so.6": "libstdc++6",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libgl1",
    "libOpenGL.so.0": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libz.so.1": "zlib1g",
}
"""Shared object → the Debian packages that have it."""
