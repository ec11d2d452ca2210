"""What does the tree listen on, and is any of it wider than the policy?"""

import address
import system

_EARLY_LOOKS = 3  # a new socket's holder may be forking just now: look again before believing 'foreign'
_LATER_LOOK = 1.0  # seconds; a foreign socket can be handed over to the tree at any time
_UDP_LOOK = 0.04  # seconds; every look while the server runs, and less than that while it starts


class Findings:
    """One look. Each item is a Listener."""

    def __init__(self):
        self.planned = []  # ours, exactly where the plan says, or where it may be
        self.exposed = []  # ours, wider than the policy and not the planned one
        self.strangers = []  # somebody else's that would answer at the planned address
        self.neighbours = []  # somebody else's on the same port of another address


class Watch:
    """`before`: the ids of the sockets that listened before the server was started. `port`: None as long as nobody knows
    where the app will listen, which may be anywhere on loopback."""

    def __init__(self, table, tree, before, planned, port):
        self._table, self._tree, self._before = table, tree, before
        self.plan(planned, port)
        self._foreign = {}  # id -> looks left before it is only looked at again now and then
        self._owners = {}  # id -> pids, of the sockets that are ours
        self._udp = []
        self._next_look = self._next_udp = 0.0

    def plan(self, planned, port):
        self._address, self._port = address.from_text(planned), port

    @property
    def is_searching(self):
        return self._port is None

    def look(self, now):
        if now >= self._next_udp:
            self._udp, self._next_udp = self._table.udp(), now + _UDP_LOOK
        tcp = self._table.read() if self.is_searching else self._table.near(self._port)
        listeners = [each for each in tcp + self._udp if self._matters(each)]
        self._judge(listeners, now)
        findings = Findings()
        for listener in listeners:
            here = self._is_planned(listener)
            if listener.id in self._owners:
                if not here and address.reach(listener.raw) != "loopback":
                    findings.exposed.append(listener)
                elif here and listener.kind == "tcp":  # HTTP/3 may share the address, and isn't what we wait for
                    findings.planned.append(listener)
            elif listener.kind == "tcp" and listener.port == self._port:
                would_answer = here or self._covers(listener)
                (findings.strangers if would_answer else findings.neighbours).append(listener)
        return findings

    def everything(self):
        """Every listening socket of the tree, the harmless ones on loopback included."""
        listeners = self._table.read() + self._table.udp()
        owners, _ = self._tree.owners(listeners)
        return [self.describe(each, owners) for each in listeners if each.id in owners]

    def describe(self, listener, owners=None):
        return describe(listener, self.holders(listener, owners))

    def holders(self, listener, owners=None):
        pids = (self._owners if owners is None else owners).get(listener.id)
        return pids or system.holders([listener]).get(listener.id, [])

    def _matters(self, listener):
        answers = listener.kind == "tcp" and (self.is_searching or listener.port == self._port)
        return answers or address.reach(listener.raw) != "loopback"

    def _is_planned(self, listener):
        if self.is_searching:
            return address.reach(listener.raw) == "loopback"
        return listener.port == self._port and address.canonical(listener.raw) == self._address

    def _covers(self, listener):
        return address.is_wildcard(listener.raw) and len(listener.raw) == len(self._address)

    def _judge(self, listeners, now):
        ids = {listener.id for listener in listeners}
        self._owners = {id: pids for id, pids in self._owners.items() if id in ids}
        self._foreign = {id: left for id, left in self._foreign.items() if id in ids}
        unjudged = [each for each in listeners if each.id not in self._owners]
        later = now >= self._next_look
        if not any(later or self._foreign.get(each.id, 1) for each in unjudged):
            return
        if later:
            self._next_look = now + _LATER_LOOK
        owners, unreadable = self._tree.owners(listeners)
        for each in unjudged:
            if each.id in owners:
                self._owners[each.id] = owners[each.id]
                self._foreign.pop(each.id, None)
            elif unreadable and self._suspect(each, unreadable):
                self._owners[each.id] = unreadable
            else:
                first = 0 if each.id in self._before else _EARLY_LOOKS
                self._foreign[each.id] = max(self._foreign.get(each.id, first + 1) - 1, 0)

    def _suspect(self, listener, unreadable):
        """Fail closed: a member of the tree can't be read (it gained privileges), this socket appeared
        after the start, may belong to that member's user, and no process that can be read holds it.
        Of those that are searched for it would be the other way round: a stranger's could be taken for ours."""
        if self.is_searching and self._is_planned(listener):
            return False
        uids = {system.uid(pid) for pid in unreadable}
        return (
            listener.id not in self._before
            and (listener.uid in uids or None in uids)
            and listener.id not in system.holders([listener])
        )


def describe(listener, pids):
    who = system.describe(min(pids)) if pids else {"pid": None, "command": "", "cwd": ""}
    return {
        "protocol": listener.kind,
        "address": address.to_text(listener.raw),
        "port": listener.port,
        "reach": address.reach(listener.raw),
        "queue": listener.queue,
        "pids": pids,
        **who,
    }


def on_port(table, port):
    """Who listens on this port, at whatever address."""
    listeners = [each for each in table.read() if each.port == port]
    owners = system.holders(listeners)
    return [describe(each, owners.get(each.id, [])) for each in listeners]
