"""python packages/core/test/guard/cost.py: what the guard and the hook cost under this interpreter (Linux)."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

GUARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "guard")
COMMAND = [sys.executable, "-I", "-S"]
LISTEN = "import socket, time; s = socket.create_server(('127.0.0.1', %d)); time.sleep(99)"


def start():
    ours, theirs = socket.socketpair()
    began = time.perf_counter()
    script = "import os, sys; os.dup2(%d, 3); os.execv(sys.argv[1], sys.argv[1:])" % theirs.fileno()
    os.set_inheritable(theirs.fileno(), True)
    guard = subprocess.Popen([*COMMAND, "-c", script, *COMMAND, GUARD], close_fds=False)
    theirs.close()
    channel = ours.makefile("rw")
    ours.close()
    channel.readline()
    return (time.perf_counter() - began) * 1000, guard, channel


def bare():
    began = time.perf_counter()
    subprocess.run([*COMMAND, "-c", "pass"], check=True)
    return (time.perf_counter() - began) * 1000


def cpu(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def hook():
    """Milliseconds of CPU that the hook adds to the start of an interpreter: the minimum of alternate runs. With the
    compiled file in a __pycache__, and without, as where nobody may write one."""
    sys.path.insert(0, GUARD)
    from hooks import Hooks

    variable = Hooks().variable  # while this function runs, we are the guard
    costs = []
    with tempfile.TemporaryDirectory() as cache:
        for more in ({"PYTHONPYCACHEPREFIX": cache}, {"PYTHONDONTWRITEBYTECODE": "1"}):
            without = {**{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}, **more}
            hooked = {"PYTHONPATH": os.path.join(GUARD, "hook"), "DEVLAUNCH_BIND": "127.0.0.1:8000"}
            pairs = [(busy(without), busy({**without, **hooked, "DEVLAUNCH_GUARD": variable})) for _ in range(200)]
            bare, best = map(min, zip(*pairs))
            costs.append(best - bare)
    return (*costs, bare)


def busy(environment):
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", "pass"], environment)
    used = os.wait4(pid, 0)[2]
    return (used.ru_utime + used.ru_stime) * 1000


print("hook: %.1f ms of CPU, not compiled %.1f ms, on top of %.1f ms" % hook())

starts, bares = [], []
for _ in range(30):
    took, guard, channel = start()
    channel.close()
    guard.wait()
    bares.append(bare())
    starts.append(took - bares[-1])  # one interpreter more, to put the channel on descriptor 3
print("start: %.0f ms (an empty program: %.0f ms), medians" % tuple(map(statistics.median, (starts, bares))))

_, guard, channel = start()
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
message = {"file": sys.executable, "args": ["-c", LISTEN % port], "cwd": "/", "env": {}, "unset": []}
print(json.dumps({"do": "start", **message, "address": "127.0.0.1", "port": port, "terminal": None}), file=channel, flush=True)
while "listening" not in channel.readline():
    pass
print('{"do":"ready"}', file=channel, flush=True)
before = cpu(guard.pid)
time.sleep(20)
print("while the server runs: %.1f %% of a core" % ((cpu(guard.pid) - before) / 20 * 100))
with open("/proc/%d/status" % guard.pid) as status:
    sizes = {line.split()[0]: int(line.split()[1]) for line in status if line.startswith(("VmRSS", "RssAnon"))}
print("memory: %.1f MB, of them its own %.1f MB" % (sizes["VmRSS:"] / 1e3, sizes["RssAnon:"] / 1e3))
channel.close()
guard.wait()
