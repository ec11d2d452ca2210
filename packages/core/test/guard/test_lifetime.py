import unittest

from lifetime import Lifetime


class Clocks:
    """Each moves as it is told to."""

    def __init__(self, *times):
        self.times = list(times)

    def __call__(self):
        return tuple(self.times)


class Lifetimes(unittest.TestCase):
    def test_is_over_when_its_seconds_have_passed(self):
        clocks = Clocks(100.0)
        lifetime = Lifetime(10, clocks)
        for now, over in ((100.0, False), (109.9, False), (110.0, True), (200.0, True)):
            clocks.times = [now]
            self.assertEqual(lifetime.is_over, over)

    def test_never_without_an_end_and_at_once_without_time(self):
        clocks = Clocks(0.0)
        endless, none = Lifetime(None, clocks), Lifetime(0, clocks)
        clocks.times = [1e9]
        self.assertEqual((endless.is_over, none.is_over), (False, True))

    def test_the_clock_that_has_gone_furthest_counts(self):
        for asleep in ([5.0, 1000.0], [10.0, 900.0]):  # the first stood still in sleep; the second was set back
            clocks = Clocks(0.0, 990.0)
            lifetime = Lifetime(10, clocks)
            clocks.times = [5.0, 995.0]
            self.assertFalse(lifetime.is_over)
            clocks.times = asleep
            self.assertTrue(lifetime.is_over)

    def test_what_has_passed_stays_passed(self):
        clocks = Clocks(0.0, 0.0)
        lifetime = Lifetime(10, clocks)
        clocks.times = [1.0, 12.0]
        self.assertTrue(lifetime.is_over)
        clocks.times = [1.0, -50.0]
        self.assertTrue(lifetime.is_over)

    def test_the_system_s_own_clocks(self):
        self.assertEqual((Lifetime(0).is_over, Lifetime(60).is_over), (True, False))
