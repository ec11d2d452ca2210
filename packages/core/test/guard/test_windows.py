"""The parsing of what the Windows API returns, on bytes laid out as its documentation says:
https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow_owner_pid
https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6row_owner_pid
https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_basic_process_id_list
Nothing here was run on Windows."""

import unittest

import address
import windows
import windows_sockets

# dwState 2 (LISTEN), dwLocalAddr, dwLocalPort (network order in its low half), remote ones, dwOwningPid
TCP = bytes.fromhex(
    "03000000"
    "02000000 00000000 00870000 00000000 00000000 c8030000"  # 0.0.0.0:135, pid 968
    "02000000 7f000001 1f400000 00000000 00000000 10270000"  # 127.0.0.1:8000, pid 10000
    "02000000 c0a80117 008bffff 00000000 00000000 04000000"  # 192.168.1.23:139, upper half undefined
    "00000000 00000000"  # the buffer was larger than the answer
)
# ucLocalAddr, dwLocalScopeId, dwLocalPort, ucRemoteAddr, dwRemoteScopeId, dwRemotePort, dwState, dwOwningPid
TCP6 = bytes.fromhex(
    "02000000"
    "00000000000000000000000000000001 00000000 1f900000" + "00" * 16 + "00000000 00000000 02000000 10270000"
    "fe800000000000001c2d3e4f5a6b7c8d 04000000 1f910000" + "00" * 16 + "00000000 00000000 02000000 d8140000"
)


def shown(listeners):
    return [(address.to_text(each.raw), each.port, address.reach(each.raw), each.pids) for each in listeners]


class Tables(unittest.TestCase):
    def test_version_4(self):
        self.assertEqual(
            shown(windows_sockets.parse_tcp(TCP)),
            [
                ("0.0.0.0", 135, "public", [968]),
                ("127.0.0.1", 8000, "loopback", [10000]),
                ("192.168.1.23", 139, "lan", [4]),
            ],
        )

    def test_version_6(self):
        self.assertEqual(
            shown(windows_sockets.parse_tcp6(TCP6)),
            [("::1", 8080, "loopback", [10000]), ("fe80::1c2d:3e4f:5a6b:7c8d", 8081, "lan", [5336])],
        )

    def test_empty(self):
        self.assertEqual(windows_sockets.parse_tcp(bytes(64)), [])
        self.assertEqual(windows_sockets.parse_tcp6(bytes(64)), [])

    def test_the_same_socket_keeps_its_id(self):
        first, second = windows_sockets.parse_tcp(TCP), windows_sockets.parse_tcp(TCP)
        self.assertEqual([each.id for each in first], [each.id for each in second])


class Job(unittest.TestCase):
    def test_process_ids_are_as_wide_as_a_pointer(self):
        wide = bytes.fromhex("03000000 02000000 1027000000000000 d814000000000000 0000000000000000")
        self.assertEqual(windows.parse_process_ids(wide, 8), [10000, 5336])
        narrow = bytes.fromhex("02000000 02000000 10270000 d8140000 00000000")
        self.assertEqual(windows.parse_process_ids(narrow, 4), [10000, 5336])
