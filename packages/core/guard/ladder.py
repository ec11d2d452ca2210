"""Ending a process tree: ask, ask again, insist, until nothing is left.

SIGINT first, never SIGTERM: uWSGI takes SIGTERM for "reload", and uvicorn never exits on it while a
request is open. The second SIGINT is uvicorn's "force quit". Sent twice within 50 ms the first would
lose the application's clean-up, hence the seconds between (facts measured; docs/guard.md, "Stopping").
"""

import _signal
import os

import processes

_STRAGGLERS = 0.3  # seconds for the rest of the tree to follow its first process


class Ladder:
    """The steps that are still to come. `graces` are the seconds after the first and the second SIGINT."""

    def __init__(self, pid, now, graces):
        self._pid = pid
        self._asks = []
        for grace in graces:
            self._asks.append(now)
            now += grace
        self.kill_at = now

    def kill_now(self, now):
        self._asks = []
        self.kill_at = now

    def leader_gone(self, now):
        self._asks = []
        self.kill_at = min(self.kill_at, now + _STRAGGLERS)

    def climb(self, now):
        """Takes the steps that are due. Returns the pids that had to be killed by this call."""
        while self._asks and now >= self._asks[0]:
            self._asks.pop(0)
            _signal_group(self._pid, _signal.SIGINT)
            _signal_group(self._pid, _signal.SIGCONT)  # a stopped process can't act on the first one
        if now < self.kill_at:
            return []
        tree = processes.descendants(os.getpid())
        for pid in tree:
            _signal_one(pid, _signal.SIGKILL)
        return tree


def _signal_group(pid, number):
    """As a terminal would: every process of the server's group, once."""
    try:
        os.killpg(pid, number)
    except OSError:
        pass


def _signal_one(pid, number):
    try:
        os.kill(pid, number)
    except OSError:  # gone, or another user's (a setuid program): reported as a survivor
        pass
