"""Prints without end once it is asked to: /KIND/BYTES, and answers when all of it has been taken."""

import os

KINDS = {
    "lines": b"the quick brown fox jumps over the lazy dog, again and again\n",
    "empty": b"\n",
    "endless": b"x" * 61,
    "wide": "漢字🎉é".encode() * 3000 + b"\n",
    "binary": bytes(range(256)),
    "nul": b"\0",
    "escape": b"\x1b]0;\x1b[31m\x1b[2J\r",
    "broken": b"\xff\xfe\xed\xa0\x80\xf0\x9f\x8e\n",
}


def app(environ, start_response):
    _, kind, size = (environ["PATH_INFO"] + "//").split("/")[:3]
    if kind in KINDS:
        block = KINDS[kind] * (65536 // len(KINDS[kind]) + 1)
        left = int(size)
        while left > 0:
            left -= os.write(1, block)
    start_response("200 OK", [("content-length", "4")])
    return [b"done"]
