"""The time in which a server may run. Time that the machine sleeps counts, and setting its clock back gains nothing."""

import time

# Linux 2.6.39; time.monotonic() stands still there while the machine sleeps
_BOOT = getattr(time, "CLOCK_BOOTTIME", None)


def _boot():
    return (time.clock_gettime(_BOOT),)


def _others():
    """On macOS the monotonic clock stands still in sleep; the other one can be set."""
    return time.monotonic(), time.time()


class Lifetime:
    """`seconds` from now, or None: no end. `clocks`: their times; the one that has gone furthest counts."""

    def __init__(self, seconds, clocks=_others if _BOOT is None else _boot):
        self._seconds, self._clocks, self._begin = seconds, clocks, clocks()
        self._passed = 0.0

    @property
    def is_over(self):
        if self._seconds is None:
            return False
        passed = max(now - then for now, then in zip(self._clocks(), self._begin))
        self._passed = max(self._passed, passed)
        return self._passed >= self._seconds
