"""Refuses a wider bind in Python code before it happens, ties this interpreter to the life of the guard, and runs what
an adapter lays over a module of its server.

The plan puts this folder first into PYTHONPATH, so every interpreter of the tree runs this file, unless it was started
with -I, -E or -S. One of them may be Python 2: what it can't do is left out, and there is no newer syntax.
docs/guard.md, "The hook".
"""

import os
import sys

_LIFELINE = 200  # where its descriptor goes if that is free: servers expect handed-over sockets from 3 on
_SIGKILL = 9


# What may be bound


def watch_binds(planned):
    """`planned`: an address and a port, `127.0.0.1:8000`. Everything wider is refused."""
    unwrapped = [True]

    def hook(event, args):
        if event == "socket.bind":
            judge(args[0], args[1], planned)
        elif event == "socket.__new__" and unwrapped and wrap_listen(planned):
            unwrapped.clear()

    sys.addaudithook(hook)


def wrap_listen(planned):
    """No audit event tells of listen(), and without a bind it opens a port on every interface."""
    socket = getattr(sys.modules.get("socket"), "socket", None)
    if socket is None:
        return False
    unchecked = socket.listen

    def listen(self, *backlog):
        judge(self, self.getsockname(), planned, listens=True)
        return unchecked(self, *backlog)

    listen.__doc__ = unchecked.__doc__
    socket.listen = listen
    return True


def judge(socket, address, planned, listens=False):
    from _socket import AF_INET, AF_INET6, SOCK_STREAM

    if socket.family not in (AF_INET, AF_INET6):
        return
    host, port = address[:2]
    raw = packed(socket.family, host)
    if (raw, port) == parse(planned):
        return limit(socket, planned)
    if is_loopback(raw):
        return
    if not listens and port == 0 and socket.type == SOCK_STREAM:
        return  # a client chooses its source address like this (httpx, aiohttp); a server's listen() comes here again
    refuse(raw, port, planned)


def limit(socket, planned):
    """The kernel drops what comes from outside the subnet, from before the first connection on."""
    if not subnet:
        return
    from _frozen_importlib_external import SourceFileLoader

    file = os.path.join(os.path.dirname(os.path.dirname(__file__)), "linux_filter.py")
    try:
        linux_filter = {}
        exec(SourceFileLoader("linux_filter", file).get_code("linux_filter"), linux_filter)
        if not linux_filter["is_locked"](socket):  # it was handed over, or bound and now listens: the guard looks at it
            linux_filter["attach"](socket, subnet)
    except OSError as error:
        reason = "devlaunch can't keep %s to %s (%s: %s)"
        raise OSError(error.errno, reason % (planned, subnet, error.filename, error.strerror))


def packed(family, host):
    """The bytes that the kernel will get. Python has checked the type of `host` before it tells of a bind, and has
    resolved it as we do here: `127.1` and `0x7f.1` are addresses too. What can't be resolved raises as it would there."""
    from _socket import AF_INET, getaddrinfo, inet_pton

    if not host:
        return bytes(4 if family == AF_INET else 16)
    if host in ("<broadcast>", b"<broadcast>"):
        return b"\xff\xff\xff\xff"
    host = host if isinstance(host, str) else bytes(host)
    text = getaddrinfo(host, None, family, 1)[0][4][0]
    return canonical(inet_pton(family, text.partition("%")[0]))


def parse(authority):
    from _socket import AF_INET, AF_INET6, inet_pton

    host, _, port = authority.rpartition(":")
    host = host.strip("[]")
    return canonical(inet_pton(AF_INET6 if ":" in host else AF_INET, host)), int(port)


def canonical(raw):
    """The four bytes of an IPv4 address that is written as ::ffff:a.b.c.d, anything else unchanged."""
    return raw[12:] if raw.startswith(bytes(10) + b"\xff\xff") else raw


