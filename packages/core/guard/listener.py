"""What a system's table of sockets consists of."""


class Listener:
    """One TCP socket that listens, or one UDP socket that takes datagrams from anybody. `raw` is the bound address in
    network order, 4 or 16 bytes. `id` tells it from every other one, `uid` is its owner's, and `pids` its holders,
    where the table itself names them. `queue`: connections that nobody has accepted yet, where the system tells."""

    __slots__ = ("raw", "port", "id", "uid", "pids", "kind", "queue")

    def __init__(self, raw, port, id, uid=None, pids=(), kind="tcp", queue=None):
        self.raw, self.port, self.id, self.uid, self.pids = raw, port, id, uid, list(pids)
        self.kind, self.queue = kind, queue
