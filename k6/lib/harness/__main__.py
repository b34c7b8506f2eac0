"""Started by `k6/run.sh`."""

import sys

from run import main

sys.exit(main())
