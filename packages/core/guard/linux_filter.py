"""Who gets through to a socket: the kernel runs this program on each of its packets, and drops those of other networks.

Linux takes a packet for any of its addresses from any of its interfaces. What is bound to the address of a LAN is so
reached by a container, a VPN or a second LAN too. https://docs.kernel.org/networking/filter.html

No privileges are needed. Accepted connections inherit it, and locked it can't be taken off by anybody.
The hook (hook/sitecustomize.py) runs this file too: it imports nothing of ours.
"""

from _socket import AF_INET, AF_INET6, SOL_SOCKET, inet_pton
from array import array
from struct import pack, unpack

_ATTACH, _LOCK = 26, 44  # SO_ATTACH_FILTER, SO_LOCK_FILTER: asm-generic/socket.h

# linux/filter.h, linux/bpf_common.h
_LOAD, _AND, _EQUAL, _GIVE = 0x20, 0x54, 0x15, 0x06
_IP_HEADER = 0xFFF00000  # SKF_NET_OFF
_PROTOCOL, _INTERFACE = 0xFFFFF000, 0xFFFFF008  # SKF_AD_OFF with SKF_AD_PROTOCOL and SKF_AD_IFINDEX
_ALL, _NOTHING = 0xFFFFFFFF, 0  # bytes of the packet to keep

_LOOPBACK = 1  # `lo` has this number in every network namespace: linux/net.h, LOOPBACK_IFINDEX
_FAMILIES = {AF_INET: (0x0800, 12), AF_INET6: (0x86DD, 8)}  # EtherType, where the source stands in the header


def program(subnet):
    """For `192.168.1.0/24`, as bytes: its sources pass, and what comes through `lo`, which is this machine whatever its
    source. A source of 127/8 from anywhere else (net.ipv4.conf.*.route_localnet) doesn't."""
    text, _, bits = subnet.partition("/")
    family = AF_INET6 if ":" in text else AF_INET
    protocol, source = _FAMILIES[family]
    steps = [(_LOAD, _PROTOCOL), (_EQUAL, protocol)]
    for index, (word, mask) in enumerate(_words(inet_pton(family, text), int(bits))):
        steps += [(_LOAD, _IP_HEADER + source + 4 * index), (_AND, mask), (_EQUAL, word & mask)]
    other = len(steps) + 1
    return b"".join(
        [_step(code, value, 0, other - place - 1 if code == _EQUAL else 0) for place, (code, value) in enumerate(steps)]
        + [_step(_GIVE, _ALL), _step(_LOAD, _INTERFACE), _step(_EQUAL, _LOOPBACK, 0, 1)]
        + [_step(_GIVE, _ALL), _step(_GIVE, _NOTHING)]
    )


def attach(socket, subnet):
    """For good. Raises OSError, EPERM if another one is locked already."""
    steps = program(subnet)
    memory = array("B", steps)
    try:
        socket.setsockopt(SOL_SOCKET, _ATTACH, pack("HP", len(steps) // 8, memory.buffer_info()[0]))  # struct sock_fprog
        socket.setsockopt(SOL_SOCKET, _LOCK, 1)
    except OSError as error:
        raise OSError(error.errno, error.strerror, "SO_ATTACH_FILTER")


def is_locked(socket):
    return bool(socket.getsockopt(SOL_SOCKET, _LOCK))


def _words(raw, bits):
    """Pairs of a word and its mask."""
    words = unpack("!%dI" % (len(raw) // 4), raw)
    return [(word, _ALL << 32 - min(max(bits - 32 * index, 0), 32) & _ALL) for index, word in enumerate(words)]


def _step(code, value, when=0, otherwise=0):
    return pack("HBBI", code, when, otherwise, value)
