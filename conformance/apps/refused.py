"""Binds a wide address again and again, and leaves each socket that it gets open for a moment:
`refused.py PORT TRIES`. Prints how many binds were refused."""

import asyncio
import select
import socket
import sys
import time

port, tries = int(sys.argv[1]), int(sys.argv[2])


def listen(server, address):
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with server:
        server.bind(address)
        server.listen()
        select.select([server], [], [], 10)  # until somebody has connected


async def serve():
    server = await asyncio.start_server(lambda reader, writer: None, "0.0.0.0", port)
    await asyncio.sleep(0.02)
    server.close()


ways = [
    lambda: listen(socket.socket(), ("0.0.0.0", port)),
    lambda: listen(socket.socket(), ("", port)),
    lambda: listen(socket.socket(socket.AF_INET6), ("::", port)),
    lambda: listen(socket.socket(socket.AF_INET6), ("::ffff:0.0.0.0", port)),
    lambda: socket.create_server(("0.0.0.0", port), reuse_port=True).close(),
    lambda: asyncio.run(serve()),
]
refused = 0
for number in range(tries):
    try:
        ways[number % len(ways)]()
    except OSError:
        refused += 1
    time.sleep(0.003)
print("refused", refused)
