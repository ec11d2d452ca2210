"""What Python's standard library has no name for: prctl."""

import ctypes
import os

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SIGKILL = 9

_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper():
    """From here on whatever our descendants start stays our descendant, daemons included. Linux 3.4."""
    if _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def die_with_parent(parent):
    """For a fresh child: the kernel kills it when the thread that forked it ends.

    The signal is lost if the parent died before this call, hence the second question.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(127)
