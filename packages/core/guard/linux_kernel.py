"""What Python's standard library has no name for: prctl, and other calls by their number.

`import ctypes` costs as much as the rest of the guard, nearly all of it for things that aren't needed to call one
function. `_ctypes` is the C module beneath it, and has had these names since Python 2.5.
"""

import os

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PIDFD_GETFD = 438  # the same on every architecture
_SOL_SOCKET, _SO_GET_FILTER = 1, 26  # asm-generic/socket.h
_LONGEST_FILTER = 4096  # instructions, of 8 bytes: linux/bpf_common.h, BPF_MAXINSNS
_SIGKILL = 9

try:
    from _ctypes import FUNCFLAG_CDECL, FUNCFLAG_USE_ERRNO, CFuncPtr, _SimpleCData, dlopen, dlsym, get_errno

    class _Int(_SimpleCData):
        _type_ = "i"

    class _Pointer(_SimpleCData):
        _type_ = "z"

    class _Address(_SimpleCData):
        _type_ = "P"

    class _Function(CFuncPtr):
        _flags_ = FUNCFLAG_CDECL | FUNCFLAG_USE_ERRNO
        _restype_ = _Int

    _libc = dlopen(None, 0)
    _prctl, _syscall = _Function(dlsym(_libc, "prctl")), _Function(dlsym(_libc, "syscall"))
    _getsockopt = _Function(dlsym(_libc, "getsockopt"))

except (ImportError, AttributeError, TypeError):  # an interpreter that has arranged it differently
    import ctypes
    from ctypes import c_char_p as _Pointer
    from ctypes import c_void_p as _Address
    from ctypes import get_errno

    _libc = ctypes.CDLL(None, use_errno=True)
    _prctl, _syscall, _getsockopt = _libc.prctl, _libc.syscall, _libc.getsockopt


def become_subreaper():
    """From here on whatever our descendants start stays our descendant, daemons included. Linux 3.4."""
    if _prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def die_with_parent(parent):
    """For a fresh child: the kernel kills it when the thread that forked it ends.

    The signal is lost if the parent died before this call, hence the second question.
    """
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(127)


def no_new_privileges():
    """From here on a setuid program runs with the rights of whoever starts it. Linux 3.5."""
    if _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(get_errno(), "", "prctl(PR_SET_NO_NEW_PRIVS)")


def descriptor_of(pid, number):
    """A copy of another process's descriptor, for whoever may trace it. Linux 5.6."""
    handle = os.pidfd_open(pid)
    try:
        return system_call("pidfd_getfd", _PIDFD_GETFD, handle, number, 0)
    finally:
        os.close(handle)


def filter_of(socket):
    """The program that is attached to this descriptor (SO_ATTACH_FILTER), as bytes. Linux 3.8.

    Never by Python's getsockopt(): the kernel takes the size of the buffer for a number of instructions, and writes
    past its end. https://github.com/torvalds/linux/blob/v6.12/net/core/filter.c, sk_get_filter
    """
    from array import array

    steps, count = array("Q", bytes(8 * _LONGEST_FILTER)), array("i", [_LONGEST_FILTER])
    buffers = [_Address(each.buffer_info()[0]) for each in (steps, count)]
    if _getsockopt(socket, _SOL_SOCKET, _SO_GET_FILTER, *buffers):
        raise OSError(get_errno(), "", "SO_GET_FILTER")
    return steps[: count[0]].tobytes()


def pointer(data):
    """As it stands in a structure. Whoever uses it keeps `data` until then."""
    return bytes(_Pointer(data))


def system_call(name, number, *arguments):
    """For integers, bytes and None; its result must fit into an int."""
    result = _syscall(number, *arguments)
    if result < 0:
        raise OSError(get_errno(), "", name)
    return result
