"""Other programs of the same user, which listen on every interface: `neighbours.py COUNT SECONDS`, each in a process of
its own, in the background, over that time."""

import os
import random
import socket
import time
import sys

count, seconds = int(sys.argv[1]), float(sys.argv[2])
for number in range(count):
    if os.fork() == 0:
        time.sleep(random.uniform(0, seconds))
        family = socket.AF_INET6 if number % 2 else socket.AF_INET
        kept = socket.create_server(("", 0), family=family)
        os.write(1, b"listening\n")
        time.sleep(seconds)
        os._exit(0)
for _ in range(count):
    os.wait()
