import unittest
from _socket import AF_INET, AF_INET6, inet_pton

import address

REACH = {
    "loopback": ["127.0.0.1", "127.0.0.0", "127.255.255.255", "::1", "::ffff:127.0.0.1", "::ffff:127.8.0.1"],
    "lan": [
        "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255",
        "169.254.0.1", "::ffff:192.168.1.2", "fc00::", "fdff:ffff::1", "fe80::1", "febf::1",
    ],
    "public": [
        "0.0.0.0", "::", "::ffff:0.0.0.0",  # wildcards
        "100.64.0.1", "100.127.255.255",  # shared with strangers (RFC 6598)
        "126.255.255.255", "128.0.0.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0",
        "192.167.255.255", "192.169.0.0", "169.253.255.255", "169.255.0.0", "8.8.8.8", "255.255.255.255",
        "::ffff:8.8.8.8", "::2", "::127.0.0.1", "::1:0:0:1", "64:ff9b::7f00:1", "2001:db8::1", "fec0::1",
        "fbff::1", "fe7f::1", "ff02::1",
    ],
}  # fmt: skip


def raw(text):
    return inet_pton(AF_INET6 if ":" in text else AF_INET, text)


class Address(unittest.TestCase):
    def test_reach(self):
        for reach, texts in REACH.items():
            for text in texts:
                with self.subTest(text):
                    self.assertEqual(address.reach(raw(text)), reach)

    def test_every_first_byte_but_127_is_not_loopback(self):
        for first in range(256):
            reach = address.reach(bytes([first, 0, 0, 1]))
            self.assertEqual(reach == "loopback", first == 127, first)

    def test_wildcards(self):
        for text in ("0.0.0.0", "::", "::ffff:0.0.0.0"):
            self.assertTrue(address.is_wildcard(raw(text)), text)
        for text in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.1"):
            self.assertFalse(address.is_wildcard(raw(text)), text)

    def test_text_and_back(self):
        for text in ("127.0.0.1", "::1", "fe80::1", "0.0.0.0", "::"):
            self.assertEqual(address.to_text(address.from_text(text)), text)
        self.assertEqual(address.from_text("::ffff:127.0.0.1"), b"\x7f\0\0\1")

    def test_other_spellings_are_refused(self):
        for text in ("", "0", "127.1", "0x7f.0.0.1", "2130706433", "localhost", "127.0.0.1 "):
            with self.assertRaises(OSError, msg=text):
                address.from_text(text)
