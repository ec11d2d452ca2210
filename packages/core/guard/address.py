"""Addresses as the kernel stores them. Nothing here reads an address that somebody wrote as text:
'', '0', '0x7f.1' and '127.1' are all addresses to some program (docs/guard.md, "Addresses")."""

from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton

_MAPPED = bytes(10) + b"\xff\xff"


def canonical(raw):
    """The four bytes of an IPv4 address that is written as ::ffff:a.b.c.d, anything else unchanged."""
    return raw[12:] if len(raw) == 16 and raw.startswith(_MAPPED) else raw


def reach(raw):
    """Who can connect to a socket bound to this address: 'loopback', 'lan' or 'public'."""
    raw = canonical(raw)
    if len(raw) == 4:
        if raw[0] == 127:
            return "loopback"
        private = (
            raw[0] == 10
            or (raw[0] == 172 and 16 <= raw[1] < 32)
            or raw[:2] in (b"\xc0\xa8", b"\xa9\xfe")  # 192.168/16, 169.254/16
        )
        return "lan" if private else "public"
    if raw == bytes(15) + b"\x01":
        return "loopback"
    # fc00::/7 unique local, fe80::/10 link-local
    private = raw[0] & 0xFE == 0xFC or (raw[0] == 0xFE and raw[1] & 0xC0 == 0x80)
    return "lan" if private else "public"


def is_wildcard(raw):
    return not any(canonical(raw))


def to_text(raw):
    return inet_ntop(AF_INET if len(raw) == 4 else AF_INET6, raw)


def from_text(text):
    """For the planned address only, which the launcher has already parsed to its numeric form."""
    return canonical(inet_pton(AF_INET6 if ":" in text else AF_INET, text))
