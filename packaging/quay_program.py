"""What a package starts: the command line `quay`, and nothing else."""

import sys

from pos.cli import main

sys.exit(main())
