"""The hook in real interpreters; the guard's part is played by this process, whose pipes they open."""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HOOK = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "guard", "hook")
HOOK = os.path.normpath(HOOK)
LINUX = sys.platform == "linux"

# Prints what became of each line that it is given: 'done', or the exception.
TRY = """
import os, socket, sys
A, A6, S, D = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
def bind(family, kind, *address):
    bound = socket.socket(family, kind)
    bound.bind(address)
    return bound
for line in sys.argv[1:]:
    try:
        eval(line)
        print("done")
    except Exception as error:
        print(type(error).__name__, error)
"""


def run(words, folders=(HOOK,), planned="127.0.0.1:8000", guard=None, subnet=None, overlay=None, **options):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DEVLAUNCH_")}
    environment.update(PYTHONPATH=os.pathsep.join(folders), DEVLAUNCH_BIND=planned)
    if guard:
        environment["DEVLAUNCH_GUARD"] = guard
    if subnet:
        environment["DEVLAUNCH_SUBNET"] = subnet
    if overlay:
        environment["DEVLAUNCH_OVERLAY"] = overlay
    return subprocess.run(
        [sys.executable, "-B", *words], env=environment, capture_output=True, text=True, timeout=30, **options
    )


def outcomes(lines, **how):
    """Of each line of Python: 'done', or the exception."""
    result = run(["-c", TRY, *lines], **how)
    if result.returncode or result.stderr:
        raise AssertionError(result)
    return result.stdout.splitlines()


def outcome(line, **how):
    return outcomes([line], **how)[0]


def refusal(address, planned="127.0.0.1:8000", where="<string>:6"):
    sentence = "PermissionError [Errno 13] devlaunch refused %s (%s): planned is %s and nothing wider"
    return sentence % (address, where, planned)


