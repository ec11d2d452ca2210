"""Every TCP socket that listens on this machine (in this network namespace), read from the kernel; MPTCP ones are
among them. And every UDP socket that takes datagrams from anybody.

Linux: a netlink sock_diag dump takes 0.03 ms, the two /proc/net/tcp files 9.5 ms, because reading them
walks the kernel's whole table of established connections. https://man7.org/linux/man-pages/man7/sock_diag.7.html
"""

import _socket
import struct

from listener import Listener

_TCP, _UDP = _socket.IPPROTO_TCP, _socket.IPPROTO_UDP
_ESTABLISHED, _CLOSE, _CLOSE_WAIT, _LISTEN = 1, 7, 8, 10  # a UDP socket is closed until it is connected
_FAMILIES = (_socket.AF_INET, _socket.AF_INET6)
_SOCK_DIAG_BY_FAMILY = 20
_REQUEST_DUMP = 0x301
_DUMP_INTERRUPTED = 0x10
_NETLINK_SOCK_DIAG = 4
_NETLINK_ERROR, _NETLINK_DONE = 2, 3
_BYTECODE, _S_COND, _S_EQ, _ANY_PORT = 1, 7, 11, -1
_LOOPBACKS = {_socket.AF_INET: (bytes([127, 0, 0, 0]), 8), _socket.AF_INET6: (bytes(15) + b"\1", 128)}


class Netlink:
    """Asks the kernel over sock_diag."""

    name = "netlink"

    def __init__(self):
        self._buffer = bytearray(1 << 16)  # the kernel's answers are at most half of it
        self._socket = _socket.socket(_socket.AF_NETLINK, _socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG)
        self._clients = _client_ports()
        self._tcp = [_request(family, _TCP, _LISTEN) for family in _FAMILIES]
        self._near = {}  # port -> requests
        self._udp = [_request(family, _UDP, _CLOSE) for family in _FAMILIES]

    def read(self):
        return [_listener(data, "tcp") for data in self._ask(self._tcp)]

    def near(self, port):
        """Those on this port or not on loopback: beside 300 others on loopback read() takes 1.1 ms, this 0.1 ms."""
        if port not in self._near:
            self._near[port] = [_near(family, port) for family in _FAMILIES]
        try:
            return [_listener(data, "tcp") for data in self._ask(self._near[port])]
        except OSError:  # S_EQ came with Linux 4.16
            self._near[port] = self._tcp
            return self.read()

    def udp(self):
        found = [_listener(data, "udp") for data in self._ask(self._udp)]
        return [each for each in found if each.port not in self._clients]

    def waiting(self, port):
        """The clients of this port that nobody has accepted yet. Walks all connections of the machine: 5 ms."""
        requests = [_request(family, _TCP, _ESTABLISHED, _CLOSE_WAIT, port=port) for family in _FAMILIES]
        return {data[6:8] + data[24:40] for data in self._ask(requests) if _inode(data) == 0}

    def _ask(self, requests):
        answers = []
        for request in requests:
            complete = False
            while not complete:  # the kernel says when its table changed under the dump
                self._socket.send(request)
                found, complete = self._answer()
            answers += found
        return answers

    def _answer(self):
        found, complete = [], True
        while True:
            data, offset = self._buffer, 0
            size = self._socket.recv_into(data)
            while offset < size:
                length, kind, flags = struct.unpack_from("=IHH", data, offset)
                complete = complete and not flags & _DUMP_INTERRUPTED
                if kind == _NETLINK_DONE:
                    return found, complete
                if kind == _NETLINK_ERROR:
                    raise OSError(-struct.unpack_from("=i", data, offset + 16)[0], "sock_diag")
                found.append(bytes(data[offset + 16 : offset + length]))
                offset += (length + 3) & ~3


