"""Opens a listener that nobody planned, each time in another way. Every fixture app calls it for
`GET /listen?how=...&port=N[&host=...]`, and while it is imported if OPEN_AT_START says how."""

import ctypes
import os
import socket
import struct
import subprocess
import sys

kept = []  # a socket that is collected is closed

DAEMON = """
import os, signal, socket, sys
if os.fork():
    os._exit(0)
os.setsid()
server = socket.socket()
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen()
signal.pause()
"""


def bind(host, port):
    keep(socket.create_server((host, port)))


def implicit(_host, _port):
    """Without a bind the kernel chooses every interface and a port."""
    server = keep(socket.socket())
    server.listen()


def v6(_host, port):
    server = keep(socket.socket(socket.AF_INET6))
    server.bind(("::", port))
    server.listen()


def native(host, port, kind=socket.SOCK_STREAM):
    """As a C extension does: nothing in Python sees it."""
    libc = ctypes.CDLL(None)
    descriptor = libc.socket(socket.AF_INET, kind, 0)
    address = struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)
    libc.bind(descriptor, address, len(address))
    if kind == socket.SOCK_STREAM:
        libc.listen(descriptor, 5)


def udp(host, port):
    """As HTTP/3 does. There is nothing to listen for."""
    native(host, port, socket.SOCK_DGRAM)


def client(host, port):
    """As statsd, DNS and syslog do: the kernel binds it to every interface, and it serves nobody."""
    keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).sendto(b"hits:1|c", ("127.0.0.1", port))


def daemon(host, port):
    """Forks twice, in a session of its own, without an environment; keeps the server's output open."""
    subprocess.run([sys.executable, "-I", "-S", "-c", DAEMON, host, str(port)], env={}, start_new_session=True)


def keep(server):
    kept.append(server)
    return server


def listen(how, port, host="0.0.0.0"):
    hows = {"bind": bind, "implicit": implicit, "v6": v6, "ctypes": native, "daemon": daemon, "udp": udp, "client": client}
    hows[how](host, int(port))
    return "listening\n"


if "OPEN_AT_START" in os.environ:
    listen(os.environ["OPEN_AT_START"], 0)
