import unittest

from ladder import Ladder


def climb(ladder, until, tick=0.125):
    """[(when, what), ...] with the endless 'kill' once."""
    steps, now = [], 0.0
    while now <= until:
        step = ladder.step(now)
        if step and (not steps or steps[-1][1] != "kill"):
            steps.append((now, step))
        now += tick
    return steps


class Steps(unittest.TestCase):
    def test_ask_three_seconds_ask_two_seconds_kill(self):
        self.assertEqual(climb(Ladder(0.0, [3, 2]), 10), [(0.0, "ask"), (3.0, "ask"), (5.0, "kill")])

    def test_kill_is_due_until_nothing_is_left(self):
        ladder = Ladder(0.0, [])
        self.assertEqual([ladder.step(now) for now in (0.0, 0.01, 7.0)], ["kill"] * 3)

    def test_a_late_look_asks_once_not_twice_in_a_row(self):
        ladder = Ladder(0.0, [3, 2])
        self.assertEqual(ladder.step(0.0), "ask")
        self.assertEqual(ladder.step(4.9), "ask")
        self.assertIsNone(ladder.step(4.95))

    def test_leader_gone_gives_the_rest_a_moment_and_asks_nobody(self):
        ladder = Ladder(0.0, [3, 2])
        ladder.step(0.0)
        ladder.leader_gone(1.0)
        self.assertIsNone(ladder.step(1.2))
        self.assertEqual(ladder.step(1.3), "kill")

    def test_leader_gone_never_puts_the_end_off(self):
        ladder = Ladder(0.0, [3, 2])
        ladder.leader_gone(4.9)
        self.assertEqual(ladder.step(5.0), "kill")

    def test_kill_by_shortens_and_never_lengthens(self):
        ladder = Ladder(0.0, [3, 2])
        ladder.kill_by(1.0)
        self.assertEqual(climb(ladder, 2), [(0.0, "ask"), (1.0, "kill")])
        ladder = Ladder(0.0, [1])
        ladder.kill_by(9.0)
        self.assertEqual(ladder.kill_at, 1.0)