def _request(family, protocol, *states, port=0):
    """struct nlmsghdr, struct inet_diag_req_v2"""
    wanted = sum(1 << state for state in states)
    body = struct.pack("=BBBxI", family, protocol, 0, wanted) + struct.pack("!H46x", port)
    return struct.pack("=IHHII", 16 + len(body), _SOCK_DIAG_BY_FAMILY, _REQUEST_DUMP, 0, 0) + body


def _near(family, port):
    """A filter that the kernel runs for each socket: struct inet_diag_bc_op (code, bytes to go on by if it is so, and if
    not), net/ipv4/inet_diag.c. To go on to the end is to be told, and beyond it not to be."""
    loopback, prefix = _LOOPBACKS[family]
    is_loopback = struct.pack("=BBxxi", family, prefix, _ANY_PORT) + loopback
    length = 4 + len(is_loopback)
    program = struct.pack("=BBH", _S_COND, length, length + 8) + is_loopback
    program += struct.pack("=BBHBBH", _S_EQ, 8, 12, 0, 0, port)
    request = _request(family, _TCP, _LISTEN)[4:] + struct.pack("=HH", 4 + len(program), _BYTECODE) + program
    return struct.pack("=I", 4 + len(request)) + request


def _listener(data, kind):
    """struct inet_diag_msg"""
    (port,) = struct.unpack_from("!H", data, 4)
    raw = data[8 : 12 if data[0] == _socket.AF_INET else 24]
    queue, uid, inode = struct.unpack_from("=I4xII", data, 56)
    return Listener(raw, port, inode, uid, kind=kind, queue=queue)


def _inode(data):
    """0: the kernel has made the connection, and no process has accepted it."""
    return struct.unpack_from("=I", data, 68)[0]


def _client_ports():
    """What the kernel binds the socket of a client to, which sends before it was bound (statsd, DNS, syslog): every
    interface and one of these ports. Nothing tells it from a server there, so nobody there counts as one."""
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
            first, last = map(int, file.read().split())
    except OSError:
        first, last = 32768, 60999  # the kernel's default
    return range(first, last + 1)


class ProcNet:
    """Reads /proc/net/tcp, udp and their IPv6 twins, where netlink is refused."""

    name = "proc"

    def read(self):
        return [_from_row(row, "tcp") for row in _rows("tcp", _LISTEN)]

    def near(self, _port):
        return self.read()

    def udp(self):
        clients = _client_ports()
        return [each for each in (_from_row(row, "udp") for row in _rows("udp", _CLOSE)) if each.port not in clients]

    def waiting(self, port):
        rows = _rows("tcp", _ESTABLISHED, _CLOSE_WAIT)
        return {row[2] for row in rows if row[9] == "0" and int(row[1].partition(":")[2], 16) == port}


def _rows(protocol, *states):
    """sl local remote state sent:queue timer retransmits uid timeout inode; proc(5)"""
    found = []
    for table in (protocol, protocol + "6"):
        try:
            with open("/proc/net/" + table) as rows:
                next(rows)  # the names of the columns
                found += [fields for fields in map(str.split, rows) if int(fields[3], 16) in states]
        except FileNotFoundError:
            if table == protocol:
                raise
            # IPv6 is switched off
    return found


def _from_row(fields, kind):
    address, port = fields[1].split(":")
    # each 32-bit word is printed in the byte order of the machine
    words = [int(address[i : i + 8], 16) for i in range(0, len(address), 8)]
    raw, queue = struct.pack("=%dI" % len(words), *words), int(fields[4].partition(":")[2], 16)
    return Listener(raw, int(port, 16), int(fields[9]), int(fields[7]), kind=kind, queue=queue)


def open_table():
    for table in (Netlink, ProcNet):
        try:
            opened = table()
            opened.read()  # a seccomp filter or a foreign kernel (gVisor) refuses here, not later
            opened.udp()  # the module udp_diag can be missing where tcp_diag isn't
            return opened
        except OSError:
            pass
    return None
