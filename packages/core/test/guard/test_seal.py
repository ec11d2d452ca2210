import ctypes
import errno
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
import unittest
import unittest.mock
from multiprocessing.connection import Client, Listener

if sys.platform == "linux":
    import linux_kernel
    from seal import Seal

IPPROTO_MPTCP, PR_SET_DUMPABLE = 262, 4
NOBODY = 65534


def sealed(act):
    """What the function returns in a sealed process. Answers until its last descendant has ended."""
    seal = Seal()
    seal.prepare()
    answer, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(20)
        try:
            seal.apply({})
            os.write(told, repr(act()).encode())
        except BaseException:
            os.write(told, traceback.format_exc().encode())
        os._exit(0)
    os.close(told)
    seal.collect(pid)
    poll = select.poll()
    poll.register(seal.requests.descriptor, select.POLLIN)
    while poll.poll()[0][1] & select.POLLIN:
        seal.requests.answer()
    seal.requests.close()
    os.waitpid(pid, 0)
    with open(answer) as text:
        return text.read()


def unprivileged(act):
    """The same where the guard is nobody's too."""
    if os.getuid():
        return sealed(act)
    answer, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            linux_kernel._prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # as after an exec
            os.write(told, sealed(act).encode())
        finally:
            os._exit(0)
    os.close(told)
    os.waitpid(pid, 0)
    with open(answer) as text:
        return text.read()


def listening():
    """The addresses at which this process's own sockets listen."""
    with os.scandir("/proc/self/fd") as entries:
        own = {os.readlink(each.path) for each in entries}
    found = []
    for table in ("tcp", "tcp6"):
        with open("/proc/self/net/" + table) as rows:
            columns = [row.split() for row in list(rows)[1:]]
        found += [row[1] for row in columns if row[3] == "0A" and "socket:[%s]" % row[9] in own]
    return found


kept = []


def refused(open_listener):
    """The errno that it fails with, and what listens nevertheless."""

    def act():
        try:
            open_listener()
        except OSError as error:
            return error.errno, listening()
        return 0, listening()

    return act


def made(*arguments):
    kept.append(socket.socket(*arguments))
    return kept[-1]


def bind(family, host):
    made(family, socket.SOCK_STREAM).bind((host, 0))


def native():
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = struct.pack("=H", socket.AF_INET) + bytes(14)
    bound, listens = libc.bind(descriptor, address, len(address)), libc.listen(descriptor, 5)
    if bound or listens:
        raise OSError(ctypes.get_errno(), "bind")


def other_thread():
    """Its files are its own, so that the guard can't see them where it looks."""
    failed = []

    def run():
        os.unshare(os.CLONE_FILES) if hasattr(os, "unshare") else ctypes.CDLL(None).unshare(0x400)
        try:
            made().listen()
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    raise failed[0]


def daemon():
    answer, told = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(told, repr([refused(each)() for each in (lambda: bind(socket.AF_INET, ""), made().listen)]).encode())
        os._exit(0)
    os.wait()
    os.close(told)
    with open(answer) as text:
        found = eval(text.read())
    if found == [(errno.EACCES, [])] * 2:
        raise PermissionError(errno.EACCES, "both")


def other_program():
    script = "import errno, socket\ntry: socket.create_server(('', 0))\nexcept OSError as error: raise SystemExit(error.errno)"
    code = subprocess.run([sys.executable, "-I", "-S", "-c", script], env={}).returncode
    raise OSError(code, "of the other program")


def io_uring():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 8, bytes(120)) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")


def file():
    if ctypes.CDLL(None, use_errno=True).listen(os.open(os.devnull, os.O_RDONLY), 5):
        raise OSError(ctypes.get_errno(), "listen")


