"""The server's address, bound before the server is started.

A port that was free a moment ago can be somebody else's now. Handed over, the socket listens already: connections
wait in the kernel while Python imports. Reserved, it is only bound: the kernel then gives the port to nobody who
asks for any free one, while a server that sets SO_REUSEADDR, as Python's do, can still bind and listen.
"""

import _socket
import os

_BACKLOG = 2048  # uvicorn's and gunicorn's own; the kernel cuts it to net.core.somaxconn


class Handover:
    """The guard's own copy. `descriptor`: of what is handed over, or None. `filtered`: the inode of what the kernel
    drops the packets of others than `subnet` for, or None."""

    def __init__(self, address, port, listener, subnet=None):
        self.descriptor = self.filtered = None
        self._socket = _socket.socket(_socket.AF_INET6 if ":" in address else _socket.AF_INET, _socket.SOCK_STREAM)
        try:
            self._socket.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
            self._socket.bind((address, port))
            if listener == "handed-over":
                # Accepted sockets inherit it. asyncio doesn't set it on what uvicorn takes for a UNIX socket.
                self._socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
                if subnet:
                    self._filter(subnet)
                # nginx takes it as it is: of two workers that a connection has woken, one would wait in accept() for
                # the next, and its clients with it.
                self._socket.setblocking(False)
                self._socket.listen(_BACKLOG)
                self.descriptor = self._socket.fileno()
        except OSError:
            self._socket.close()
            raise

    def _filter(self, subnet):
        import linux_filter  # only paid for where it is wanted

        linux_filter.attach(self._socket, subnet)
        self.filtered = os.fstat(self._socket.fileno()).st_ino

    def close(self):
        """Or clients would wait for ever in the queue of a server that has ended."""
        self.descriptor = None
        self._socket.close()
