"""What this till is made of: versions, where its data lies, and whose work it stands on."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

from pos.made_with import OWN, Engines, Part, engines, parts
from pos.till.views import Environment
from pos.version import VERSION, build


@dataclass(frozen=True, slots=True)
class AboutFacts:
    """Everything the panel shows; nothing in it is a secret.

    Args:
        version: of the program, with its commit and package where they are known.
        folder: where the data lies.
        schema: of the journal.
        system: operating system and machine.
        parts: the program itself, then all it is made with, also what parts are made with.
    """

    version: str
    environment: Environment
    folder: Path
    schema: int
    system: str
    engines: Engines
    parts: tuple[Part, ...]


def gather(environment: Environment, folder: Path, schema: int) -> AboutFacts:
    """Read them; a few dozen small files, so not on the GUI thread."""
    return AboutFacts(
        str(build()),
        environment,
        folder,
        schema,
        f"{platform.system()} {platform.release()} · {platform.machine()}",
        engines(),
        (Part(OWN, VERSION, "MIT"), *parts()),
    )
