"""What Python's standard library has no name for: prctl.

`import ctypes` costs as much as the rest of the guard, nearly all of it for things that aren't needed to call one
function. `_ctypes` is the C module beneath it, and has had these names since Python 2.5.
"""

import os

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SIGKILL = 9

try:
    from _ctypes import FUNCFLAG_CDECL, FUNCFLAG_USE_ERRNO, CFuncPtr, _SimpleCData, dlopen, dlsym, get_errno

    class _Int(_SimpleCData):
        _type_ = "i"

    class _Function(CFuncPtr):
        _flags_ = FUNCFLAG_CDECL | FUNCFLAG_USE_ERRNO
        _restype_ = _Int

    _prctl = _Function(dlsym(dlopen(None, 0), "prctl"))

except (ImportError, AttributeError, TypeError):  # an interpreter that has arranged it differently
    import ctypes
    from ctypes import get_errno

    _prctl = ctypes.CDLL(None, use_errno=True).prctl


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
