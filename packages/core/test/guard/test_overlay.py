"""What an adapter lays over a module of its server, in real interpreters."""

import os
import sys
import tempfile
import unittest
import zipfile

from test_hook import HOOK, run, write

LAY = "def overlay(module):\n    module.hosts.append('ours')\n    print('laid over', module.__name__)\n"
SHOW = "import shop.conf as conf; print(conf.hosts, conf.__loader__.name, conf.__loader__ is conf.__spec__.loader, __import__('shop.other').other.x)"
THEIRS = "['theirs'] shop.conf True 7\n"
OURS = "laid over shop.conf\n['theirs', 'ours'] shop.conf True 7\n"

# A finder as tracers have one: it asks all the others, and puts a loader of its own around what they found.
TRACER = """
import importlib.util, sys
class Loader:
    def __init__(self, loader):
        self.loader = loader
    def __getattr__(self, name):
        return getattr(self.loader, name)
    def create_module(self, spec):
        return self.loader.create_module(spec)
    def exec_module(self, module):
        print("traced")
        self.loader.exec_module(module)
class Finder:
    busy = False
    def find_spec(self, name, path=None, target=None):
        if name != "shop.conf" or self.busy:
            return None
        self.busy = True
        spec = importlib.util.find_spec(name)
        self.busy = False
        spec.loader = Loader(spec.loader)
        return spec
"""


class Overlay(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        for name, source in (("conf", "hosts = ['theirs']\n"), ("other", "x = 7\n"), ("__init__", "")):
            write(self.folder, "shop/%s.py" % name, source)
        write(self.folder, "overlay.py", LAY)

    def shown(self, script=SHOW, module="shop.conf", file="overlay.py", folder=""):
        """Standard output, and nothing on standard error."""
        words = "%s:%s" % (module, os.path.join(self.folder, file))
        result = run(["-c", script], folders=(HOOK, os.path.join(self.folder, folder)), overlay=words)
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        return result.stdout

    def test_it_comes_after_the_module_and_leaves_no_trace_of_how(self):
        self.assertEqual(self.shown(), OURS)

    def test_another_process_of_the_tree_has_it_too(self):
        script = "import subprocess, sys; subprocess.run([sys.executable, '-c', %r])" % SHOW
        self.assertEqual(self.shown(script), OURS)

    def test_where_nobody_imports_the_module_the_file_is_not_read(self):
        self.assertEqual(self.shown("import shop.other, json; print('done')"), "done\n")

    def test_whatever_is_wrong_with_it_the_module_is_there(self):
        write(self.folder, "raises.py", "def overlay(module):\n    raise SystemError\n")
        write(self.folder, "syntax.py", "def overlay(:\n")
        write(self.folder, "empty.py", "")
        for file in ("raises.py", "syntax.py", "empty.py", "missing.py"):
            with self.subTest(file):
                self.assertEqual(self.shown(file=file), THEIRS)
        self.assertEqual(self.shown(module=""), THEIRS)

    def test_a_module_that_is_missing_or_broken_fails_as_ever(self):
        write(self.folder, "shop/broken.py", "raise LookupError('no stock')")
        for name, says in (("nosuch", "No module named 'shop.nosuch'"), ("broken", "LookupError: no stock")):
            with self.subTest(name):
                words = "shop.%s:%s/overlay.py" % (name, self.folder)
                result = run(["-c", "import shop.%s" % name], folders=(HOOK, self.folder), overlay=words)
                self.assertIn(says, result.stderr.splitlines()[-1])

    def test_a_tracer_before_it_or_after_it_traces(self):
        for place in ("0", "len(sys.meta_path)", "1"):
            with self.subTest(place):
                script = "%s\nsys.meta_path.insert(%s, Finder())\n%s" % (TRACER, place, SHOW)
                traced = "" if place.startswith("len") else "traced\n"
                lines = self.shown(script).splitlines(keepends=True)
                self.assertEqual(lines[:2] if traced else lines[:1], [*([traced] if traced else []), "laid over shop.conf\n"])
                self.assertTrue(lines[-1].startswith("['theirs', 'ours'] shop.conf"), lines)

    def test_a_module_of_an_archive(self):
        with zipfile.ZipFile(os.path.join(self.folder, "shop.zip"), "w") as archive:
            for name in ("__init__", "conf", "other"):
                archive.write(os.path.join(self.folder, "shop", name + ".py"), "shop/%s.py" % name)
        script = "import shop.conf, shop.other; print(shop.conf.hosts, shop.other.x)"
        missed = sys.version_info < (3, 10)  # zipimporter has its exec_module since then, and without one it is left alone
        expected = "['theirs'] 7\n" if missed else "laid over shop.conf\n['theirs', 'ours'] 7\n"
        self.assertEqual(self.shown(script, folder="shop.zip"), expected)

    def test_a_finder_of_old_is_passed_over(self):
        old = "type('Old', (), {'find_module': lambda self, name, path=None: None})()"
        script = "import sys; sys.meta_path.insert(1, %s); %s" % (old, SHOW)
        self.assertEqual(self.shown(script), OURS)
