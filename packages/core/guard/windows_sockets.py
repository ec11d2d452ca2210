"""Every listening TCP socket of a Windows machine: GetExtendedTcpTable. Not `netstat -ano`, whose words are in the
user's language. Tested on recorded bytes only.

https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow_owner_pid
https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6row_owner_pid
"""

import ctypes
import os
import struct

from listener import Listener

_AF_INET, _AF_INET6, _OWNER_PID_LISTENER, _INSUFFICIENT_BUFFER = 2, 23, 3, 122

if os.name == "nt":
    _iphlpapi = ctypes.WinDLL("iphlpapi")


class TcpTable:
    name = "iphlpapi"

    def read(self):
        return parse_tcp(_table(_AF_INET)) + parse_tcp6(_table(_AF_INET6))

    def near(self, _port):
        return self.read()

    def udp(self):
        """Not read here."""
        return []


def _table(family):
    size = ctypes.c_uint32(1 << 14)
    while True:
        buffer = ctypes.create_string_buffer(size.value)
        error = _iphlpapi.GetExtendedTcpTable(buffer, ctypes.byref(size), 0, family, _OWNER_PID_LISTENER, 0)
        if error != _INSUFFICIENT_BUFFER:
            break
    if error:
        raise OSError(error, "GetExtendedTcpTable")
    return buffer.raw


def parse_tcp(data):
    """MIB_TCPTABLE_OWNER_PID: a count, then rows of state, local address and port, remote ones, process."""
    rows = struct.iter_unpack("=I4s2sxx4sII", data[4 : 4 + 24 * struct.unpack_from("=I", data)[0]])
    return [_listener(raw, port, pid) for _, raw, port, _, _, pid in rows]


def parse_tcp6(data):
    """MIB_TCP6TABLE_OWNER_PID: a count, then rows of local address, scope and port, remote ones, state, process."""
    rows = struct.iter_unpack("=16sI2sxx16sIIII", data[4 : 4 + 56 * struct.unpack_from("=I", data)[0]])
    return [_listener(raw, port, pid) for raw, _, port, _, _, _, _, pid in rows]


def _listener(raw, port, pid):
    return Listener(raw, int.from_bytes(port, "big"), (raw, port, pid), None, [pid])


def open_table():
    try:
        table = TcpTable()
        table.read()
        return table
    except OSError:
        return None
