"""The two pipes to the hooked interpreters of the tree (hook/sitecustomize.py). Linux only.

They open them as /proc/<guard>/fd/<number>, and know them by their inode: no file to leave behind, no descriptor to
inherit. What arrives is a hint from a process that may be anybody's: at worst it ends the server that it came from.
"""

import os
import select
from _frozen_importlib_external import SourceFileLoader

import address

_HOOK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hook", "sitecustomize.py")

_DEAF = 0.05  # seconds in which nobody listens to somebody who talks nonsense: a flood must not take our time


class Hooks:
    def __init__(self):
        SourceFileLoader("sitecustomize", _HOOK).get_code("sitecustomize")  # compiles it once, also for interpreters
        # that may not (PYTHONDONTWRITEBYTECODE): it would cost each of them 2 to 4 ms
        reader, self._lifeline = os.pipe2(os.O_CLOEXEC)
        os.close(reader)  # whoever is tied to it opens an end of its own; we are the only writer
        self._reader, self._writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._rest, self._deaf_until = b"", 0.0

    @property
    def variable(self):
        """For the environment of the server."""
        pipes = [number for each in (self._lifeline, self._reader) for number in (each, os.fstat(each).st_ino)]
        return ":".join(map(str, (os.getpid(), *pipes, os.stat("/proc/self/ns/pid").st_ino)))

    def descriptor(self, now):
        """What to poll, if anything."""
        return self._reader if now >= self._deaf_until else None

    def refusals(self, now):
        """What has been refused: pid, address, its bytes, port, line and file of each. Doesn't wait."""
        if now < self._deaf_until:
            return []
        try:
            chunk = os.read(self._reader, 1 << 16)
        except BlockingIOError:
            return []
        *lines, rest = (self._rest + chunk).split(b"\n")
        self._rest = rest[-select.PIPE_BUF :]
        found = [refusal for refusal in map(_read, lines) if refusal]
        if not found:
            self._deaf_until = now + _DEAF
        return found


def _read(line):
    try:
        word, pid, text, port, number, file = line.decode("utf-8", "replace").split(" ", 5)
        if word != "refused":
            return None
        return {
            "pid": int(pid),
            "address": text,
            "port": int(port),
            "reach": address.reach(address.from_text(text)),
            "file": file,
            "line": int(number),
        }
    except (OSError, ValueError):
        return None
