"""The loop: the launcher's orders, and the end when nobody is there to give them any more."""

import os
import sys
import time
from errno import errorcode

import system
import watch
from channel import Channel
from first_process import FirstProcess
from server import Server

IDLE = 0.5  # seconds between two turns without a server
# A turn takes 0.3 ms, and begins in time. Where hundreds of guards share a few processors it begins a hundred times
# later than that, and without a rest the servers would never get to start.
REST, LONGEST_REST = 4, 1.0  # so many times as late as a turn was over, and seconds
ORPHAN_GRACE = 1.0  # the launcher is gone: one request, a second, the end
GRACES = [3.0, 2.0]  # somebody else has asked: as the launcher would, of a server that has served


class Guard:
    def __init__(self, channel, host):
        self.channel, self.host = channel, host
        self.table = system.open_table()
        self.hooks = system.open_hooks()
        self.server = None
        self.orphaned = self.done = False
        self.next_turn = self.last_delay = 0.0

    def run(self):
        try:
            while not self.done:
                self._turn()
        except BaseException:
            if self.server:
                self.server.leave_nothing()
            raise
        finally:
            if self.server:
                self.server.forget()

    def _turn(self):
        now = time.monotonic()
        hooked = self.hooks.descriptor(now) if self.hooks else None
        if self.host.wait(self.channel, self.next_turn - now, hooked):
            for message in self.channel.receive():
                self._obey(**message)
        if self.channel.closed or self.host.wanted_to_end:
            self._orphaned()
        elif self.host.was_asked:
            self._asked()
        now = time.monotonic()
        self._hear_refusals(now)
        if now < self.next_turn:  # a server that floods its terminal wakes us a thousand times more often
            return
        if self.server:
            self.server.follow(now)
            if self.server.is_over:
                self._hear_refusals(now)  # it may have been refused and have ended since we looked
                self.server.finish()
                self.done = True
        delay = time.monotonic() - (self.next_turn or now)
        rest = min(REST * min(delay, self.last_delay), LONGEST_REST)  # two in a row: one alone is a hiccup
        self.last_delay = delay
        self.next_turn = now + max(rest, self.server.pace if self.server else IDLE)

    def _hear_refusals(self, now):
        for refusal in self.hooks.refusals(now) if self.hooks else ():
            if self.server:
                self.server.refused(refusal)

    def _obey(self, do, **details):
        if not self.done:  # a start behind a stop comes too late
            getattr(self, "do_" + do)(**details)
            self.next_turn = 0.0

    def _orphaned(self):
        """Nobody is there to say 'stop' any more, or somebody has told us to end."""
        if self.channel.closed:
            self.host.restore_terminal()
        if self.orphaned:
            return
        self.orphaned = True
        self.do_stop([ORPHAN_GRACE])
        if self.server:
            self.server.kill_by(time.monotonic() + ORPHAN_GRACE)
        self.next_turn = 0.0

    def _asked(self):
        """The launcher may be a test runner, that must not be ended: so whoever wants the end of its server asks us."""
        self.host.was_asked = False
        self.channel.send("stopping")
        self.do_stop(GRACES)
        self.next_turn = 0.0

    # What the launcher can ask for

    def do_start(self, **order):
        before = {each.id for each in self.table.read() + self.table.udp()} if self.table else ()
        if self.hooks:
            order["env"]["DEVLAUNCH_GUARD"] = self.hooks.variable
        first = FirstProcess(self.host, order)
        try:
            first.bind()
        except OSError as error:
            if error.filename:  # not the address, but its filter
                self.channel.send("failed", reason=error.strerror, file=error.filename)
            else:
                self.channel.send("taken", code=errorcode.get(error.errno, ""))
            return
        try:
            first.start()
        except OSError as error:
            first.let_go()
            event = "unsealable" if first.is_unsealable else "failed"
            self.channel.send(event, reason=error.strerror, file=error.filename)
            return
        self.server = Server(self.channel, self.host, first)  # from here on it is ended, whatever happens
        self.server.watch(self.table, before)
        self.channel.send("started", pid=first.pid, record=self.server.is_recorded)
        cleaned = system.end_leftovers(patience=0)  # while the server's interpreter starts
        if cleaned:
            self.channel.send("cleaned", processes=cleaned)

    def do_plan(self, address, port):
        if self.server:
            self.server.plan(address, port)

    def do_ready(self):
        if self.server:
            self.server.settle()

    def do_sockets(self, id):
        self.channel.send("answer", id=id, value=self.server.sockets() if self.server else [])

    def do_holders(self, id, port):
        self.channel.send("answer", id=id, value=watch.on_port(self.table, port) if self.table else [])

    def do_clean(self, id):
        self.channel.send("answer", id=id, value=system.end_leftovers())

    def do_resize(self, columns, rows):
        self.host.resize(columns, rows)

    def do_stop(self, graces):
        if self.server:
            self.server.stop(graces)
        else:
            self.done = True

    def do_kill(self):
        if self.server:
            self.server.kill()
        else:
            self.done = True


def main():
    host = system.host("terminal" in sys.argv[1:])
    channel = Channel()
    host.prepare(channel)
    guard = Guard(channel, host)
    name = guard.table.name if guard.table else "none"
    channel.send("guard", pid=os.getpid(), python=sys.version.split()[0], sockets=name)
    guard.run()
