"""Bytes between the launcher and the server's pseudo-terminal, without ever blocking the watch."""

import fcntl
import os
import termios

_HIGH_WATER = 1 << 18


class Relay:
    """`master` to our stdout, our stdin to `master`. Full buffers stop the reading side, not us."""

    def __init__(self, master):
        self.master, self.open, self.input_open = master, True, True
        self.to_launcher, self.to_server = b"", b""
        for descriptor in (master, 0, 1):
            os.set_blocking(descriptor, False)

    def wants(self):
        """Descriptors to poll: {descriptor: (read, write)}."""
        wanted = {}
        if self.open:
            wanted[self.master] = (len(self.to_launcher) < _HIGH_WATER, bool(self.to_server))
        if self.input_open:
            wanted[0] = (len(self.to_server) < _HIGH_WATER, False)
        if self.to_launcher:
            wanted[1] = (False, True)
        return wanted

    def read(self, descriptor):
        data = _read(descriptor)
        if descriptor == 0:
            self.to_server += data or b""
            self.input_open = data != b""
        else:
            self.to_launcher += data or b""
            self.open = data != b""
            self.write(1)

    def write(self, descriptor):
        if descriptor == 1:
            self.to_launcher = _write(1, self.to_launcher)
        else:
            self.to_server = _write(self.master, self.to_server)

    def drain(self):
        """What the server printed last, after its end."""
        for _ in range(_HIGH_WATER >> 12):  # what a terminal can hold, and an end if a survivor goes on printing
            data = _read(self.master)
            if not data:
                break
            self.to_launcher += data
        os.set_blocking(1, True)
        while self.to_launcher:
            self.to_launcher = _write(1, self.to_launcher)


def _read(descriptor):
    """b'' at the end, None when there is nothing now."""
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None
    except OSError:  # EIO: the last process has closed its side of the pseudo-terminal
        return b""


def _write(descriptor, data):
    try:
        return data[os.write(descriptor, data) :]
    except BlockingIOError:
        return data
    except OSError:  # the reader is gone, and so is the need to tell it anything
        return b""


class UserTerminal:
    """Remembers the user's terminal settings, because a launcher that is killed can't restore them."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._settings = termios.tcgetattr(descriptor)
        self._foreground = self._group()

    @classmethod
    def open(cls):
        """None if there is no terminal that would be ours to restore."""
        try:
            return cls(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
        except (OSError, termios.error):
            return None

    def restore(self):
        try:
            # a shell that has taken the terminal back has set it to its own liking already
            if self._group() == self._foreground:
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._settings)
        except (OSError, termios.error):  # the window is closed
            pass

    def _group(self):
        return fcntl.ioctl(self._descriptor, termios.TIOCGPGRP, b"\0\0\0\0")
