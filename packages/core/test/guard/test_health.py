"""The judgement, with processes and a table that say what they are told to."""

import sys
import unittest
from unittest import mock

from listener import Listener

if sys.platform == "linux":
    import health

FIRST, SOCKET, PIPE = 1, 7, 8


class Fake:
    """Table, tree and processes in one."""

    def __init__(self):
        self.alive = {FIRST: {SOCKET, PIPE}}  # pid -> its sockets
        self.spawned, self.clients, self.hears, self.parents = set(), set(), True, {}

    def members(self):
        return list(self.alive)

    def lives(self, pid):
        return pid in self.alive

    def sockets(self, pid):
        return self.alive.get(pid, set())

    def is_spawned(self, pid):
        return pid in self.spawned

    def unix_sockets(self):
        return {PIPE}

    def same_program(self, pid, other):
        return True

    def hears_of_children(self, pid):
        return self.hears

    def waited(self, pid):
        return 0.0

    def parent(self, pid):
        return self.parents.get(pid, FIRST)

    def waiting(self, port):
        return set(self.clients)


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Judgement(unittest.TestCase):
    def setUp(self):
        self.fake, self.now, self.said = Fake(), 0.0, []
        patch = mock.patch.object(health, "processes", self.fake)
        patch.start()
        self.addCleanup(patch.stop)
        self.health = health.Health(self.fake, self.fake, FIRST)

    def live(self, seconds):
        end = self.now + seconds
        while self.now < end:
            planned = [Listener(b"\x7f\0\0\1", 8000, SOCKET, queue=len(self.fake.clients))]
            self.said += [" ".join(each) for each in self.health.look(self.now, planned)]
            self.now += 0.05

    def spawn(self, pid):
        self.fake.spawned.add(pid)
        self.fake.alive[pid] = {SOCKET}

    def test_workers_that_crash_before_the_first_look_after_the_answer(self):
        self.health.settle()
        for pid in range(2, 20):
            self.fake.alive = {FIRST: {SOCKET, PIPE}, pid: {SOCKET}}
            self.live(0.1)
        self.assertEqual(self.said, ["stalled respawning"])

    def test_a_spawned_worker_that_is_gone(self):
        self.spawn(2)
        self.live(3)
        self.health.settle()
        self.live(3)
        del self.fake.alive[2]
        self.live(1)
        self.assertEqual(self.said, [])
        self.live(0.5)
        self.assertEqual(self.said, ["stalled childless"])
        self.spawn(3)
        self.live(1.5)
        self.assertEqual(self.said, ["stalled childless", "recovered childless"])

    def test_a_spawned_worker_that_is_gone_before_anybody_listens(self):
        self.spawn(2)
        self.live(0.1)
        del self.fake.alive[2]
        for _ in range(40):
            self.said += self.health.look(self.now, [])
            self.now += 0.05
        self.assertEqual(self.said, [("stalled", "childless")])

    def test_a_server_of_one_process_may_have_children_for_anything(self):
        for pid in range(2, 6):
            self.fake.alive[pid] = {SOCKET, 99}  # forked, by accident with the socket
        self.live(2)
        self.health.settle()
        for pid in range(2, 6):
            del self.fake.alive[pid]
        self.spawn(9)
        self.fake.alive[9] = {PIPE}  # a worker of multiprocessing that computes something
        self.live(2)
        del self.fake.alive[9]
        self.live(5)
        self.assertEqual(self.said, [])

    def test_a_child_between_fork_and_exec_is_no_worker(self):
        self.health.settle()
        for pid in range(2, 30):
            self.fake.alive[pid] = {SOCKET}
            self.live(0.05)
            self.fake.alive[pid] = set()
            self.live(0.1)
            del self.fake.alive[pid]
        self.assertEqual(self.said, [])

    def test_a_loop_of_workers_that_end(self):
        for pid in (2, 3, 4, 5):
            self.fake.alive[pid] = {SOCKET}
            self.live(0.3)
            del self.fake.alive[pid]
            self.live(0.05)
        self.assertEqual(self.said, ["stalled respawning"])
        self.fake.alive[6] = {SOCKET}
        self.live(2)
        self.assertEqual(self.said, ["stalled respawning", "recovered respawning"])

    def test_an_app_that_forks_one_child_after_the_other_is_no_master(self):
        self.fake.hears = False
        for pid in range(2, 9):
            self.fake.alive[pid] = {SOCKET}
            self.live(0.3)
            del self.fake.alive[pid]
        self.live(1)
        self.assertEqual(self.said, [])

    def test_a_restarted_server_may_import_while_somebody_waits(self):
        self.health.settle()
        self.health.restarted(self.now, FIRST)
        self.fake.clients = {1}
        self.live(5)
        self.assertEqual(self.said, [])

    def test_many_workers_that_end_at_once_are_no_loop(self):
        self.fake.alive.update((pid, {SOCKET}) for pid in range(2, 12))
        self.live(0.3)
        for pid in range(2, 12):
            del self.fake.alive[pid]
        self.live(2)
        self.assertEqual(self.said, [])

    def test_a_queue_is_stuck_only_if_the_same_clients_stay(self):
        self.fake.clients = {1, 2}
        self.live(3)  # it is still importing
        self.health.settle()
        for turn in range(100):
            self.fake.clients = {turn, turn + 1}
            self.live(0.1)
        self.assertEqual(self.said, [])
        self.live(2.5)
        self.assertEqual(self.said, ["stalled unaccepted"])
        self.fake.clients = set()
        self.live(0.1)
        self.assertEqual(self.said, ["stalled unaccepted", "recovered unaccepted"])

    def test_a_new_worker_may_import_while_somebody_waits(self):
        self.spawn(2)
        self.live(2)
        self.health.settle()
        del self.fake.alive[2]
        self.spawn(3)
        self.fake.clients = {1}
        self.live(5)
        self.fake.clients = set()
        self.live(0.1)
        self.assertEqual(self.said, [])
        self.fake.clients = {2}
        self.live(2)
        self.assertEqual(self.said, ["stalled unaccepted"])
