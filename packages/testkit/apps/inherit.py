"""Runs a command as a socket activator does: descriptors 3 to 5 are a socket that listens on every interface."""

import os
import socket
import sys

server = socket.create_server(("0.0.0.0", 0))
for descriptor in (5, 4, 3):
    os.dup2(server.fileno(), descriptor)
    os.set_inheritable(descriptor, True)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[1], sys.argv[1:])