def is_loopback(raw):
    return raw[0] == 127 if len(raw) == 4 else raw == bytes(15) + b"\x01"


# Who is told


def refuse(raw, port, planned):
    from _socket import AF_INET, AF_INET6, inet_ntop
    from errno import EACCES

    address = inet_ntop(AF_INET if len(raw) == 4 else AF_INET6, raw)
    file, line = culprit()
    if guard:
        guard.tell("refused %d %s %d %d %s" % (os.getpid(), address, port, line, file))
    bound = ("[%s]:%s" if ":" in address else "%s:%s") % (address, port)
    where = " (%s:%d)" % (nearby(file), line) if file else ""
    raise PermissionError(EACCES, "devlaunch refused %s%s: planned is %s and nothing wider" % (bound, where, planned))


def culprit():
    """File and line of the project's code that is nearest to the bind; of a library's, if none of the project's is in
    the stack."""
    frame, library = sys._getframe(), None
    here, standard = frame.f_code.co_filename, os.path.dirname(os.__file__) + os.sep
    environment = sys.prefix + os.sep if sys.prefix != sys.base_prefix else None
    while frame:
        file, line = frame.f_code.co_filename, frame.f_lineno
        installed = "site-packages" in file or "dist-packages" in file
        if file == here or file.startswith("<frozen") or (file.startswith(standard) and not installed):
            pass
        elif installed or (environment and file.startswith(environment)):
            library = library or (file, line)
        else:
            return os.path.abspath(file) if os.path.exists(file) else file, line
        frame = frame.f_back
    return library or ("", 0)


def nearby(file):
    """As one would type it from here, where that is shorter."""
    try:
        short = os.path.relpath(file)
    except (OSError, ValueError):  # no working directory any more, another drive
        return file
    return short if os.path.isabs(file) and not short.startswith(os.pardir) else file


