"""All planted bugs."""

from __future__ import annotations

from tests.simulation.bugs.given import GIVEN
from tests.simulation.bugs.planting import Bug
from tests.simulation.bugs.sending import SENDING
from tests.simulation.bugs.verdicts import VERDICTS

BUGS: tuple[Bug, ...] = SENDING + VERDICTS + GIVEN
