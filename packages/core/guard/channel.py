"""The control channel to the launcher: one JSON object per line, both ways, on one descriptor.

`import json` costs 12 ms on every start, nearly as much as the interpreter itself, because it imports
`re`. The C scanner beneath it, `_json`, costs nothing and has had this interface since Python 2.7.
"""

import os

try:
    from _json import encode_basestring_ascii, make_scanner

    class _Context:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float = float
        parse_int = int
        parse_constant = float
        memo = {}

    _scan = make_scanner(_Context)

    def decode(line):
        return _scan(line, 0)[0]

    def encode(value):
        if isinstance(value, str):
            return encode_basestring_ascii(value)
        if isinstance(value, dict):
            return "{" + ",".join(encode(key) + ":" + encode(item) for key, item in value.items()) + "}"
        if isinstance(value, (list, tuple)):
            return "[" + ",".join(map(encode, value)) + "]"
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        return repr(value)

except ImportError:  # an interpreter without CPython's accelerator
    from json import dumps as encode, loads as decode

DESCRIPTOR = 3


class Channel:
    """Messages from the launcher; its death is the end of the stream.

    Where the descriptor is non-blocking, what doesn't fit waits in `unsent`: a launcher that is stopped (SIGSTOP,
    a debugger) must not stop the watch.
    """

    def __init__(self, descriptor=DESCRIPTOR):
        self.descriptor = descriptor
        self.closed = False
        self.unsent = b""
        self._chunks = []

    def receive(self):
        """The complete messages that have arrived. Call when the descriptor is readable."""
        try:
            chunk = os.read(self.descriptor, 1 << 16)
        except BlockingIOError:
            return []
        except OSError:  # ECONNRESET: the launcher was killed with our events unread
            chunk = b""
        if not chunk:
            self.closed = True
            return []
        self._chunks.append(chunk)
        if b"\n" not in chunk:
            return []
        *lines, rest = b"".join(self._chunks).split(b"\n")
        self._chunks = [rest]
        return [decode(line.decode()) for line in lines]

    def send(self, event, **details):
        self.unsent += (encode({"event": event, **details}) + "\n").encode()
        self.flush()

    def flush(self):
        try:
            while self.unsent:
                self.unsent = self.unsent[os.write(self.descriptor, self.unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self.closed, self.unsent = True, b""
