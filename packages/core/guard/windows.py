"""Windows: no fork, no signals, no poll on pipes. A Job Object instead, which is the better tree.

Written from the documentation of the Windows API and tested on recorded bytes only. Not verified on a real machine.

The guard puts itself into a job that nobody may leave and that dies with its last handle, which is ours. So
whatever the server starts is in the job, and if the guard ends in whatever way, Windows ends the job. (Node has
such a job too, but lets grandchildren leave it.) The job isn't ended by TerminateJobObject: we are in it.

What it lacks, compared with Linux:
- No terminal: the server has pipes. No sockets of a process whose creator is dead, unless we have seen the creator.
- "Please end" is CTRL_BREAK. Python ends at once on it, unless the server handles it (uvicorn does).
- A launcher that is stopped while its pipe is full stops the guard as well.
"""

import ctypes
import os
import struct
import subprocess
import time

_TICK = 0.02  # seconds between two looks into the channel
_BASIC_PROCESS_IDS, _EXTENDED_LIMITS, _KILL_ON_CLOSE = 3, 9, 0x2000
_QUERY_AND_TERMINATE, _QUERY = 0x1001, 0x1000
_WORD = ctypes.sizeof(ctypes.c_void_p)

if os.name == "nt":
    import msvcrt
    import signal

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    for _name in ("CreateJobObjectW", "OpenProcess", "GetCurrentProcess"):
        getattr(_kernel32, _name).restype = ctypes.c_void_p


class Host:
    wanted_to_end = was_asked = False

    def __init__(self):
        self._server = None

    def prepare(self, channel):
        if not _kernel32.AssignProcessToJobObject(_job(), ctypes.c_void_p(_kernel32.GetCurrentProcess())):
            raise ctypes.WinError(ctypes.get_last_error())

    def start(self, message, socket, seal=None):
        unset = {name.upper() for name in message["unset"]}  # names are the same in any case here
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        environment.update((name.upper(), value) for name, value in message["env"].items())
        self._server = subprocess.Popen(
            [message["file"], *message["args"]],
            cwd=message["cwd"],
            env=environment,
            stdin=subprocess.DEVNULL,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
        )
        return self._server.pid

    def wait(self, channel, seconds, _hooked=None):
        """Looks, and never waits inside a read: that would hold up every write to the same pipe."""
        deadline, count = time.monotonic() + max(0, seconds), ctypes.c_uint32()
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(channel.descriptor))
        while True:
            alive = _kernel32.PeekNamedPipe(handle, None, 0, None, ctypes.byref(count), None)
            if count.value or not alive:
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(_TICK)

    def reap(self):
        return None if self._server is None else self._server.poll()

    def ask(self):
        try:
            os.kill(self._server.pid, signal.CTRL_BREAK_EVENT)
        except OSError:
            pass

    def resize(self, columns, rows):
        """There is no terminal, and so there is nothing to restore, to drain or to finish."""

    def restore_terminal(self):
        pass

    drain = restore_terminal

    def finish(self, channel):
        pass


def host(terminal):
    return Host()


def _job(made=[]):
    if not made:
        made.append(ctypes.c_void_p(_kernel32.CreateJobObjectW(None, None)))
        # JOBOBJECT_EXTENDED_LIMIT_INFORMATION: LimitFlags stands behind two 64-bit times
        limits = struct.pack("=QQI", 0, 0, _KILL_ON_CLOSE).ljust(144 if _WORD == 8 else 112, b"\0")
        if not _kernel32.SetInformationJobObject(made[0], _EXTENDED_LIMITS, limits, len(limits)):
            raise ctypes.WinError(ctypes.get_last_error())
    return made[0]


class Tree:
    def __init__(self, server):
        self._seen = set()

    def members(self):
        buffer = ctypes.create_string_buffer(1 << 16)
        if not _kernel32.QueryInformationJobObject(_job(), _BASIC_PROCESS_IDS, buffer, len(buffer), None):
            raise ctypes.WinError(ctypes.get_last_error())  # an empty answer would mean that all are gone
        pids = [pid for pid in parse_process_ids(buffer.raw, _WORD) if pid != os.getpid()]
        self._seen.update(pids)
        return pids

    def owners(self, listeners):
        """The table names the process that made the socket, which may be gone while its child answers there."""
        self.members()
        return {each.id: each.pids for each in listeners if self._seen.intersection(each.pids)}, []

    def elsewhere(self):
        """There are no network namespaces here."""
        return []

    def kill(self, pid):
        handle, ours = ctypes.c_void_p(_kernel32.OpenProcess(_QUERY_AND_TERMINATE, 0, pid)), ctypes.c_int()
        if handle and _kernel32.IsProcessInJob(handle, _job(), ctypes.byref(ours)) and ours:
            _kernel32.TerminateProcess(handle, 1)
        _kernel32.CloseHandle(handle)

    def follow(self):
        self.members()

    def extinct(self):
        return not self.members()


def parse_process_ids(data, word):
    """JOBOBJECT_BASIC_PROCESS_ID_LIST: how many there are, how many fit, and each as wide as a pointer."""
    _, count = struct.unpack_from("=II", data)
    return list(struct.unpack_from("=%d%s" % (count, "Q" if word == 8 else "I"), data, 8))


def holders(listeners):
    return {each.id: each.pids for each in listeners}


def describe(pid):
    return {"pid": pid, "command": command(pid), "cwd": ""}


def command(pid):
    handle = ctypes.c_void_p(_kernel32.OpenProcess(_QUERY, 0, pid))
    buffer, size = ctypes.create_unicode_buffer(1024), ctypes.c_uint32(1024)
    found = handle and _kernel32.QueryFullProcessImageNameW(handle, 0, buffer, ctypes.byref(size))
    _kernel32.CloseHandle(handle)
    return buffer.value if found else ""


def uid(pid):
    return None
