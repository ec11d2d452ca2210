"""The folder in which each guard of a user keeps a record of its tree: where it is, and what is in it. Linux only.

A record's name says whose it is, `boot.namespace.pid.started`; each line is a process, `pid started`, or the server's own
folder, `folder PATH`. The start time tells a process from a later one with the same number. What the launcher tells
others of the server stands beside it (core/src/listing.ts), and is removed with it.
"""

import os
import stat

from linux_processes import started

LARGEST = 1 << 20  # bytes
_DIGITS = 20  # of a number that the kernel can have printed; a pid has seven at most
NEW = ".new"
_FOLDER = "folder "
LISTED = ".json"


def open_folder():
    """A descriptor of it, or None if it isn't ours alone: in /tmp another user may have made it before us."""
    path = _folder()
    try:
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            pass
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    found = os.fstat(folder)
    if found.st_uid == os.geteuid() and not found.st_mode & 0o077:
        return folder
    os.close(folder)
    return None


def _folder():
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime) and _is_ours(runtime):
        return os.path.join(runtime, "devlaunch")
    temporary = os.environ.get("TMPDIR", "")
    if not os.path.isabs(temporary) or not os.access(temporary, os.W_OK | os.X_OK):
        temporary = "/tmp"
    return os.path.join(temporary, "devlaunch-%d" % os.geteuid())


def _is_ours(folder, look=os.stat):
    try:
        found = look(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def boot():
    with open("/proc/sys/kernel/random/boot_id") as file:
        return file.read().strip() + "."


def here():
    """This boot, and the namespace that process numbers are of: elsewhere the same number is another process."""
    return "%s%d." % (boot(), os.stat("/proc/self/ns/pid").st_ino)


def own_name():
    return "%s%d.%d" % (here(), os.getpid(), started(os.getpid()))


def guards(names):
    """{name: (pid, start time)} of the guards that were started here."""
    found, place = {}, here()
    for name in names:
        pid, _, start = name[len(place) :].removesuffix(NEW).partition(".")
        if name.startswith(place) and _is_number(pid, 7) and _is_number(start):
            found[name] = int(pid), int(start)
    return found


def read(folder, name):
    """The processes of one record: {(pid, start time), ...}."""
    lines = [line.split() for line in _lines(folder, name)]
    lives = [line for line in lines if len(line) == 2 and _is_number(line[0], 7) and _is_number(line[1])]
    return {(int(pid), int(start)) for pid, start in lives}


def line_of(private):
    return _FOLDER + private + "\n"


def privates(folder, name):
    """The folder of its server that a record names: a list of one, or none. Whatever stands there, it is a folder of this
    user with a name that only we give."""
    paths = [os.fsdecode(line[len(_FOLDER) :]) for line in _lines(folder, name) if line.startswith(_FOLDER.encode())]
    return [path for path in paths if os.path.isabs(path) and _is_private(path) and _is_ours(path, os.lstat)]


def _is_private(path):
    """devlaunch-nginx- and a UUID."""
    ours, _, number = os.path.basename(path).partition("-")[2].partition("-")
    parts = number.split("-")
    is_uuid = [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(part.isalnum() for part in parts)
    return os.path.basename(path).startswith("devlaunch-") and ours.isalpha() and is_uuid


def _lines(folder, name):
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return []
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_size > LARGEST:
            return []
        return os.read(file, LARGEST).split(b"\n")
    finally:
        os.close(file)


def _is_number(text, digits=_DIGITS):
    """Anybody of this user may have written there: what is no number, or too large for the kernel, ends no guard."""
    return text.isdigit() and text.isascii() and len(text) <= digits


def remove(folder, name):
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        pass


def remove_all(folder, name):
    """The record of a guard that ends, or has ended, and what stands beside it."""
    for each in (name, name + NEW, name + LISTED, name + LISTED + NEW):
        remove(folder, each)
