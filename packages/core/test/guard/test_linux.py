import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import address

if sys.platform == "linux":
    import linux_processes
    import linux_sockets
    import linux_tree

GUARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "guard")


def listen(family, host, v6only=None):
    listener = socket.socket(family, socket.SOCK_STREAM)
    if v6only is not None:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    listener.bind((host, 0))
    listener.listen()
    return listener


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Tables(unittest.TestCase):
    def setUp(self):
        self.sockets = [listen(socket.AF_INET, "127.0.0.1"), listen(socket.AF_INET, "0.0.0.0")]
        if socket.has_ipv6 and os.path.exists("/proc/net/tcp6"):
            self.sockets += [
                listen(socket.AF_INET6, "::1"),
                listen(socket.AF_INET6, "::", v6only=True),
                listen(socket.AF_INET6, "::", v6only=False),
                listen(socket.AF_INET6, "::ffff:127.0.0.1", v6only=False),
            ]
        self.expected = {
            (os.fstat(each.fileno()).st_ino, each.getsockname()[1], each.getsockname()[0], os.getuid())
            for each in self.sockets
        }
        self.addCleanup(lambda: [each.close() for each in self.sockets])

    def ours(self, table):
        inodes = {inode for inode, *_ in self.expected}
        return {(each.id, each.port, address.to_text(each.raw), each.uid) for each in table.read() if each.id in inodes}

    def test_netlink(self):
        self.assertEqual(self.ours(linux_sockets.Netlink()), self.expected)

    def test_proc(self):
        self.assertEqual(self.ours(linux_sockets.ProcNet()), self.expected)

    def test_netlink_leaves_out_the_others_of_loopback(self):
        table, expected = linux_sockets.Netlink(), set(self.expected)
        wide = {each for each in self.expected if each[2] in ("0.0.0.0", "::", "::ffff:127.0.0.1")}
        for inode, port, where, uid in expected - wide:
            near = {(each.id, each.port, address.to_text(each.raw), each.uid) for each in table.near(port)}
            self.assertEqual(near & expected, wide | {(inode, port, where, uid)})

    def test_a_kernel_without_such_a_filter_tells_of_all(self):
        table, port = linux_sockets.Netlink(), self.sockets[0].getsockname()[1]
        ours = {each[0] for each in self.expected}  # others come and go between two questions
        with mock.patch.object(linux_sockets, "_S_EQ", 99):
            self.assertEqual({each.id for each in table.near(port)} & ours, {each.id for each in table.read()} & ours)

    def test_udp_outside_the_ports_of_clients(self):
        server, client = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.addCleanup(lambda: (server.close(), client.close()))
        clients = linux_sockets._client_ports()
        for port in range(clients[0] - 1, 1024, -1):
            try:
                server.bind(("0.0.0.0", port))
                break
            except OSError:
                pass
        client.sendto(b"", ("127.0.0.1", 9))  # the kernel binds it
        self.assertIn(client.getsockname()[1], clients)
        inodes = {os.fstat(each.fileno()).st_ino for each in (server, client)}
        for table in (linux_sockets.Netlink(), linux_sockets.ProcNet()):
            found = [(each.raw, each.port, each.kind) for each in table.udp() if each.id in inodes]
            self.assertEqual(found, [(bytes(4), port, "udp")])
            self.assertEqual(inodes & {each.id for each in table.read()}, set())

    def test_mptcp_is_in_the_table_of_tcp(self):
        try:
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
        except OSError as error:  # sysctl net.mptcp.enabled
            self.assertIn(error.errno, (errno.EPROTONOSUPPORT, errno.ENOPROTOOPT))
            return
        self.addCleanup(listener.close)
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        inode = os.fstat(listener.fileno()).st_ino
        for table in (linux_sockets.Netlink(), linux_sockets.ProcNet()):
            self.assertIn((inode, bytes(4)), {(each.id, each.raw) for each in table.read()})

    def test_sockets_of_a_process_and_those_of_unix(self):
        ends = socket.socketpair()
        self.addCleanup(lambda: [each.close() for each in ends])
        pair, listeners = ({os.fstat(each.fileno()).st_ino for each in group} for group in (ends, self.sockets))
        self.assertLessEqual(pair | listeners, linux_processes.sockets(os.getpid()))
        self.assertLessEqual(pair, linux_processes.unix_sockets())
        self.assertEqual(listeners & linux_processes.unix_sockets(), set())

    def test_a_unix_socket_may_have_any_name(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in (b"two\nlines", b"two\n1 2 3 4 5 6 7 8", b"\xff", b" "):
                named = socket.socket(socket.AF_UNIX)
                self.addCleanup(named.close)
                named.bind(os.fsencode(folder) + b"/" + name)
                self.assertIn(os.fstat(named.fileno()).st_ino, linux_processes.unix_sockets())

    def test_who_hears_of_the_end_of_its_children(self):
        for handler, hears in ((signal.SIG_DFL, False), (signal.SIG_IGN, False), (lambda *_: None, True)):
            before = signal.signal(signal.SIGCHLD, handler)
            self.addCleanup(signal.signal, signal.SIGCHLD, before)
            self.assertEqual(linux_processes.hears_of_children(os.getpid()), hears)
        self.assertFalse(linux_processes.hears_of_children(0))

    def test_who_waits_to_be_accepted(self):
        port = self.sockets[0].getsockname()[1]
        accepted, waiting = (socket.create_connection(("127.0.0.1", port)) for _ in range(2))
        connection, _ = self.sockets[0].accept()
        self.addCleanup(lambda: [each.close() for each in (accepted, waiting, connection)])
        for table in (linux_sockets.Netlink(), linux_sockets.ProcNet()):
            (listener,) = [each for each in table.read() if each.id == os.fstat(self.sockets[0].fileno()).st_ino]
            self.assertEqual((listener.queue, len(table.waiting(port))), (1, 1))
        waiting.close()  # it has given up, and still waits
        for table in (linux_sockets.Netlink(), linux_sockets.ProcNet()):
            self.assertEqual(len(table.waiting(port)), 1)

    def test_connections_are_not_listeners(self):
        client = socket.create_connection(self.sockets[0].getsockname())
        self.addCleanup(client.close)
        for table in (linux_sockets.Netlink(), linux_sockets.ProcNet()):
            self.assertEqual(self.ours(table), self.expected)

    def test_more_listeners_than_fit_into_one_answer(self):
        many = [listen(socket.AF_INET, "127.0.0.1") for _ in range(500)]
        self.addCleanup(lambda: [each.close() for each in many])
        inodes = {os.fstat(each.fileno()).st_ino for each in many}
        for table in (linux_sockets.Netlink(), linux_sockets.ProcNet()):
            self.assertEqual(inodes - {each.id for each in table.read()}, set())

    def test_holders(self):
        listeners = linux_sockets.Netlink().read()
        found = linux_processes.holders(listeners)
        for inode, *_ in self.expected:
            self.assertEqual(found[inode], [os.getpid()])


DAEMON = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
import linux_kernel, linux_processes, linux_tree
linux_kernel.become_subreaper()
ready, told = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        os.environ.clear()
        os.write(told, b"%d" % os.getpid())
        os.execve("/bin/sleep", ["sleep", "60"], {})
    os._exit(0)
daemon = int(os.read(ready, 20))
os.wait()
tree = linux_tree.Tree(0)
assert tree.members() == [daemon], tree.members()
assert not tree.extinct()
tree.kill(daemon)
os.waitpid(daemon, 0)
assert tree.extinct() and tree.members() == []
print("ok")
"""


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Trees(unittest.TestCase):
    def test_a_daemon_that_forks_twice_is_found_and_ended(self):
        command = [sys.executable, "-I", "-S", "-B", "-c", DAEMON, GUARD]
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        self.assertEqual((done.stdout, done.stderr), (b"ok\n", b""))

    def test_both_ways_of_finding_children_agree(self):
        script = "import os, time; pid = os.fork(); pid2 = os.fork(); print(flush=True); time.sleep(60)"
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
        self.addCleanup(lambda: (os.killpg(child.pid, signal.SIGKILL), child.communicate()))
        for _ in range(4):
            child.stdout.readline()
        tree = linux_tree.Tree(0)
        with mock.patch.object(linux_processes, "_CHILDREN", "/none/%d/%d"):
            slow = tree.members()
        self.assertEqual(sorted(slow), sorted(tree.members()))
        self.assertGreaterEqual(len(slow), 4)

    def test_a_process_whose_first_thread_has_ended_is_alive(self):
        script = """
import ctypes, os, threading, time
threading.Thread(target=time.sleep, args=[60]).start()
os.write(1, b"x")
ctypes.CDLL(None).syscall(EXIT, 0)""".replace("EXIT", "60" if os.uname().machine == "x86_64" else "93")
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        self.addCleanup(lambda: (child.kill(), child.communicate()))
        child.stdout.read(1)
        deadline = time.monotonic() + 5
        while linux_processes.state_and_parent(child.pid)[0] != "Z" and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertIn(child.pid, linux_tree.Tree(0).members())

    def test_a_socket_in_a_thread_s_own_table_is_found_a_few_times_not_for_ever(self):
        script = """
import ctypes, socket, threading, time
def hold():
    assert ctypes.CDLL(None).unshare(0x400) == 0  # CLONE_FILES
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    time.sleep(60)
threading.Thread(target=hold).start()"""
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        self.addCleanup(lambda: (child.kill(), child.communicate()))
        port = int(child.stdout.readline())
        listeners = [each for each in linux_sockets.open_table().read() if each.port == port]
        tree = linux_tree.Tree(0)
        owners, unreadable = tree.owners(listeners)
        self.assertEqual((owners[listeners[0].id], unreadable), ([child.pid], []))
        with mock.patch.object(linux_tree, "owners", wraps=linux_tree.owners) as search:
            for _ in range(9):
                tree.owners([mock.Mock(id=1)])  # somebody else's, who is never found
        thorough = [call for call in search.call_args_list if call.kwargs.get("by_thread")]
        self.assertEqual(len(thorough), linux_tree._SEARCHES)

    def test_zombies_are_nobody(self):
        child = subprocess.Popen(["true"])
        self.addCleanup(child.wait)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        self.assertNotIn(child.pid, linux_tree.Tree(0).members())
        self.assertFalse(linux_tree.Tree(0).extinct())  # until it is waited for

    def test_a_number_that_is_no_longer_ours_gets_no_signal(self):
        root, other = subprocess.Popen(["sleep", "60"]), subprocess.Popen(["sleep", "60"])
        self.addCleanup(lambda: [(each.kill(), each.wait()) for each in (root, other)])
        tree = linux_tree.Tree(0)
        tree._root = root.pid
        tree.kill(other.pid)
        time.sleep(0.05)
        self.assertIsNone(other.poll())
        tree._root = os.getpid()
        tree.kill(other.pid)
        self.assertEqual(other.wait(5), -signal.SIGKILL)

    def test_a_name_full_of_parentheses(self):
        script = "import ctypes,sys; ctypes.CDLL(None).prctl(15, b') Z 1 (x'); print(flush=True); sys.stdin.read()"
        child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdout.readline()
        self.assertIn(child.pid, linux_tree.Tree(0).members())
        child.communicate()

    def test_looking_leaks_no_descriptor(self):
        before = len(os.listdir("/proc/self/fd"))
        tree, listeners = linux_tree.Tree(0), linux_sockets.Netlink().read()
        for _ in range(20):
            tree.members(), tree.owners(listeners), linux_processes.holders(listeners), tree.kill(2**22)
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)
