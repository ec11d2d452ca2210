"""The guard: owns the process tree of one server, proves what it listens on, ends it.

Run by devlaunch as `python -I -S <this directory>`; docs/guard.md describes the protocol.
Standard library only, Python 3.9 or newer.
"""

import sys

if sys.version_info < (3, 9):
    sys.exit("devlaunch needs Python 3.9 or newer, this is " + sys.version.split()[0])

from guard import main

main()