class Policy(unittest.TestCase):
    def test_loopback_is_free_however_it_is_written(self):
        v4 = ("127.0.0.1", "127.1", "0x7f.1", "127.255.0.9", "localhost")
        lines = ["bind(A, %s, %r, 0)" % (kind, host) for host in v4 for kind in "SD"]
        lines += ["bind(A6, S, %r, 0)" % host for host in ("::1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1")]
        self.assertEqual(outcomes(lines), ["done"] * len(lines))

    def test_the_wide_ones_are_refused_however_they_are_written(self):
        v4 = {"": "0.0.0.0", "0": "0.0.0.0", "0.0.0.0": "0.0.0.0", "<broadcast>": "255.255.255.255", "10.1": "10.0.0.1"}
        v6 = {"": "[::]", "::": "[::]", "::ffff:0.0.0.0": "0.0.0.0", "fe80::1%1": "[fe80::1]"}
        expected = {"bind(A6, S, %r, 9)" % host: refusal(address + ":9") for host, address in v6.items()}
        for host, address in v4.items():
            for written in (host, host.encode(), bytearray(host.encode())):
                expected["bind(A, S, %r, 9)" % written] = refusal(address + ":9")
        self.assertEqual(dict(zip(expected, outcomes(expected))), expected)

    def test_the_planned_address_is_allowed_on_its_port_only(self):
        for planned, family, host in (("0.0.0.0:0", "A", "0.0.0.0"), ("[::]:0", "A6", "::")):
            with self.subTest(planned):
                self.assertEqual(outcome("bind(%s, D, %r, 0)" % (family, host), planned=planned), "done")
        self.assertEqual(
            outcome("bind(A, S, '0.0.0.0', 9)", planned="0.0.0.0:8000"), refusal("0.0.0.0:9", "0.0.0.0:8000")
        )
        self.assertEqual(
            outcome("bind(A6, S, '::', 8000)", planned="0.0.0.0:8000"), refusal("[::]:8000", "0.0.0.0:8000")
        )

    def test_a_client_may_choose_its_source_address(self):
        connect = "socket.create_connection(bind(A, S, '127.0.0.1', 0).getsockname(), source_address=('0.0.0.0', 0))"
        self.assertIn("ConnectionRefusedError", outcome(connect))  # it came as far as that
        connect = "(lambda a: a.run(a.open_connection('127.0.0.1', 1, local_addr=('0.0.0.0', 0))))(__import__('asyncio'))"
        self.assertIn("ConnectionRefusedError", outcome(connect))

    def test_a_server_may_not_and_is_refused_when_it_listens(self):
        lines = ["bind(A, S, '', 0).listen()", "socket.create_server(('', 0))", "socket.socket().listen(5)"]
        for line, told in zip(lines, outcomes(lines)):
            with self.subTest(line):
                self.assertRegex(told, r"^PermissionError \[Errno 13\] devlaunch refused 0\.0\.0\.0:\d+ \(<string>:")
        self.assertRegex(outcome("socket.socket(A6).listen()"), r"refused \[::\]:\d+")
        self.assertEqual(outcome("socket.create_server(('127.0.0.1', 0))"), "done")

    def test_udp_has_no_listen_and_is_refused_at_once(self):
        self.assertEqual(outcome("bind(A, D, '', 0)"), refusal("0.0.0.0:0"))

    def test_other_families_and_mistakes_are_as_ever(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(outcome("socket.socket(socket.AF_UNIX).bind(%r)" % (folder + "/s")), "done")
            listens = "(lambda s: (s.bind(%r), s.listen()))(socket.socket(socket.AF_UNIX))" % (folder + "/t")
            self.assertEqual(outcome(listens), "done")
        mistakes = ["socket.socket().bind('x')", "bind(A, S, 'no-such-host.invalid', 1)", "bind(A, S, '', 'x')"]
        self.assertEqual(outcomes(mistakes), run(["-I", "-c", TRY, *mistakes]).stdout.splitlines())

    def test_what_cannot_be_hooked_is_not(self):
        for flag in ("-I", "-E", "-S"):
            with self.subTest(flag):
                bound = run([flag, "-c", TRY, "bind(A, D, '', 0)"])
                self.assertEqual((bound.stdout, bound.stderr), ("done\n", ""))


# From here on the kernel refuses SO_ATTACH_FILTER, as some containers do.
NO_FILTERS = """
import ctypes, os, struct
prctl, number = ctypes.CDLL(None).prctl, {"x86_64": 54, "aarch64": 208}[os.uname().machine]
steps = [(0x20, 0, 0, 0), (0x15, 0, 3, number), (0x20, 0, 0, 32), (0x15, 0, 1, 26), (6, 0, 0, 0x50001), (6, 0, 0, 0x7FFF0000)]
program = b"".join(struct.pack("HBBI", *step) for step in steps)
assert prctl(38, 1, 0, 0, 0) == 0
assert prctl(22, 2, struct.pack("HP", len(steps), ctypes.cast(program, ctypes.c_void_p).value)) == 0
"""


@unittest.skipUnless(LINUX, "other kernels have no such filter")
class Subnet(unittest.TestCase):
    """What is bound to the planned address gets the filter of the subnet, before it can listen."""

    def locked(self, *lines, host="127.0.0.1"):
        """Of each socket: has it a filter that stays?"""
        lines = ["print((%s).getsockopt(1, 44))" % line.replace("PORT", str(self.port)) for line in lines]
        return outcomes(lines, planned="%s:%d" % (host, self.port), subnet="192.168.1.0/24")[::2]

    def setUp(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def test_what_is_bound_there_and_nothing_else(self):
        lines = ["bind(A, S, '127.0.0.1', %s)" % port for port in ("PORT", 0)] + ["bind(A, S, '127.0.0.2', PORT)"]
        self.assertEqual(self.locked(*lines), ["1", "0", "0"])
        self.assertEqual(self.locked("bind(A6, S, '::1', PORT)", host="[::1]"), ["1"])
        self.assertEqual(self.locked("bind(A6, S, '::ffff:127.0.0.1', PORT)"), ["1"])

    def test_each_listener_of_a_reloader(self):
        bind = "bind(A, S, '127.0.0.1', PORT)"
        self.assertEqual(self.locked("(lambda s: s.listen() or s.close())(%s) or %s" % (bind, bind)), ["1"])

    def test_what_was_bound_past_python(self):
        address = struct.pack("=H2s4s8x", socket.AF_INET, self.port.to_bytes(2, "big"), b"\x7f\0\0\1")
        bind = "__import__('ctypes').CDLL(None).bind(s.fileno(), %r, 16)" % address
        self.assertEqual(self.locked("(lambda s: (%s, s.listen(), s)[2])(socket.socket())" % bind), ["1"])

    def test_without_a_filter_nothing_is_bound(self):
        lines = ["bind(A, S, '127.0.0.1', %d)" % port for port in (self.port, 0)]
        planned = "127.0.0.1:%d" % self.port
        told = run(["-c", NO_FILTERS + TRY, *lines], planned=planned, subnet="10.0.0.0/8").stdout.splitlines()
        sentence = "PermissionError [Errno 1] devlaunch can't keep %s to 10.0.0.0/8 (SO_ATTACH_FILTER: Operation not permitted)"
        self.assertEqual(told, [sentence % planned, "done"])

    def test_without_a_subnet_there_is_none(self):
        line = "print(bind(A, S, '127.0.0.1', %d).getsockopt(1, 44))" % self.port
        self.assertEqual(outcomes([line], planned="127.0.0.1:%d" % self.port), ["0", "done"])


class Culprit(unittest.TestCase):
    """The nearest line of the project is named, however deep in libraries the bind is."""

    def test_a_library_is_passed_over_as_long_as_there_is_a_line_of_the_project(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, "site-packages/library.py", "import socket\ndef serve():\n    socket.create_server(('', 9))\n")
            write(folder, "app.py", "import library\n\nlibrary.serve()\n")
            both = (HOOK, os.path.join(folder, "site-packages"))
            error = run(["app.py"], folders=both, cwd=folder).stderr.splitlines()[-1]
            self.assertIn("devlaunch refused 0.0.0.0:9 (app.py:3): planned", error)
            error = run(["-m", "library", "-c"], folders=both, cwd=folder).stderr
            self.assertEqual(error, "")
            error = run(["-m", "socketserver_of_nobody"], folders=both, cwd=folder).stderr
            self.assertIn("No module named socketserver_of_nobody", error)
            write(folder, "site-packages/wide.py", "import library\nlibrary.serve()\n")
            error = run(["-m", "wide"], folders=both, cwd=folder).stderr.splitlines()[-1]
            self.assertIn("(site-packages/library.py:3): planned", error)
            error = run(["-m", "http.server", "9"], folders=both, cwd=folder).stderr.splitlines()[-1]
            self.assertIn("devlaunch refused 0.0.0.0:9: planned", error)


class Chain(unittest.TestCase):
    """With the hook before it, a sitecustomize of the project does what it does without: output, status and modules."""

    def same(self, source, words=("-c", "import sys; print('main', 'sitecustomize' in sys.modules, sys.path)")):
        with tempfile.TemporaryDirectory() as folder:
            if source is not None:
                write(folder, "sitecustomize.py", source)
            write(folder, "behind.py", "import sitecustomize\nprint(sitecustomize.__file__, vars(sitecustomize).get('x'))\n")
            with_it, without = (run(words, folders=folders) for folders in ((HOOK, folder), (folder,)))
        self.assertEqual((with_it.stdout, with_it.stderr, with_it.returncode), (without.stdout, without.stderr, without.returncode))
        self.assertTrue(without.stdout or without.stderr)
        return without

    def test_none(self):
        self.same(None)
        self.assertIn("No module named 'sitecustomize'", self.same(None, ["-m", "behind"]).stderr)

    def test_one_that_prints(self):
        self.assertTrue(self.same("print('hello')").stdout.startswith("hello"))

    def test_one_that_is_imported_again(self):
        self.assertTrue(self.same("x = 7", ["-m", "behind"]).stdout.endswith("7\n"))

    def test_one_that_raises(self):
        for source in ("raise LookupError('no stock')", "import no_such_module", "raise ImportError('x', name='sitecustomize')"):
            with self.subTest(source):
                self.same(source)

    def test_one_that_ends_the_interpreter(self):
        self.assertEqual(self.same("import os\nos.write(1, b'enough')\nos._exit(3)").returncode, 3)

    def test_one_that_runs_the_next(self):
        """As ddtrace's does."""
        source = """
import os, sys
folder = os.path.dirname(__file__)
sys.path.remove(folder)
ours = sys.modules.pop("sitecustomize")
try:
    import sitecustomize
except ImportError:
    print("no other")
finally:
    sys.modules["sitecustomize"] = ours
    sys.path.insert(0, folder)
"""
        self.assertTrue(self.same(source).stdout.startswith("no other"))

    def test_one_that_follows_every_child(self):
        """As coverage's does; it also comes before each fork's child ends."""
        source = "import atexit, os\natexit.register(lambda: print('covered', os.environ.get('CHILD')))"
        child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'pass'], env={**__import__('os').environ, 'CHILD': '1'})"
        self.assertIn("covered 1", self.same(source, ["-c", child]).stdout)

    def test_the_hook_is_there_as_well(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, "sitecustomize.py", "raise LookupError")
            result = run(["-c", TRY, "bind(A, D, '', 0)"], folders=(HOOK, folder))
            self.assertEqual(result.stdout.strip(), refusal("0.0.0.0:0"))


