"""Where the system gives no list of sockets: whether somebody accepts a connection at the planned address is all
that can be told. It proves nothing, and the launcher says "not verified"."""

import _socket
import address
from listener import Listener
from watch import Findings, describe

_PATIENCE = 0.2  # seconds


class Blind:
    """Answers as watch.Watch does."""

    is_searching = False

    def __init__(self, planned, port):
        self._planned = Listener(address.from_text(planned), port, "planned")
        self._answered = False

    def look(self, now):
        self._answered = self._answered or self._knock()
        findings = Findings()
        findings.planned = self.seen()
        return findings

    def everything(self):
        return [self.describe(each) for each in self.seen()]

    def seen(self):
        return [self._planned] if self._answered else []

    def holders(self, listener):
        return []

    def describe(self, listener):
        return describe(listener, [])

    def _knock(self):
        raw = self._planned.raw
        family = _socket.AF_INET if len(raw) == 4 else _socket.AF_INET6
        client = _socket.socket(family, _socket.SOCK_STREAM)
        try:
            client.settimeout(_PATIENCE)
            client.connect((address.to_text(raw), self._planned.port))
            return True
        except OSError:
            return False
        finally:
            client.close()
