"""The judgement, with a table and a tree that say what they are told to."""

import unittest
from unittest import mock

import address
import watch
from listener import Listener


class Fake:
    """Table and tree in one."""

    def __init__(self):
        self.listeners, self.owned, self.unreadable, self.asked = [], {}, [], 0

    def near(self, _port):
        return self.read()

    def read(self):
        return [each for each in self.listeners if each.kind == "tcp"]

    def udp(self):
        return [each for each in self.listeners if each.kind == "udp"]

    def owners(self, listeners):
        self.asked += 1
        return self.owned, self.unreadable


def at(text, port, id, uid=1000, kind="tcp"):
    return Listener(address.from_text(text), port, id, uid, kind=kind)


class Judgement(unittest.TestCase):
    def setUp(self):
        self.fake = Fake()
        self.watch = watch.Watch(self.fake, self.fake, {1}, "127.0.0.1", 8000)

    def look(self, now=0.0):
        findings = self.watch.look(now)
        return {name: [each.id for each in ids] for name, ids in vars(findings).items() if ids}

    def test_planned(self):
        self.fake.listeners, self.fake.owned = [at("127.0.0.1", 8000, 2)], {2: [7]}
        self.assertEqual(self.look(), {"planned": [2]})

    def test_wider_than_planned_on_any_port(self):
        self.fake.listeners = [at("0.0.0.0", 8000, 2), at("192.168.1.2", 9, 3), at("::", 10, 4), at("127.0.0.1", 11, 5)]
        self.fake.owned = {2: [7], 3: [7], 4: [7], 5: [7]}
        self.assertEqual(self.look(), {"exposed": [2, 3, 4]})

    def test_udp_is_exposed_or_nothing(self):
        self.fake.listeners = [at("127.0.0.1", 8000, 2, kind="udp"), at("0.0.0.0", 8000, 3, kind="udp")]
        self.assertEqual(self.look(), {})  # somebody else's is neither a stranger nor a neighbour
        self.fake.owned = {2: [7], 3: [7]}
        self.assertEqual(self.look(1.5), {"exposed": [3]})

    def test_udp_at_a_wide_address_that_is_planned(self):
        self.fake.listeners, self.fake.owned = [at("0.0.0.0", 8000, 2, kind="udp")], {2: [7]}
        self.watch = watch.Watch(self.fake, self.fake, {1}, "0.0.0.0", 8000)
        self.assertEqual(self.look(), {})

    def test_udp_is_read_less_often_and_remembered_in_between(self):
        self.fake.listeners, self.fake.owned = [at("0.0.0.0", 9000, 2, kind="udp")], {2: [7]}
        with mock.patch.object(self.fake, "udp", wraps=self.fake.udp) as udp:
            for turn in range(25):
                self.assertEqual(self.look(turn * 0.003), {"exposed": [2]})
        self.assertLessEqual(udp.call_count, 2)

    def test_foreign_on_our_address_and_next_to_it(self):
        self.fake.listeners = [at("127.0.0.1", 8000, 1), at("0.0.0.0", 8000, 2), at("::1", 8000, 3), at("::", 8000, 4)]
        self.assertEqual(self.look(), {"strangers": [1, 2], "neighbours": [3, 4]})

    def test_searching_finds_what_the_tree_holds_on_loopback_until_it_is_planned(self):
        self.watch = watch.Watch(self.fake, self.fake, {1}, "127.0.0.1", None)
        self.fake.listeners = [
            *(at("127.0.0.1", 8000, 1), at("127.0.0.1", 8001, 2), at("::1", 8002, 3), at("127.0.0.1", 8002, 4)),
            *(at("127.0.0.1", 8003, 5, kind="udp"), at("0.0.0.0", 8002, 6), at("0.0.0.0", 8002, 7)),
        ]
        self.fake.owned = {3: [7], 4: [7], 5: [7], 6: [7]}
        self.assertEqual(self.look(), {"planned": [3, 4], "exposed": [6]})
        del self.fake.owned[6]
        self.fake.listeners[5:6] = []
        self.watch.plan("127.0.0.1", 8002)
        self.assertEqual(self.look(1.5), {"planned": [4], "strangers": [7]})

    def test_searching_takes_nothing_that_may_be_a_strangers(self):
        self.watch = watch.Watch(self.fake, self.fake, {1}, "127.0.0.1", None)
        self.fake.listeners, self.fake.unreadable = [at("127.0.0.1", 9, 2), at("0.0.0.0", 10, 3)], [7]
        with mock.patch.multiple(watch.system, uid=lambda pid: 1000, holders=lambda listeners: {}):
            self.assertEqual(self.look(), {"exposed": [3]})

    def test_foreign_wide_listeners_elsewhere_are_none_of_our_business(self):
        self.fake.listeners = [at("0.0.0.0", 22, 1), at("0.0.0.0", 23, 2)]
        self.assertEqual(self.look(), {})

    def test_steady_state_asks_for_owners_once_a_second(self):
        self.fake.listeners = [at("0.0.0.0", 22, 1)]
        for turn in range(100):
            self.look(turn / 50)
        self.assertLessEqual(self.fake.asked, 3)

    def test_a_socket_that_changes_hands_is_judged_again(self):
        self.fake.listeners = [at("0.0.0.0", 9000, 1)]
        self.assertEqual(self.look(0.0), {})
        self.fake.owned = {1: [7]}
        self.assertEqual(self.look(1.5), {"exposed": [1]})

    def test_fails_closed_when_a_member_cannot_be_read(self):
        self.fake.unreadable = [7]
        self.fake.listeners = [at("0.0.0.0", 9000, 2, uid=1000), at("0.0.0.0", 9001, 1, uid=1000)]
        for uid, holders, expected in ((1000, {}, [2]), (None, {}, [2]), (0, {}, []), (1000, {2: [9]}, [])):
            with self.subTest(uid=uid, holders=holders), mock.patch.multiple(
                watch.system, uid=lambda _, uid=uid: uid, holders=lambda _, holders=holders: holders
            ):
                fresh = watch.Watch(self.fake, self.fake, {1}, "127.0.0.1", 8000)
                self.assertEqual([each.id for each in fresh.look(0.0).exposed], expected)
