"""What a system's table of sockets consists of."""


class Listener:
    """One listening TCP socket. `raw` is the bound address in network order, 4 or 16 bytes. `id` tells it from
    every other one, `uid` is its owner's, and `pids` its holders, where the table itself names them."""

    __slots__ = ("raw", "port", "id", "uid", "pids")

    def __init__(self, raw, port, id, uid=None, pids=()):
        self.raw, self.port, self.id, self.uid, self.pids = raw, port, id, uid, list(pids)
