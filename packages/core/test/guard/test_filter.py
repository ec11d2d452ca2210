"""The filter on real sockets, in real network namespaces, and the guard's look at a real server's."""

import os
import socket
import struct
import subprocess
import sys
import unittest

if sys.platform == "linux":
    import linux_filter
    import linux_kernel
    from filtering import Filtering
    from listener import Listener

GUARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "guard")
SUBNET = "192.168.1.0/24"
GET_FILTER, DETACH_FILTER, LOCK_FILTER, ATTACH_BPF = 26, 27, 44, 50

# Which of the sources reach a socket with the filter of a subnet.
SOURCES = [
    *("10.1.2.%d" % last for last in (0, 1, 127, 128, 191, 192, 200, 255)),
    *("10.1.1.255", "10.1.3.0", "10.0.255.255", "10.2.0.0", "11.1.2.1", "172.17.0.2"),
    *("fd00::1:0:0:1", "fd00::1:7fff:0:1", "fd00::1:8000:0:1", "fd00:0:0:1::1", "fd00:0:0:0:ffff::1", "fd01::1"),
]
REACHED_FROM = {
    "10.1.2.0/24": {each for each in SOURCES if each.startswith("10.1.2.")},
    "10.1.2.77/24": {each for each in SOURCES if each.startswith("10.1.2.")},
    "10.1.0.0/16": {each for each in SOURCES if each.startswith("10.1.")},
    "10.0.0.0/8": {each for each in SOURCES if each.startswith("10.")},
    "10.1.2.128/26": {"10.1.2.128", "10.1.2.191"},
    "10.1.2.200/32": {"10.1.2.200"},
    "0.0.0.0/0": {each for each in SOURCES if "." in each},
    "fd00::/64": {"fd00::1:0:0:1", "fd00::1:7fff:0:1", "fd00::1:8000:0:1", "fd00:0:0:0:ffff::1"},
    "fd00::1:0:0:0/81": {"fd00::1:0:0:1", "fd00::1:7fff:0:1"},
    "fd00::/16": {each for each in SOURCES if each.startswith("fd00")},
    "fd00:0:0:1::1/128": {"fd00:0:0:1::1"},
    "::/0": {each for each in SOURCES if ":" in each},
}

# Each socket takes what comes to its own port, until the one without a filter has seen everything.
RECEIVE = """
import select, socket, sys
sys.path.insert(0, sys.argv[1])
import linux_filter
def server(port, subnet):
    bound = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    if subnet:
        linux_filter.attach(bound, subnet)
    bound.bind(("::", port))
    bound.setblocking(False)
    return bound
every, *filtered = [server(9000 + place, subnet) for place, subnet in enumerate([None, *sys.argv[3:]])]
print(flush=True)
for _ in range(int(sys.argv[2])):
    assert select.select([every], [], [], 10)[0], "a datagram is missing"
    every.recv(100)
for each in filtered:
    found = []
    while select.select([each], [], [], 0)[0]:
        found.append(each.recv(100).decode())
    print(*found)
"""
# On one processor, so that they arrive in this order.
SEND = """
import os, socket, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
ports, *sources = sys.argv[1:]
for source in sources:
    v6 = ":" in source
    client = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
    client.bind((source, 0))
    for port in reversed(range(9000, 9000 + int(ports))):
        client.sendto(source.encode(), ("fd00::1" if v6 else "10.9.9.9", port))
"""


def ip(words):
    done = subprocess.run(["ip", *words.split()], capture_output=True, text=True, timeout=10, check=False)
    if done.returncode:
        raise AssertionError("needs network namespaces, which can't be made here: ip %s: %s" % (words, done.stderr))


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Packets(unittest.TestCase):
    def test_who_gets_through_for_each_kind_of_subnet(self):
        names = ["devlaunch-%s-%d" % (end, os.getpid()) for end in ("server", "client")]
        for name in names:
            ip("netns add " + name)
            self.addCleanup(ip, "netns delete " + name)
        ip("-n %s link add eth0 type veth peer name eth0 netns %s" % tuple(names))
        for name, addresses in zip(names, (["10.9.9.9", "fd00::1"], SOURCES)):
            for each in addresses:
                ip("-n %s address add %s dev eth0%s" % (name, each, " nodad" if ":" in each else ""))
            ip("-n %s link set eth0 up" % name)
            ip("-n %s route add default dev eth0" % name)
            ip("-n %s -6 route add default dev eth0" % name)
        inside = [["ip", "netns", "exec", name, sys.executable, "-I", "-B", "-c"] for name in names]
        receive = [*inside[0], RECEIVE, GUARD, str(len(SOURCES)), *REACHED_FROM]
        server = subprocess.Popen(receive, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (server.kill(), server.communicate()))
        server.stdout.readline()
        send = [*inside[1], SEND, str(1 + len(REACHED_FROM)), *SOURCES]
        subprocess.run(send, check=True, timeout=20)
        found = [set(line.split()) for line in server.stdout]
        self.assertEqual(dict(zip(REACHED_FROM, found)), REACHED_FROM)


