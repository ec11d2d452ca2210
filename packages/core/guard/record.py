"""What this guard's tree is made of, written down for the case that the guard is killed. Linux only.

Everything that ends a tree together with its guard misses a process that has left the session, has an empty
environment and runs no Python. The next guard of the same user ends it (leftovers.py).
"""

import os
import time

from linux_processes import started
from records import NEW, line_of, open_folder, own_name, remove, remove_all

_OFTEN, _SELDOM = 0.02, 1.0  # seconds between two looks at the tree


class Record:
    """Looked at all the time while the tree is young, once a second later; written when it has changed."""

    def __init__(self, folder, name, tree, private):
        self._folder, self._name, self._tree, self._private = folder, name, tree, private
        self._members = set()
        self._born = self._next_look = time.monotonic()
        self._write()

    def follow(self, now):
        if now < self._next_look:
            return
        self._next_look = now + min(max((now - self._born) / 8, _OFTEN), _SELDOM)
        before, self._members = self._members, self._look()
        if self._members != before:
            try:
                self._write()
            except OSError:  # the disk is full: what was written before still helps
                pass

    def _look(self):
        members = {(pid, started(pid)) for pid in self._tree.members()}
        return {each for each in members if each in self._members or self._is_ours(*each)}

    def _is_ours(self, pid, start):
        """The number may have become somebody else's since the list was read."""
        return start is not None and self._tree.has(pid) and started(pid) == start

    def _write(self):
        """Into another file that takes the place of the first, so that nobody sees half a record."""
        new = self._name + NEW
        remove(self._folder, new)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(new, flags, 0o600, dir_fd=self._folder)
        try:
            lines = ["%d %d\n" % member for member in self._members]
            if self._private:
                lines.append(line_of(self._private))
            os.write(file, "".join(lines).encode())
        finally:
            os.close(file)
        os.replace(new, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)

    def remove(self):
        remove_all(self._folder, self._name)
        os.close(self._folder)


def open_record(tree, private=None):
    """None where there is no place for it: the server runs all the same. `private`: the server's own folder, if it has
    one."""
    folder = open_folder()
    if folder is None:
        return None
    try:
        name = own_name()
        try:
            return Record(folder, name, tree, private)
        except OSError:  # the disk is full
            remove(folder, name + NEW)
    except OSError:  # no /proc to speak of
        pass
    os.close(folder)
    return None
