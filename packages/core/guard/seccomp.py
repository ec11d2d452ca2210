"""Programs that the kernel runs for each system call of a process and of all that it starts.

linux/filter.h, on struct seccomp_data: the number at 0, the architecture at 4, arguments of 8 bytes from 16 on.
https://man7.org/linux/man-pages/man2/seccomp.2.html
"""

import os
from struct import pack

from linux_kernel import pointer, system_call

LOAD, EQUAL, AT_LEAST, GIVE = 0x20, 0x15, 0x35, 0x06
KILL_PROCESS, ERRNO, ASK, ALLOW = 0x80000000, 0x00050000, 0x7FC00000, 0x7FFF0000
_SET_MODE_FILTER, _NEW_LISTENER = 1, 8

# linux/audit.h; then seccomp(), socket() and listen(): arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h
ARCHITECTURES = {"x86_64": (0xC000003E, 317, 41, 50), "aarch64": (0xC00000B7, 277, 198, 201)}


def step(code, value, when=0, otherwise=0):
    return pack("HBBI", code, when, otherwise, value)


def install(steps):
    """The descriptor of what the program asks (ASK). The process needs `no_new_privileges` before."""
    steps = b"".join(steps)
    program = pack("H0P", len(steps) // 8) + pointer(steps)  # struct sock_fprog
    _, seccomp, *_ = ARCHITECTURES[os.uname().machine]
    return system_call("seccomp", seccomp, _SET_MODE_FILTER, _NEW_LISTENER, program)
