"""The guard: owns the process tree of one server, proves what it listens on, ends it.

Run by devlaunch as `python -I -S <this file>`; docs/guard.md describes the protocol.
Standard library only, Python 3.9 or newer.
"""

import os
import sys

if sys.version_info < (3, 9):
    sys.exit("devlaunch needs Python 3.9 or newer, this is " + sys.version.split()[0])

# `python <directory>` would do this too, through runpy and three modules more: 2 to 3 ms
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from guard import main  # noqa: E402

main()
