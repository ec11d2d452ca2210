"""The loop: messages from the launcher, bytes of the terminal, looks at the sockets, the end of the tree."""

import _signal
import os
import select
import sys
import time

import processes
import watch
from channel import Channel
from kernel import become_subreaper
from ladder import Ladder
from listeners import open_table
from spawn import spawn
from terminal import Relay, UserTerminal

STARTING_TICK = 0.003  # seconds between two looks until the planned socket listens
RUNNING_TICK = 0.05
STOPPING_TICK = 0.005
ORPHAN_GRACE = (1.0,)  # the launcher is gone: one SIGINT, a second, the end
GIVE_UP = 5.0  # seconds of SIGKILL before a process is reported as a survivor


class Guard:
    def __init__(self, channel, user_terminal):
        self.channel, self.user_terminal = channel, user_terminal
        self.table = open_table()
        self.server = self.watch = self.relay = self.ladder = self.exit = None
        self.listening = False
        self.told = {"strangers": [], "exposed": []}
        self.killed = {}
        self.tick = None  # nothing to watch before the server runs
        self.done = False

    def run(self):
        while not self.done:
            self._wait()
            if self.server:
                self._reap()
                self._look()
                self._climb()

    def _wait(self):
        poll, wanted = select.poll(), self.relay.wants() if self.relay else {}
        if not self.channel.closed:
            poll.register(self.channel.descriptor, select.POLLIN)
        for descriptor, (read, write) in wanted.items():
            poll.register(descriptor, select.POLLIN * read | select.POLLOUT * write)
        for descriptor, events in poll.poll(None if self.tick is None else self.tick * 1000):
            if descriptor == self.channel.descriptor:
                self._receive()
            elif events & select.POLLOUT:
                self.relay.write(descriptor)
            elif descriptor == 1:  # POLLERR alone: nobody reads our output any more
                self.relay.to_launcher = b""
            else:
                self.relay.read(descriptor)

    def _receive(self):
        for message in self.channel.receive():
            getattr(self, "do_" + message.pop("do"))(**message)
        if self.channel.closed:
            self._orphaned()

    # What the launcher can ask for

    def do_start(self, **message):
        self.watch = watch.Watch(self.table, os.getpid(), message["address"], message["port"])
        try:
            self.server = spawn(message)
        except OSError as error:
            self.channel.send("failed", reason=error.strerror, file=error.filename)
            return
        if self.server.terminal is not None:
            self.relay = Relay(self.server.terminal)
        self.tick = STARTING_TICK
        self.channel.send("started", pid=self.server.pid)

    def do_sockets(self, id):
        self.channel.send("answer", id=id, value=self.watch.everything() if self.server else [])

    def do_holders(self, id, port):
        self.channel.send("answer", id=id, value=watch.on_port(self.table, port))

    def do_resize(self, columns, rows):
        if self.server:
            self.server.resize(columns, rows)

    def do_stop(self, graces):
        if not self.server:
            self.done = True
        elif not self.ladder:
            self._begin(Ladder(self.server.pid, time.monotonic(), graces))

    def do_kill(self):
        self.do_stop([])
        if self.ladder:
            self.ladder.kill_now(time.monotonic())

    # What happens by itself

    def _orphaned(self):
        if self.user_terminal:
            self.user_terminal.restore()
        self.do_stop(ORPHAN_GRACE)

    def _begin(self, ladder):
        self.ladder, self.tick = ladder, STOPPING_TICK

    def _reap(self):
        """As the subreaper we inherit every orphan of the tree; only the first process's status matters."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.server.pid:
                self.exit = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
                now = time.monotonic()
                if not self.ladder:
                    self._begin(Ladder(pid, now, (GIVE_UP,)))
                self.ladder.leader_gone(now)

    def _look(self):
        findings = self.watch.look(time.monotonic())
        if findings.exposed and not self.told["exposed"]:
            self.told["exposed"] = findings.exposed
            details = [self.watch.describe(each) for each in findings.exposed]
            self.do_kill()
            self._climb()
            self.channel.send("exposed", sockets=details)
        strangers = [each.inode for each in findings.strangers]
        if strangers != self.told["strangers"]:
            self.told["strangers"] = strangers
            self._tell("strangers", findings.strangers)
        if findings.planned and not strangers and not self.listening:
            self.listening = True
            self.tick = self.tick if self.ladder else RUNNING_TICK
            neighbours = [self.watch.describe(each) for each in findings.neighbours]
            self._tell("listening", findings.planned, neighbours=neighbours)

    def _tell(self, event, listeners, **details):
        self.channel.send(event, sockets=[self.watch.describe(each) for each in listeners], **details)

    def _climb(self):
        if not self.ladder:
            return
        now = time.monotonic()
        for pid in self.ladder.climb(now):
            self.killed.setdefault(pid, processes.command(pid))
        if self.exit is None and now < self.ladder.kill_at + GIVE_UP:
            return
        left = processes.descendants(os.getpid())
        if not left or now >= self.ladder.kill_at + GIVE_UP:
            self._finish([processes.describe(pid) for pid in left])

    def _finish(self, survivors):
        if self.relay:
            self.relay.drain()
        killed = [{"pid": pid, "command": command} for pid, command in self.killed.items()]
        self.channel.send("gone", exit=self.exit, killed=killed, survivors=survivors)
        self.done = True


def main():
    os.setpgid(0, 0)  # a signal to the launcher's process group must not take the guard with it
    become_subreaper()
    channel = Channel()
    guard = Guard(channel, UserTerminal() if "terminal" in sys.argv[1:] else None)
    for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
        _signal.signal(number, lambda *_: guard.do_stop(ORPHAN_GRACE))
    for number in (_signal.SIGTTOU, _signal.SIGTTIN, _signal.SIGTSTP, _signal.SIGPIPE):
        _signal.signal(number, _signal.SIG_IGN)
    channel.send("guard", pid=os.getpid(), python=sys.version.split()[0], sockets=guard.table.name)
    guard.run()
