"""The server while it runs: all its processes, what they do, and their end."""

import time

import system
from ending import Ending
from lifetime import Lifetime
from lookout import Lookout

_BUSY = 0.05  # seconds between two turns: its exit, the end of its time and signals to us are noticed within this
_EXPIRY_GRACE = 1.0  # its time is over: one request, a second, the end


class Server:
    """`first`: its first process, which has just been started."""

    def __init__(self, channel, host, first):
        self._channel, self._host, self._first = channel, host, first
        self._tree = system.Tree(first.pid)
        self._ending = Ending(host, self._tree)
        self._lifetime = Lifetime(first.order.get("lifetime"))
        self._lookout = self._record = None
        self._ready = self.is_over = False
        self._next_look = 0.0

    def watch(self, table, before):
        """`before`: the ids of the sockets that listened before it was started."""
        self._lookout = Lookout(self._channel, table, self._tree, self._first, before, self.kill)
        self._record = system.open_record(self._tree, self._first.order.get("folder"))

    @property
    def is_recorded(self):
        return self._record is not None

    @property
    def pace(self):
        """Seconds until the next turn."""
        return system.STOPPING if self._ending.has_begun else min(_BUSY, self._look_every)

    @property
    def _look_every(self):
        return system.RUNNING if self._ready else system.STARTING

    def follow(self, now):
        self._tree.follow()
        if self._record:
            self._record.follow(now)
        status = self._host.reap()
        if status is not None:
            self._first_ended(now, status)
        if now >= self._next_look:
            self._next_look = now + self._look_every
            self._lookout.look(now, self._ending.has_begun)
        if self._lifetime.is_over:
            self._expire(now)
        self._ending.climb(now)
        self.is_over = self._ending.is_over(now)

    def finish(self):
        self._host.drain()
        self._channel.send("gone", **self._ending.outcome())
        self._host.finish(self._channel)

    def _first_ended(self, now, status):
        if not self._ending.has_begun and self._first.restart(status, self._ready):
            self._lookout.restarted(now, self._first.pid)
            self._channel.send("restarted", pid=self._first.pid)
            return
        self._first.let_go()
        self._ending.first_ended(now, status)

    def _expire(self, now):
        """Not by the launcher, which may be stopped (Ctrl-Z)."""
        self._lifetime = Lifetime(None)
        if not self._ending.has_begun:
            self._channel.send("expired")
        self.stop([_EXPIRY_GRACE])
        self._ending.kill_by(now + _EXPIRY_GRACE)

    def refused(self, refusal):
        self._lookout.refused(refusal)

    def settle(self):
        """It has answered: what the application opens while it is imported has been seen."""
        self._ready = True
        self._lookout.settle()

    def plan(self, address, port):
        self._lookout.plan(address, port)

    def sockets(self):
        now = time.monotonic()
        self._lookout.look(now, self._ending.has_begun)  # a wide one is told before it could be listed as harmless
        # gunicorn's `daemon` answers on a socket that was handed over, and its first process has ended
        return [] if self._ending.has_begun else self._lookout.sockets()

    def stop(self, graces):
        self._first.let_go()
        self._ending.begin(time.monotonic(), graces)

    def kill_by(self, deadline):
        self._ending.kill_by(deadline)

    def kill(self):
        now = time.monotonic()
        self.stop([])
        self._ending.kill_by(now)
        self._ending.climb(now)

    def leave_nothing(self):
        """A mistake of ours, or a kernel that answers no more: whatever it was, nothing is left running."""
        self._ending.force()

    def forget(self):
        if self._record:
            self._record.remove()
        if self._first.order.get("folder"):
            import shutil  # only paid for where it is wanted

            shutil.rmtree(self._first.order["folder"], ignore_errors=True)
