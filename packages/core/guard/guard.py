"""The loop: messages from the launcher, looks at the sockets, the end of the tree."""

import os
import sys
import time
from errno import errorcode

import system
import watch
from channel import Channel
from ladder import Ladder

IDLE = 0.5  # seconds between two turns when there is nothing to watch
BUSY = 0.05  # the same while the server runs: its exit and signals to us are noticed within this
ORPHAN_GRACE = 1.0  # the launcher is gone: one request, a second, the end
NAMESPACES = 1.0  # seconds between two looks for a member that has left our network
GIVE_UP = 5.0  # seconds of killing before a process is reported as a survivor


class Guard:
    def __init__(self, channel, host):
        self.channel, self.host = channel, host
        self.table = system.open_table()
        self.hooks = system.open_hooks()
        self.tree = self.watch = self.health = self.ladder = self.exit = self.record = None
        self.order = self.socket = self.seal = None
        self.restarts = 0
        self.listening = self.ready = self.orphaned = self.done = False
        self.told = {"strangers": [], "exposed": []}
        self.killed = {}
        self.next_turn = self.next_look = self.next_search = 0.0

    def run(self):
        try:
            while not self.done:
                self._turn()
        except BaseException:
            self._leave_nothing()
            raise
        finally:
            if self.record:
                self.record.remove()

    def _turn(self):
        now = time.monotonic()
        hooked = self.hooks.descriptor(now) if self.hooks else None
        if self.host.wait(self.channel, self.next_turn - now, hooked):
            for message in self.channel.receive():
                getattr(self, "do_" + message.pop("do"))(**message)
        if self.channel.closed or self.host.wanted_to_end:
            self._orphaned()
        now = time.monotonic()
        for refusal in self.hooks.refusals(now) if self.hooks else ():
            self._refused(now, refusal)
        if now < self.next_turn:  # a server that floods its terminal wakes us a thousand times more often
            return
        self.next_turn = now + self._pace()
        if self.tree:
            self.tree.follow()
            if self.record:
                self.record.follow(now)
            self._reap(now)
            if now >= self.next_look:
                self.next_look = now + (system.RUNNING if self.ready else system.STARTING)
                self._look(now)
            self._climb(now)

    def _pace(self):
        if not self.tree:
            return IDLE
        if self.ladder:
            return system.STOPPING
        return min(BUSY, system.RUNNING if self.ready else system.STARTING)

    # What the launcher can ask for

    def do_start(self, **message):
        before = {each.id for each in self.table.read() + self.table.udp()} if self.table else ()
        if self.hooks:
            message["env"]["DEVLAUNCH_GUARD"] = self.hooks.variable
        try:
            self.socket = _bind(message)
        except OSError as error:
            self.channel.send("taken", code=errorcode.get(error.errno, ""))
            return
        try:
            pid = self._spawn(message)
        except OSError as error:
            sealed = not self.seal or self.seal.requests
            self.channel.send("failed" if sealed else "unsealable", reason=error.strerror, file=error.filename)
            return
        self.tree = system.Tree(pid)
        self.watch = self._watch(before, message["address"], message["port"])
        self.health = system.health(self.table, self.tree, pid, message["port"]) if self.table else None
        self.next_turn = 0.0
        self.record = system.open_record(self.tree)
        self.channel.send("started", pid=pid, record=self.record is not None)
        cleaned = system.end_leftovers()  # while the server's interpreter starts
        if cleaned:
            self.channel.send("cleaned", processes=cleaned)

    def _spawn(self, message):
        self.order = message
        self.seal = system.new_seal() if message.get("seal") else None
        if self.seal:
            self.seal.prepare()
        pid = self.host.start(message, self.socket and self.socket.descriptor, self.seal)
        if self.socket and self.socket.descriptor and message.get("restart") is None:
            self._let_go()  # the server has its own
        return pid

    def _let_go(self):
        if self.socket:
            self.socket.close()

    def _watch(self, before, address, port):
        if self.table:
            return watch.Watch(self.table, self.tree, before, address, port)
        from blind import Blind  # hardly ever needed, and each module costs a part of a millisecond

        return Blind(address, port)

    def do_ready(self):
        """It has answered: what the application opens while it is imported has been seen."""
        self.ready = True
        if self.health:
            self.health.settle()

    def do_sockets(self, id):
        if self.watch:
            self._look(time.monotonic())  # a wide one is told before it could be listed as harmless
        # gunicorn's `daemon` answers on a socket that was handed over, and its first process has ended
        lasting = self.watch and not self.ladder
        self.channel.send("answer", id=id, value=self.watch.everything() if lasting else [])

    def do_holders(self, id, port):
        self.channel.send("answer", id=id, value=watch.on_port(self.table, port) if self.table else [])

    def do_clean(self, id):
        self.channel.send("answer", id=id, value=system.end_leftovers())

    def do_resize(self, columns, rows):
        self.host.resize(columns, rows)

    def do_stop(self, graces):
        if not self.tree:
            self.done = True
        elif not self.ladder:
            self._begin(Ladder(time.monotonic(), graces))

    def do_kill(self):
        self.do_stop([])
        if self.ladder:
            self.ladder.kill_by(time.monotonic())
            self.next_turn = 0.0

    # What happens by itself

    def _orphaned(self):
        """Nobody is there to say 'stop' any more, or somebody has told us to end."""
        if self.orphaned:
            return
        self.orphaned = True
        self.do_stop([ORPHAN_GRACE])
        if self.ladder:
            self.ladder.kill_by(time.monotonic() + ORPHAN_GRACE)
        if self.channel.closed:
            self.host.restore_terminal()

    def _begin(self, ladder):
        self.ladder, self.next_turn = ladder, 0.0
        self._let_go()

    def _reap(self, now):
        status = self.host.reap()
        if status is not None and not self._restarted(status):
            self.exit = status
            if not self.ladder:
                self._begin(Ladder(now, [GIVE_UP]))
            self.ladder.leader_gone(now)

    def _restarted(self, status):
        """Some reloaders end the server with a status of their own, and leave it to a parent to start it again.
        Before the server has answered, a second time is no reload: the app itself ends with this status."""
        if self.ladder or status != self.order.get("restart") or (self.restarts and not self.ready):
            return False
        self.restarts += 1
        try:
            pid = self._spawn(self.order)
            if self.health:
                self.health.restarted(pid)
            self.channel.send("restarted", pid=pid)
        except OSError:  # the interpreter has gone meanwhile: the server has ended
            return False
        return True

    def _look(self, now):
        findings = self.watch.look(now)
        if findings.exposed and not self.told["exposed"]:
            self.told["exposed"] = findings.exposed
            details = [self.watch.describe(each) for each in findings.exposed]
            self.do_kill()
            self._climb(now)
            self.channel.send("exposed", sockets=details)
        if self.ladder:  # our own sockets, half closed, belong to nobody
            return
        strangers = [each.id for each in findings.strangers]
        if strangers != self.told["strangers"]:
            self.told["strangers"] = strangers
            self._tell("strangers", findings.strangers)
        if findings.planned and not strangers and not self.listening:
            self.listening = True
            neighbours = [self.watch.describe(each) for each in findings.neighbours]
            self._tell("listening", findings.planned, neighbours=neighbours)
        for event, reason in self.health.look(now, findings.planned) if self.health else ():
            self.channel.send(event, reason=reason)
        if now >= self.next_search:
            self._search(now)

    def _search(self, now):
        """Told once: whoever has left our network may listen there, and we can't see it."""
        members = self.tree.elsewhere()
        self.next_search = float("inf") if members else now + NAMESPACES
        if members:
            self.channel.send("unseen", **system.describe(members[0]))

    def _refused(self, now, refusal):
        """The bind has not happened, but a server without it is none: gunicorn would try again for 5 s, daphne would
        end as if nothing had been wrong."""
        if not self.tree or self.told["exposed"]:
            return
        self.told["exposed"] = [refusal]
        pid = refusal["pid"]  # as it says: another process's command is nobody's concern
        known = pid in self.tree.members()
        who = system.describe(pid) if known else {"pid": pid, "command": "", "cwd": ""}
        self.do_kill()
        self._climb(now)
        self.channel.send("refused", **{**refusal, **who})

    def _tell(self, event, listeners, **details):
        self.channel.send(event, sockets=[self.watch.describe(each) for each in listeners], **details)

    def _climb(self, now):
        step = self.ladder.step(now) if self.ladder else None
        if step == "ask":
            self.host.ask()
        elif step == "kill":
            for pid in self.tree.members():
                if pid not in self.killed:  # a dead one has no command line any more
                    self.killed[pid] = system.command(pid)
                self.tree.kill(pid)
        if self.ladder and self.exit is not None and self.tree.extinct():
            self._finish([])
        elif self.ladder and now >= self.ladder.kill_at + GIVE_UP:
            self._finish([system.describe(pid) for pid in self.tree.members()])

    def _finish(self, survivors):
        self.host.drain()
        killed = [{"pid": pid, "command": command} for pid, command in self.killed.items()]
        self.channel.send("gone", exit=self.exit, killed=killed, survivors=survivors)
        self.host.finish(self.channel)
        self.done = True

    def _leave_nothing(self):
        """A mistake of ours, or a kernel that answers no more: whatever it was, nothing is left running."""
        deadline = time.monotonic() + GIVE_UP
        while self.tree and time.monotonic() < deadline:
            self.host.reap()
            if self.tree.extinct():
                return
            for pid in self.tree.members():
                self.tree.kill(pid)
            time.sleep(system.STOPPING)


def _bind(message):
    if message.get("listener", "own") == "own":
        return None
    from handover import Handover

    return Handover(message["address"], message["port"], message["listener"])


def main():
    host = system.host("terminal" in sys.argv[1:])
    channel = Channel()
    host.prepare(channel)
    guard = Guard(channel, host)
    name = guard.table.name if guard.table else "none"
    channel.send("guard", pid=os.getpid(), python=sys.version.split()[0], sockets=name)
    guard.run()
