"""What the launcher is told without asking: its sockets as they come, who serves, and what ends the server."""

import system
import watch

_NAMESPACES = 1.0  # seconds between two looks for a member that has left our network


class Lookout:
    """`end`: kills the tree at once."""

    def __init__(self, channel, table, tree, first, before, end):
        self._channel, self._tree, self._end = channel, tree, end
        self._watch = _watch(table, tree, before, first.order)
        self._health = system.health(table, tree, first.pid) if table else None
        subnet = first.order.get("subnet")
        self._filtering = system.filtering(subnet, first.filtered) if subnet else None
        self._listening = self._alarmed = False
        self._strangers, self._candidates = [], []
        self._next_search = 0.0

    def plan(self, planned, port):
        self._watch.plan(planned, port)

    def settle(self):
        if self._health:
            self._health.settle()

    def restarted(self, now, pid):
        if self._health:
            self._health.restarted(now, pid)

    def sockets(self):
        return self._watch.everything()

    def look(self, now, ending):
        findings = self._watch.look(now)
        if findings.exposed and not self._alarmed:
            self._alarm("exposed", sockets=self._described(findings.exposed))
        if ending or self._alarmed:  # our own sockets, half closed, belong to nobody
            return
        if self._filtering:
            self._filter(findings.planned)
        strangers = [each.id for each in findings.strangers]
        if strangers != self._strangers:
            self._strangers = strangers
            self._channel.send("strangers", sockets=self._described(findings.strangers))
        if self._watch.is_searching:
            self._propose(findings.planned)
            findings.planned = []
        limited = not self._filtering or self._filtering.told
        if findings.planned and limited and not strangers and not self._listening:
            self._listening = True
            neighbours = self._described(findings.neighbours)
            self._channel.send("listening", sockets=self._described(findings.planned), neighbours=neighbours)
        for event, reason in self._health.look(now, findings.planned) if self._health else ():
            self._channel.send(event, reason=reason)
        if now >= self._next_search:
            self._search(now)

    def refused(self, refusal):
        """The bind has not happened, but a server without it is none: gunicorn would try again for 5 s, daphne would
        end as if nothing had been wrong."""
        if self._alarmed:
            return
        pid = refusal["pid"]  # as it says: another process's command is nobody's concern
        known = pid in self._tree.members()
        who = system.describe(pid) if known else {"pid": pid, "command": "", "cwd": ""}
        self._alarm("refused", **{**refusal, **who})

    def _alarm(self, event, **details):
        """Once: the first tells why the server was ended."""
        self._alarmed = True
        self._end()
        self._channel.send(event, **details)

    def _propose(self, listeners):
        candidates = [each.id for each in listeners]
        if candidates != self._candidates:
            self._candidates = candidates
            self._channel.send("candidates", sockets=self._described(listeners))

    def _described(self, listeners):
        return [self._watch.describe(each) for each in listeners]

    def _filter(self, planned):
        news = self._filtering.look(planned, self._watch.holders)
        if news:
            self._channel.send("filtered", filtered=news[0], reason=news[1])

    def _search(self, now):
        """Told once: whoever has left our network may listen there, and we can't see it."""
        members = self._tree.elsewhere()
        self._next_search = float("inf") if members else now + _NAMESPACES
        if members:
            self._channel.send("unseen", **system.describe(members[0]))


def _watch(table, tree, before, order):
    address, port = order["address"], order["port"]
    if table:
        return watch.Watch(table, tree, before, address, None if order.get("listener") == "found" else port)
    from blind import Blind  # hardly ever needed, and each module costs a part of a millisecond

    return Blind(address, port)