class Guard:
    """What DEVLAUNCH_GUARD says (docs/guard.md): its pid, two pipes of its as descriptor and inode, and the inode of
    the pid namespace in which all that is true. Linux only."""

    def __init__(self, words):
        pid, lifeline, self.lifeline, events, self.events, self.namespace = map(int, words.split(":"))
        self.pid = pid
        self.lifeline_path, self.events_path = ("/proc/%d/fd/%d" % (pid, fd) for fd in (lifeline, events))
        self.descriptor = _LIFELINE

    def is_here(self):
        """A container has numbers of its own, and a chroot perhaps no /proc."""
        try:
            return os.stat("/proc/self/ns/pid").st_ino == self.namespace
        except OSError:
            return False

    def tell(self, line):
        """Shorter than PIPE_BUF, so that it arrives in one piece or not at all. The guard then ends the tree."""
        try:
            descriptor = os.open(self.events_path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                if os.fstat(descriptor).st_ino == self.events:
                    os.write(descriptor, b"\n" + os.fsencode(line.replace("\n", "?"))[:4000] + b"\n")
            finally:
                os.close(descriptor)
        except (OSError, ValueError):  # gone; or it is another user's, as we have dropped our privileges
            pass

    # The lifeline: a pipe whose only writer is the guard. At its end the kernel sends SIGKILL to whoever has asked for
    # that with F_SETSIG: no thread, no poll, and it comes to a process that is stopped as well.

    def hold_on(self):
        """At the start of an interpreter, also of a second one in the same process, and again after each fork, as
        the descriptor still notifies the parent then."""
        import fcntl

        if is_pipe(self.descriptor, self.lifeline):
            if fcntl.fcntl(self.descriptor, fcntl.F_GETOWN) == os.getpid():
                return
            os.close(self.descriptor)
        try:
            descriptor = os.open(self.lifeline_path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, ProcessLookupError):
            if self.is_dead():
                self.end()
            return
        except OSError:  # we have dropped our privileges, or have no descriptor left
            return
        if not is_pipe(descriptor, self.lifeline):  # its number is somebody else's by now
            self.end()
        try:
            self.descriptor = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _LIFELINE)
            os.close(descriptor)
        except OSError:  # RLIMIT_NOFILE is lower
            self.descriptor = descriptor
        fcntl.fcntl(self.descriptor, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(self.descriptor, fcntl.F_SETSIG, _SIGKILL)
        flags = fcntl.fcntl(self.descriptor, fcntl.F_GETFL)
        fcntl.fcntl(self.descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)
        try:
            if os.read(self.descriptor, 1) == b"":  # it died before we had asked
                self.end()
        except BlockingIOError:
            pass

    def is_dead(self):
        """A /proc with hidepid doesn't show another user's processes, but a signal finds them."""
        try:
            os.kill(self.pid, 0)
        except PermissionError:
            return False
        except ProcessLookupError:
            pass
        return True

    def end(self):
        try:
            os.write(2, b"devlaunch: the guard of this process is gone, so it ends (DEVLAUNCH_GUARD)\n")
        finally:
            os.kill(os.getpid(), _SIGKILL)


def is_pipe(descriptor, inode):
    try:
        return os.readlink("/proc/self/fd/%d" % descriptor) == "pipe:[%d]" % inode
    except OSError:
        return False


def find_guard():
    try:
        found = Guard(os.environ["DEVLAUNCH_GUARD"])
    except (KeyError, ValueError):
        return None
    return found if found.is_here() else None


class Overlay:
    """An adapter's way to put a decision into effect where no argument can: a file of its own, whose `overlay` is called
    with a module as soon as somebody has imported that. `words`: `django.conf:/a/file.py`."""

    def __init__(self, words):
        self.name, _, self.file = words.partition(":")
        self.finding = False

    def find_spec(self, name, path=None, target=None):
        if name != self.name or self.finding:  # other finders ask them all, and so us again
            return None
        self.finding = True
        try:
            finders = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
            specs = (finder.find_spec(name, path, target) for finder in finders)
            spec = next((spec for spec in specs if spec), None)
        finally:
            self.finding = False
        if hasattr(getattr(spec, "loader", None), "exec_module"):
            spec.loader = OverlayLoader(spec.loader, self.lay_over)
        return spec

    def lay_over(self, module):
        try:
            from _frozen_importlib_external import SourceFileLoader

            namespace = {"__name__": "devlaunch_overlay", "__file__": self.file}
            exec(SourceFileLoader("devlaunch_overlay", self.file).get_code("devlaunch_overlay"), namespace)
            namespace["overlay"](module)
        except Exception:  # without it the app decides, as ever
            pass


class OverlayLoader:
    """A module's own loader, and then us."""

    def __init__(self, loader, lay_over):
        self.loader, self.lay_over = loader, lay_over

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self.loader  # who looks at it later finds what is there without us
        self.loader.exec_module(module)
        self.lay_over(module)


if sys.version_info[0] > 2 and os.environ.get("DEVLAUNCH_OVERLAY"):
    sys.meta_path.insert(0, Overlay(os.environ["DEVLAUNCH_OVERLAY"]))

guard = None
subnet = os.environ.get("DEVLAUNCH_SUBNET")
if hasattr(sys, "addaudithook") and sys.implementation.name == "cpython" and os.environ.get("DEVLAUNCH_BIND"):
    try:
        watch_binds(os.environ["DEVLAUNCH_BIND"])
        guard = find_guard()
        if guard:
            guard.hold_on()
            os.register_at_fork(after_in_child=guard.hold_on)
    except Exception:  # whatever it is, an interpreter that starts is worth more: the guard still watches
        pass

# And now what Python would have imported without us. If there is none, its ImportError is what `site` expects; what
# it raises goes where it would have gone.
sys.path[:] = [folder for folder in sys.path if folder != os.path.dirname(__file__)]
del sys.modules["sitecustomize"]
import sitecustomize  # noqa: E402, F401
