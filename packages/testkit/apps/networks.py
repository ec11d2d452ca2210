"""What tests do in network namespaces: requests from each of them, a tunnel between two of them.

A thread is in the namespace that it has entered, and so is what it opens. One JSON object per line: questions on stdin,
answers on stdout. It ends with its stdin, and the tunnel with it.
"""

import ctypes
import errno
import fcntl
import http.client
import json
import os
import socket
import struct
import sys
import threading
from urllib.parse import urlsplit

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x1, 0x1000
TABLES = ("tcp", "tcp6", "udp", "udp6")

libc = ctypes.CDLL(None, use_errno=True)
lock = threading.Lock()


def enter(namespace):
    with open(f"/run/netns/{namespace}") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")


def say(**answer):
    with lock:
        print(json.dumps(answer), flush=True)


def get(id, url, method="GET", headers={}, body=None, timeout=1, source=None, **_):
    connection = connect(url, timeout, source)
    connected = False
    try:
        connection.connect()
        connected = True
        connection.request(method, path(url), body, headers)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        say(id=id, status=response.status, headers=response.getheaders(), body=text)
    except (OSError, http.client.HTTPException) as error:
        say(id=id, error=name(error), connected=connected)
    finally:
        connection.close()


def hold(id, url, headers={}, timeout=5, **_):
    """The first bytes of an answer that goes on, and when it is cut."""
    connection = connect(url, timeout)
    try:
        connection.request("GET", path(url), headers=headers)
        response = connection.getresponse()
        stream = response.fp  # the response itself takes what is behind a 101 for empty
        if connection.sock:  # closed already where the end of the answer is that of the connection
            connection.sock.settimeout(60)
        say(id=id, status=response.status, first=stream.read1(1000).decode(errors="replace"))
        while stream.read1(1000):
            pass
        say(id=id, ended="EOF")
    except (OSError, http.client.HTTPException) as error:
        say(id=id, error=name(error), ended=name(error))


def read(id, **_):
    say(id=id, tables={table: open(f"/proc/thread-self/net/{table}").read() for table in TABLES})


def configure(id, settings, **_):
    for name, value in settings.items():
        with open(f"/proc/sys/net/{name}", "w") as file:
            file.write(value)
    say(id=id)


def tunnel(id, name, peer, **_):
    """Carries packets between this namespace and the peer's."""
    ends = [open_tun(name)]
    enter(peer)
    ends.append(open_tun(name))
    say(id=id)
    for one, other in (ends, ends[::-1]):
        threading.Thread(target=carry, args=(one, other), daemon=True).start()


def open_tun(name):
    file = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return file


def carry(one, other):
    while True:
        try:
            os.write(other, os.read(one, 65536))
        except OSError:  # that end is down
            pass


def connect(url, timeout, source=None):
    parts = urlsplit(url)
    return http.client.HTTPConnection(
        parts.hostname, parts.port, timeout, source_address=source and (source, 0)
    )


def path(url):
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def name(error):
    if isinstance(error, socket.timeout):
        return "ETIMEDOUT"
    return errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)


def answer(kind, namespace, **question):
    try:
        enter(namespace)
        kinds[kind](**question)
    except Exception as error:
        say(id=question["id"], failure=repr(error))


kinds = {"configure": configure, "get": get, "hold": hold, "read": read, "tunnel": tunnel}
for line in sys.stdin:
    threading.Thread(target=answer, kwargs=json.loads(line), daemon=True).start()
