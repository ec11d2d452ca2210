"""python -I -B packages/core/test/guard: tests of the guard's modules, with the standard library only."""

import os
import sys
import unittest

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, os.pardir, os.pardir, "guard"))

tests = unittest.defaultTestLoader.discover(here)
result = unittest.TextTestRunner(verbosity=1).run(tests)
sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
