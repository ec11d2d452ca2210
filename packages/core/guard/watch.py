"""What does the tree listen on, and is any of it wider than the policy?"""

import address
import processes

_EARLY_LOOKS = 3  # a new socket's holder may be forking just now: look again before believing 'foreign'
_LATER_LOOK = 1.0  # seconds; a foreign socket can be handed over to the tree at any time


class Findings:
    """One look. Each item is a Listener."""

    def __init__(self):
        self.planned = []  # ours, exactly where the plan says
        self.exposed = []  # ours, wider than the policy and not the planned one
        self.strangers = []  # somebody else's that would answer at the planned address
        self.neighbours = []  # somebody else's on the same port of another address


class Watch:
    def __init__(self, table, root, planned, port):
        self._table, self._root = table, root
        self._address, self._port = address.from_text(planned), port
        self._before = {listener.inode for listener in table.read()}
        self._foreign = {}  # inode -> looks left before it is only looked at again now and then
        self._owners = {}  # inode -> pids, of the sockets that are ours
        self._next_look = 0.0

    def look(self, now):
        listeners = [each for each in self._table.read() if self._matters(each)]
        self._judge(listeners, now)
        findings = Findings()
        for listener in listeners:
            here = self._is_planned(listener)
            if listener.inode in self._owners:
                if here:
                    findings.planned.append(listener)
                elif address.reach(listener.raw) != "loopback":
                    findings.exposed.append(listener)
            elif listener.port == self._port:
                would_answer = here or self._covers(listener)
                (findings.strangers if would_answer else findings.neighbours).append(listener)
        return findings

    def everything(self):
        """Every listening socket of the tree, the harmless ones on loopback included."""
        owners, _ = processes.socket_owners(processes.descendants(self._root))
        return [self.describe(each, owners) for each in self._table.read() if each.inode in owners]

    def describe(self, listener, owners=None):
        pids = (self._owners if owners is None else owners).get(listener.inode)
        return describe(listener, pids or holders([listener]).get(listener.inode, []))

    def _matters(self, listener):
        return listener.port == self._port or address.reach(listener.raw) != "loopback"

    def _is_planned(self, listener):
        return listener.port == self._port and address.canonical(listener.raw) == self._address

    def _covers(self, listener):
        return address.is_wildcard(listener.raw) and len(listener.raw) == len(self._address)

    def _judge(self, listeners, now):
        inodes = {listener.inode for listener in listeners}
        self._owners = {inode: pids for inode, pids in self._owners.items() if inode in inodes}
        self._foreign = {inode: left for inode, left in self._foreign.items() if inode in inodes}
        unjudged = [each for each in listeners if each.inode not in self._owners]
        later = now >= self._next_look
        if not any(later or self._foreign.get(each.inode, 1) for each in unjudged):
            return
        if later:
            self._next_look = now + _LATER_LOOK
        pids = processes.descendants(self._root)
        owners, unreadable = processes.socket_owners(pids)
        for each in unjudged:
            if each.inode in owners:
                self._owners[each.inode] = owners[each.inode]
                self._foreign.pop(each.inode, None)
            elif unreadable and self._suspect(each, unreadable):
                self._owners[each.inode] = unreadable
            else:
                first = 0 if each.inode in self._before else _EARLY_LOOKS
                self._foreign[each.inode] = max(self._foreign.get(each.inode, first + 1) - 1, 0)

    def _suspect(self, listener, unreadable):
        """Fail closed: a member of the tree can't be read (it gained privileges), this socket appeared
        after the start, belongs to that member's user, and no process that can be read holds it."""
        return (
            listener.inode not in self._before
            and listener.uid in {processes.uid(pid) for pid in unreadable}
            and listener.inode not in holders([listener])
        )


def holders(listeners):
    """The processes of the whole machine, as far as we may look, that hold these sockets."""
    owners, _ = processes.socket_owners(processes.all_pids())
    return {each.inode: owners[each.inode] for each in listeners if each.inode in owners}


def describe(listener, pids):
    who = processes.describe(min(pids)) if pids else {"pid": None, "command": "", "cwd": ""}
    return {
        "address": address.to_text(listener.raw),
        "port": listener.port,
        "reach": address.reach(listener.raw),
        "pids": pids,
        **who,
    }


def on_port(table, port):
    """Who listens on this port, at whatever address."""
    listeners = [each for each in table.read() if each.port == port]
    owners = holders(listeners)
    return [describe(each, owners.get(each.inode, [])) for each in listeners]
