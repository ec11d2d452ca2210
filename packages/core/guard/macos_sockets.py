"""Every listening TCP socket of this user on macOS, from lsof(8). Tested on recorded output only."""

import os
import subprocess

import address
from listener import Listener

_LSOF = "/usr/sbin/lsof" if os.path.exists("/usr/sbin/lsof") else "lsof"
_PATIENCE = 10  # seconds; it can hang on a dead network file system


class Lsof:
    name = "lsof"

    def read(self):
        return parse_lsof(run(_LSOF, "-nPw", "-iTCP", "-sTCP:LISTEN", "-Fpuftdn"))

    def near(self, _port):
        return self.read()

    def udp(self):
        """Not read here."""
        return []


def parse_lsof(text):
    """One field per line, its kind in the first character: `p` process and `u` its user; for each of its files
    `f` descriptor, `t` type, `d` device (the socket's address in the kernel), `n` name. lsof(8), OUTPUT FOR
    OTHER PROGRAMS."""
    listeners, process, file = {}, {}, {}
    for line in text.splitlines():
        kind, value = line[:1], line[1:]
        if kind == "p":
            process, file = {"p": int(value)}, {}
        elif kind == "u":
            process["u"] = int(value)
        elif kind == "f":
            file = {}
        else:
            file[kind] = value
        if kind == "n":
            _add(listeners, process, file)
    return list(listeners.values())


def _add(listeners, process, file):
    host, _, port = file["n"].rpartition(":")
    if host == "*":
        raw = bytes(16 if file["t"] == "IPv6" else 4)
    else:
        raw = address.from_text(host.strip("[]").partition("%")[0])
    id = file.get("d") or (raw, port, process["p"])
    listener = listeners.setdefault(id, Listener(raw, int(port), id, process.get("u")))
    if process["p"] not in listener.pids:
        listener.pids.append(process["p"])


def open_table():
    try:
        table = Lsof()
        table.read()
        return table
    except (OSError, subprocess.SubprocessError):
        return None


def run(*words):
    """In the C locale and UTC, so that dates have five words and don't move with summer time."""
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, env=environment, timeout=_PATIENCE, check=False
    )  # lsof exits with 1 when it finds nothing
    return done.stdout.decode(errors="replace")