def attach(target, *steps):
    """Any program: pairs of an operation and its value."""
    program = b"".join(struct.pack("HBBI", code, 0, 0, value) for code, value in steps)
    memory = linux_filter.array("B", program)
    target.setsockopt(socket.SOL_SOCKET, GET_FILTER, struct.pack("HP", len(steps), memory.buffer_info()[0]))
    return program


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Sockets(unittest.TestCase):
    def setUp(self):
        self.listener = socket.socket()
        self.addCleanup(self.listener.close)
        self.listener.bind(("127.0.0.1", 0))

    def test_nobody_takes_it_off(self):
        linux_filter.attach(self.listener, SUBNET)
        for option in (DETACH_FILTER, LOCK_FILTER):
            self.assertRaises(PermissionError, self.listener.setsockopt, socket.SOL_SOCKET, option, 0)
        self.assertRaises(PermissionError, attach, self.listener, (0x06, 0xFFFFFFFF))
        self.assertRaises(OSError, self.listener.setsockopt, socket.SOL_SOCKET, ATTACH_BPF, 0)
        self.assertRaises(PermissionError, linux_filter.attach, self.listener, "10.0.0.0/8")
        self.assertEqual(linux_kernel.filter_of(self.listener.fileno()), linux_filter.program(SUBNET))

    def test_who_is_accepted_has_it_too(self):
        linux_filter.attach(self.listener, SUBNET)
        self.listener.listen()
        with socket.create_connection(self.listener.getsockname(), 10) as client:  # from this machine
            accepted, _ = self.listener.accept()
            with accepted:
                self.assertEqual(linux_kernel.filter_of(accepted.fileno()), linux_filter.program(SUBNET))
                self.assertTrue(linux_filter.is_locked(accepted))
                client.sendall(b"x")
                self.assertEqual(accepted.recv(1), b"x")

    def test_any_program_can_be_read(self):
        self.assertEqual(linux_kernel.filter_of(self.listener.fileno()), b"")
        for length in (1, 130, 4096):
            program = attach(self.listener, *[(0x06, 0xFFFFFFFF)] * length)
            self.assertEqual(linux_kernel.filter_of(self.listener.fileno()), program)


SERVE = """
import socket, struct, sys
from array import array
def listen(*steps, lock=False):
    listener = socket.create_server(("127.0.0.1", 0))
    memory = array("B", b"".join(struct.pack("HBBI", 6, 0, 0, 0xffffffff) for _ in steps))
    if steps:
        listener.setsockopt(1, 26, struct.pack("HP", len(steps), memory.buffer_info()[0]))
    if lock:
        listener.setsockopt(1, 44, 1)
    return listener
kept = []
for line in sys.stdin:
    print(eval(line), flush=True)
"""


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Look(unittest.TestCase):
    """At the sockets of a real process."""

    def setUp(self):
        command = [sys.executable, "-I", "-c", SERVE]
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (self.server.kill(), self.server.communicate()))
        self.filtering, self.pids = Filtering(SUBNET, None), [self.server.pid]

    def tell(self, line):
        self.server.stdin.write(line + "\n")
        self.server.stdin.flush()
        return self.server.stdout.readline().strip()

    def listen(self, arguments=""):
        inode = self.tell("kept.append(listen(%s)) or __import__('os').fstat(kept[-1].fileno()).st_ino" % arguments)
        return Listener(b"\x7f\0\0\1", 8000, int(inode))

    def look(self, *listeners):
        return self.filtering.look(listeners, lambda _: self.pids)

    def is_locked(self, number):
        return self.tell("kept[%d].getsockopt(1, 44)" % number)

    def test_each_new_listener_gets_it_and_it_is_told_once(self):
        self.assertIsNone(self.look())
        first = self.listen()
        self.assertEqual([self.look(first), self.look(first)], [(True, ""), None])
        second = self.listen()  # a reloader's next one, or a second one beside it (SO_REUSEPORT)
        self.assertEqual([self.look(first, second), self.look(second), self.look()], [None] * 3)
        self.assertEqual([self.is_locked(0), self.is_locked(1)], ["1", "1"])

    def test_another_filter_is_replaced_if_it_can_be(self):
        self.assertEqual(self.look(self.listen("1, 2, 3")), (True, ""))
        foreign = self.listen("1, lock=True")
        for _ in range(3):
            told = self.look(foreign)
        self.assertEqual(told, (False, "SO_ATTACH_FILTER: Operation not permitted"))
        self.assertEqual(self.look(foreign), None)
        self.assertEqual(self.look(self.listen()), (True, ""))

    def test_whom_nobody_shows(self):
        hidden = Listener(b"\x7f\0\0\1", 8000, 1)
        looks = [self.look(hidden) for _ in range(4)]
        self.assertEqual(looks, [None, None, (False, "no process of the server shows it"), None])
        self.pids = []
        self.assertEqual([self.look(Listener(b"\x7f\0\0\1", 8000, 2)) for _ in range(3)], [None] * 3)

    def test_what_was_filtered_before_anybody_had_it(self):
        self.filtering = Filtering(SUBNET, 1)
        self.assertEqual(self.look(), None)
        self.assertEqual(self.look(Listener(b"\x7f\0\0\1", 8000, 1)), (True, ""))

    def test_looking_leaks_no_descriptor(self):
        listeners = [self.listen(), self.listen("1, lock=True")]
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            Filtering(SUBNET, None).look(listeners, lambda _: self.pids)
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)
