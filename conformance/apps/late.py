"""Opens a wide listener in a program of its own, when told to: `GET /?how=v4&delay=0.3`. The program runs isolated, as
any that isn't Python does: no hook reaches it. It prints when the kernel had the listener, on the monotonic clock."""

import subprocess
import sys
from urllib.parse import parse_qs

OPENER = """
import ctypes, os, socket, struct, sys, time
how, delay = sys.argv[1], float(sys.argv[2])
time.sleep(delay)
if how == "daemon":
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
family = socket.AF_INET6 if how == "v6" else socket.AF_INET
kind = socket.SOCK_DGRAM if how == "udp" else socket.SOCK_STREAM
server = socket.socket(family, kind)
if how == "ctypes":
    libc = ctypes.CDLL(None)
    address = struct.pack("=H", family) + bytes(14)
    libc.bind(server.fileno(), address, len(address))
    libc.listen(server.fileno(), 5)
else:
    if how != "implicit":
        # of a UDP socket on one of the kernel's own ports nobody can tell whether it is a client's
        port = 20000 + os.getpid() % 10000 if how == "udp" else 0
        server.bind(("::" if how == "v6" else "0.0.0.0", port))
    if how != "udp":
        server.listen()
now = time.monotonic_ns()
os.write(1, ("opened %d\\n" % now).encode())
time.sleep(60)
"""


def app(environ, start_response):
    start_response("200 OK", [])
    query = parse_qs(environ["QUERY_STRING"])
    if query:
        words = [sys.executable, "-I", "-S", "-c", OPENER, query["how"][0], query["delay"][0]]
        subprocess.Popen(words, start_new_session=query["how"] == ["daemon"])
    return [b"late\n"]
