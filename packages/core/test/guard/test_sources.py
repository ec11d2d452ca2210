import ast
import os
import subprocess
import sys
import unittest

GUARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "guard")
FILES = sorted(name for name in os.listdir(GUARD) if name.endswith(".py"))


class Sources(unittest.TestCase):
    def test_python_3_9_can_read_every_file(self):
        self.assertIn("windows.py", FILES)
        for name in FILES:
            with open(os.path.join(GUARD, name), encoding="utf-8") as file, self.subTest(name):
                ast.parse(file.read(), name, feature_version=(3, 9))

    def test_the_system_is_asked_for_in_one_file(self):
        for name in FILES:
            with open(os.path.join(GUARD, name), encoding="utf-8") as file:
                source = file.read()
            with self.subTest(name):
                self.assertEqual("sys.platform" in source, name == "system.py")

    @unittest.skipUnless(sys.platform == "linux", "other systems need subprocess")
    def test_nothing_slow_is_imported_at_start(self):
        script = "import sys; sys.path.insert(0, sys.argv[1]); import guard; print(*sys.modules)"
        loaded = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", script, GUARD], capture_output=True, check=True, timeout=30
        ).stdout.decode().split()  # fmt: skip
        self.assertEqual(set(loaded) & {"json", "socket", "re", "subprocess", "signal", "typing", "enum"}, set())