@unittest.skipUnless(LINUX, "the guard's pipes are opened through /proc")
class Guard(unittest.TestCase):
    def setUp(self):
        from hooks import Hooks  # its pipes can be made on Linux only

        self.hooks = Hooks()
        self.addCleanup(self.close)

    def close(self):
        for descriptor in (self.hooks._lifeline, self.hooks._reader, self.hooks._writer):
            try:
                os.close(descriptor)
            except OSError:  # a test has
                pass

    def variable(self, **changes):
        names = ("pid", "lifeline", "inode", "events", "events_inode", "namespace")
        return ":".join({**dict(zip(names, self.hooks.variable.split(":"))), **changes}.values())

    def refusals(self):
        return self.hooks.refusals(time.monotonic() + 1)

    def test_it_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(os.path.realpath(folder), "a b.py")
            write(folder, "a b.py", "import socket\n\nsocket.create_server(('', 9))\n")
            run(["a b.py"], cwd=folder, guard=self.hooks.variable)
            (told,) = self.refusals()
        self.assertGreater(told.pop("pid"), 1)
        self.assertEqual(told, {"address": "0.0.0.0", "port": 9, "reach": "public", "file": file, "line": 3})

    def test_nonsense_is_ignored_and_costs_neither_memory_nor_time(self):
        now = 0.0
        for nonsense in (b"\n" * 1000, b"x" * 60000, b"refused\n", b"refused 1 2 3 4 5\n", b"refused x 0.0.0.0 1 1 f\n", b"\xff\0 \n"):
            with self.subTest(nonsense[:20]):
                os.write(self.hooks._writer, nonsense)
                now += 1
                self.assertEqual(self.hooks.refusals(now), [])
                self.assertEqual(outcome("bind(A, S, '', 9)", guard=self.hooks.variable), refusal("0.0.0.0:9"))
                self.assertIsNone(self.hooks.descriptor(now + 0.04))
                self.assertEqual(self.hooks.refusals(now + 0.04), [])
                self.assertLessEqual(len(self.hooks._rest), 4096)
                now += 0.06
                self.assertIsNotNone(self.hooks.descriptor(now))
                self.assertEqual([each["port"] for each in self.hooks.refusals(now)], [9])

    def test_a_full_pipe_holds_nobody_up(self):
        try:
            while True:
                os.write(self.hooks._writer, b"x" * 4096)
        except BlockingIOError:
            pass
        self.assertEqual(outcome("bind(A, S, '', 9)", guard=self.hooks.variable), refusal("0.0.0.0:9"))

    def start(self, script):
        """Its pid, and a pipe that ends with its last process."""
        environment = {**os.environ, "PYTHONPATH": HOOK, "DEVLAUNCH_BIND": "127.0.0.1:8000"}
        environment["DEVLAUNCH_GUARD"] = self.hooks.variable
        child = subprocess.Popen([sys.executable, "-B", "-c", script], env=environment, stdout=subprocess.PIPE)
        self.addCleanup(lambda: (child.kill(), child.wait(), child.stdout.close()))
        return child

    def test_its_end_is_the_end_of_every_interpreter_however_it_was_forked(self):
        daemon = "import os, time\nfor turn in range(2):\n    if os.fork(): os._exit(0)\n    os.setsid()\n"
        pool = "import multiprocessing as m, time\ndef main():\n    for way in ('fork', 'spawn'): m.get_context(way).Process(target=time.sleep, args=(99,)).start()\n    time.sleep(.5)\n"
        for name, script in (("daemon", daemon), ("pool", pool + "main()\n")):
            with self.subTest(name):
                child = self.start(script + "print('up', flush=True)\ntime.sleep(99)")
                self.assertEqual(child.stdout.readline(), b"up\n")
                os.close(self.hooks._lifeline)
                self.assertEqual(child.stdout.read(), b"")  # nobody holds it any more
                self.setUp()

    def test_a_stopped_interpreter_ends_as_well(self):
        child = self.start("import os, signal; print('up', flush=True); os.kill(os.getpid(), signal.SIGSTOP)")
        self.assertEqual(child.stdout.readline(), b"up\n")
        os.close(self.hooks._lifeline)
        self.assertEqual(child.wait(10), -9)

    def test_an_interpreter_that_comes_too_late_ends_itself(self):
        dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
        for name, changes in (
            ("no such process", {"pid": dead.stdout.decode().strip()}),
            ("another process has its number", {"inode": "1"}),
            ("no such descriptor", {"lifeline": "999"}),
        ):
            with self.subTest(name):
                result = run(["-c", "print('alive')"], guard=self.variable(**changes))
                self.assertEqual((result.returncode, result.stdout), (-9, ""))
                self.assertIn("the guard of this process is gone", result.stderr)

    def test_where_its_numbers_mean_nothing_everything_goes_on(self):
        for name, value in (("a container", self.variable(pid="1", namespace="1")), ("nonsense", "x:1"), ("nothing", "")):
            with self.subTest(name):
                self.assertEqual(outcome("bind(A, D, '', 0)", guard=value), refusal("0.0.0.0:0"))

    @unittest.skipUnless(LINUX and os.getuid() == 0, "only root can become somebody else")
    def test_a_server_that_has_dropped_its_rights_goes_on(self):
        drop = "os.setgid(65534) or os.setuid(65534) or os.fork() and print(os.wait()[1])"
        result = run(["-c", "import os; " + drop], guard=self.hooks.variable)
        self.assertEqual((result.stdout, result.stderr), ("0\n", ""))

    def test_its_descriptor_takes_no_number_that_a_server_expects_and_reaches_no_program(self):
        script = "import os, subprocess; print(os.open('/', 0), subprocess.run(['ls', '/proc/self/fd'], close_fds=False, stdout=-1).stdout.split())"
        self.assertEqual(run(["-c", script], guard=self.hooks.variable).stdout, run(["-c", script]).stdout)


def write(folder, name, source):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
