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
    """Messages from the launcher; its death is the end of the stream."""

    def __init__(self, descriptor=DESCRIPTOR):
        self.descriptor = descriptor
        self.closed = False
        self._pending = b""

    def receive(self):
        """The complete messages that have arrived. Call when the descriptor is readable."""
        try:
            chunk = os.read(self.descriptor, 65536)
        except OSError:  # ECONNRESET: the launcher was killed with our events unread
            chunk = b""
        if not chunk:
            self.closed = True
            return []
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        return [decode(line.decode()) for line in lines]

    def send(self, event, **details):
        try:
            data = (encode({"event": event, **details}) + "\n").encode()
            while data:
                data = data[os.write(self.descriptor, data) :]
        except OSError:
            self.closed = True