HOSTILE = {
    "a bind to every address": (lambda: bind(socket.AF_INET, "0.0.0.0"), errno.EACCES),
    "a bind to loopback": (lambda: bind(socket.AF_INET, "127.0.0.1"), errno.EACCES),
    "a bind to every address of both kinds": (lambda: bind(socket.AF_INET6, "::"), errno.EACCES),
    "a listen without a bind": (lambda: made().listen(), errno.EACCES),
    "the same with IPv6": (lambda: made(socket.AF_INET6).listen(), errno.EACCES),
    "the same in a thread with files of its own": (other_thread, errno.EBADF),
    "a bind and a listen past Python": (native, errno.EACCES),
    "MPTCP": (lambda: made(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP), errno.EPROTONOSUPPORT),
    "io_uring": (io_uring, errno.ENOSYS),
    "a daemon": (daemon, errno.EACCES),
    "another program without an environment": (other_program, errno.EACCES),
    "a listen on a file": (file, errno.ENOTSOCK),
}


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Sealed(unittest.TestCase):
    def test_opens_no_listener(self):
        for name, (open_listener, expected) in HOSTILE.items():
            with self.subTest(name):
                self.assertEqual(sealed(refused(open_listener)), repr((expected, [])))

    def test_opens_none_as_nobody(self):
        for name in ("a bind to every address", "a listen without a bind", "MPTCP", "a daemon"):
            open_listener, expected = HOSTILE[name]
            with self.subTest(name):
                self.assertEqual(unprivileged(refused(open_listener)), repr((expected, [])))

    def test_the_same_listeners_are_found_without_a_seal(self):
        """Or the tests above could not fail."""
        for name in ("a bind and a listen past Python", "a listen without a bind", "the same with IPv6"):
            pid = os.fork()
            if pid == 0:
                code, found = refused(HOSTILE[name][0])()
                os._exit(0 if code == 0 and len(found) == 1 else 1)
            with self.subTest(name):
                self.assertEqual(os.waitpid(pid, 0)[1], 0)

    def test_serves_on_a_socket_that_was_handed_over(self):
        with socket.create_server(("127.0.0.1", 0)) as handed:

            def serve():
                handed.listen(2048)  # as asyncio does
                with socket.create_connection(handed.getsockname()), handed.accept()[0]:
                    return len(listening())

            self.assertEqual(sealed(serve), "1")

    def test_reaches_loopback_and_the_kernel_chooses_its_port(self):
        with socket.create_server(("127.0.0.1", 0)) as other:

            def reach():
                with socket.create_connection(other.getsockname()) as client:
                    return client.getpeername() == other.getsockname()

            self.assertEqual(sealed(reach), "True")

    def test_talks_over_unix_sockets(self):
        def talk():
            with Listener(family="AF_UNIX") as listener, Client(listener.address) as client:
                client.send("hello")
                with listener.accept() as server:
                    return server.recv()

        self.assertEqual(sealed(talk), "'hello'")
        self.assertEqual(unprivileged(talk), "'hello'")

    def test_runs_programs_whose_setuid_bit_has_no_effect(self):
        read = "grep -E 'NoNewPrivs|^Seccomp:' /proc/self/status"
        seen = sealed(lambda: subprocess.run(read, shell=True, capture_output=True).stdout.split())
        self.assertEqual(seen, repr([b"NoNewPrivs:", b"1", b"Seccomp:", b"2"]))

    def test_ends_a_program_of_another_architecture(self):
        """Its calls have other numbers. `int 0x80` is i386, whatever the program."""
        if os.uname().machine != "x86_64":
            self.skipTest("x86_64 only")

        def call():
            pid = os.fork()
            if pid == 0:
                import mmap

                code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
                code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
                start = ctypes.addressof(ctypes.c_char.from_buffer(code))
                ctypes.CFUNCTYPE(ctypes.c_int)(start)()
                os._exit(0)
            return os.waitpid(pid, 0)[1] & 0x7F

        self.assertEqual(sealed(call), repr(int(signal.SIGSYS)))


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Unsealable(unittest.TestCase):
    def fails(self, replaced, substitute, call):
        with unittest.mock.patch(replaced, substitute), self.assertRaises(OSError) as caught:
            call()
        return str(caught.exception)

    def test_says_why(self):
        old = os.uname_result(("Linux", "host", "5.15.0", "", "x86_64"))
        riscv = os.uname_result(("Linux", "host", "6.18.0", "", "riscv64"))

        def absent(*_):
            raise OSError(errno.ENOSYS, "")

        def off(*_):
            raise OSError(errno.EOPNOTSUPP, "")

        self.assertIn("x86_64 and aarch64", self.fails("os.uname", lambda: riscv, Seal().prepare))
        self.assertIn("without Landlock", self.fails("seal.system_call", absent, Seal().prepare))
        self.assertIn("switched off", self.fails("seal.system_call", off, Seal().prepare))
        with unittest.mock.patch("seal.system_call", lambda *_: 3):
            self.assertIn("Linux 6.7 or newer, and this is 5.15.0", self.fails("os.uname", lambda: old, Seal().prepare))
