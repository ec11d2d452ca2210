"""Does somebody still serve? A server can listen, keep its first process, and answer nobody. Linux only.

A worker is a process of the tree, other than the first, that holds the socket which the first has opened.
"""

import linux_processes as processes

_PACE = {"starting": 0.02, "unsettled": 0.05, "settled": 0.25}  # seconds between two looks at the processes
_STAYS = 1.0  # seconds that a worker must live to count as one that stays
_ALONE = 1.0  # seconds without a worker; a reload has the next one after some milliseconds
_LOOP = 3  # so many workers, one after the other, ended, and none had stayed
_LOOP_TIME, _SAVING_TIME = 5.0, 3.0  # in so many seconds; less where a developer who saves often ends them too
_IMPORT = 10.0  # seconds in which a new worker may import the app, and accept nobody
_FIRST_WAIT, _WAIT = 0.5, 1.0  # seconds that somebody waits in the queue, then that the same ones do


class Worker:
    def __init__(self, now):
        self.born = now
        self.waited = 0.0  # seconds for a processor: on a busy machine a crash at the start takes its time

    def lived(self, now):
        """Seconds in which it could run."""
        return now - self.born - self.waited


class Health:
    """`first`: the pid of the server's first process."""

    def __init__(self, table, tree, first):
        self._tree, self._first = tree, first
        self._queue = Queue(table)
        self._workers, self._seen = {}, {}  # pid -> Worker, pid of any member -> when it was first seen
        self._ended = []  # (when, how long it had lived) of the last workers, each born after the one before
        self._ready = self._has_spawned = False
        self._alone_since = self._reason = self._ready_since = None
        self._next_look = 0.0

    def settle(self):
        """It has answered."""
        self._ready, self._next_look = True, 0.0
        self._queue.excused_until = 0.0

    def restarted(self, now, first):
        self._first = first
        self._queue.excuse(now)

    def look(self, now, planned):
        """What to tell since the last look, as (event, reason). `planned`: the tree's listeners at the address."""
        if now >= self._next_look:
            self._look_at_workers(now, {each.id for each in planned})
        reason = self._childless(now) or self._respawning(now)
        if self._ready and not reason and self._queue.is_stuck(now, planned):
            reason = "unaccepted"
        told, self._reason = self._reason, reason
        if reason == told:
            return []
        return [(event, why) for event, why in (("recovered", told), ("stalled", reason)) if why]

    def _look_at_workers(self, now, planned):
        for pid in [pid for pid in self._workers if not processes.lives(pid)]:
            self._end(self._workers.pop(pid), now)
        settled = self._ready and self._is_settled(now)
        if not settled:
            self._find_workers(now, planned)
        self._next_look = now + _PACE["settled" if settled else "unsettled" if self._ready else "starting"]

    def _end(self, worker, now):
        self._queue.excuse(now)
        if not self._ended or worker.born >= self._ended[-1][0]:
            self._ended = [*self._ended, (now, worker.lived(now))][-_LOOP:]

    def _is_settled(self, now):
        """Everybody who served still does, or there was nobody from the start: no need to search."""
        if self._ready_since is None:
            self._ready_since = now
        # handed over, a socket is answered by a worker that no look has found yet
        if now - self._ready_since < _STAYS or self._reason in ("childless", "respawning"):
            return False
        if self._ended and now - self._ended[-1][0] < self._loop_time():
            return False
        if not self._workers:
            return not self._has_spawned
        return all(each.lived(now) >= _STAYS for each in self._workers.values())

    def _find_workers(self, now, planned):
        members = [pid for pid in self._tree.members() if pid != self._first]
        self._seen = {pid: self._seen.get(pid, now) for pid in members}
        for pid in members:
            if now - self._seen[pid] >= _STAYS:
                continue
            spawned = processes.is_spawned(pid)
            if not self._serves(pid, spawned, planned):  # between fork and exec a child holds everything
                self._workers.pop(pid, None)
                continue
            if pid not in self._workers:
                self._workers[pid] = Worker(now)
                self._queue.excuse(now)
            self._workers[pid].waited = processes.waited(pid)
            self._has_spawned = self._has_spawned or spawned

    def _serves(self, pid, spawned, planned):
        """What multiprocessing spawns gets no descriptor but those that it is given: a socket of the first process
        is for serving, also one that doesn't listen yet (uvicorn), unless the two only talk to each other, or to the
        launcher. Any other child may have got it by accident: it counts below a master that hears of the end of each
        (gunicorn), not below an app that forks to compute something."""
        held = processes.sockets(pid)
        if spawned:
            return bool((held & processes.sockets(self._first)) - processes.unix_sockets())
        if not held & planned or not processes.same_program(pid, self._first):
            return False
        # a worker's own child holds everything too, between fork and exec
        return processes.hears_of_children(self._first) and processes.parent(pid) == self._first

    def _childless(self, now):
        """The process that was spawned to serve has ended, and the first one, which never serves, starts no other:
        uvicorn --reload until a file changes, uvicorn --workers before 0.30 for ever."""
        if self._workers:
            self._alone_since = None
            return "childless" if self._reason == "childless" and not self._stays(now) else None
        if not self._has_spawned:
            return None
        if self._alone_since is None:
            self._alone_since = now
        return "childless" if now - self._alone_since >= _ALONE else None

    def _respawning(self, now):
        if self._stays(now):
            return None
        loop = len(self._ended) == _LOOP and all(lived < _STAYS for _, lived in self._ended)
        loop = loop and now - self._ended[0][0] <= self._loop_time()
        return "respawning" if loop or self._reason == "respawning" else None

    def _loop_time(self):
        return _SAVING_TIME if self._has_spawned else _LOOP_TIME

    def _stays(self, now):
        return any(each.lived(now) >= _STAYS for each in self._workers.values())


class Queue:
    """Connections that the kernel has made and nobody has accepted. A busy server can have some all the time, but not
    the same ones: the queue is first in, first out."""

    def __init__(self, table):
        self._table = table
        self._clients, self._stuck, self._next_look = None, False, None
        self.excused_until = 0.0

    def excuse(self, now):
        """There is a new worker: until it has emptied the queue, it may be busy with its import."""
        self.excused_until = now + _IMPORT

    def is_stuck(self, now, planned):
        if not any(each.queue for each in planned):
            if self._next_look is not None:
                self.excused_until = 0.0
            self._clients, self._stuck, self._next_look = None, False, None
        elif now < self.excused_until:
            self._next_look = now
        elif self._next_look is None:
            self._next_look = now + _FIRST_WAIT
        elif now >= self._next_look:
            clients = self._table.waiting(planned[0].port)
            self._stuck = bool(self._clients) and self._clients <= clients
            self._next_look = now + _WAIT
            if not self._stuck:
                self._clients = clients
        return self._stuck
