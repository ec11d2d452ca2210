import json
import os
import random
import socket
import unittest

import channel

LETTERS = "aZ09 \"\\/\b\f\n\r\t\x00\x1f\x7f\x85äß€\u2028漢\ufffd\U0001f40d\U0010ffff"


def anything(dice, depth=0):
    kind = dice.randrange(5 if depth > 3 else 7)
    if kind == 0:
        return dice.choice([None, True, False])
    if kind == 1:
        return dice.choice([0, 1, -1, 2**31, -(2**63), 2**80, dice.randrange(10**9)])
    if kind == 2:
        return dice.choice([0.5, -1e-9, 1e300, dice.random()])
    if kind in (3, 4):
        return "".join(dice.choice(LETTERS) for _ in range(dice.randrange(12)))
    if kind == 5:
        return [anything(dice, depth + 1) for _ in range(dice.randrange(5))]
    return {anything_key(dice): anything(dice, depth + 1) for _ in range(dice.randrange(5))}


def anything_key(dice):
    return "".join(dice.choice(LETTERS) for _ in range(dice.randrange(6)))


class Codec(unittest.TestCase):
    def test_agrees_with_the_json_module(self):
        dice = random.Random(2718)
        for _ in range(3000):
            value = anything(dice)
            with self.subTest(value=value):
                self.assertEqual(json.loads(channel.encode(value)), value)
                self.assertEqual(channel.decode(json.dumps(value)), value)
                self.assertEqual(channel.decode(json.dumps(value, ensure_ascii=False)), value)

    def test_an_event_is_one_ascii_line(self):
        line = channel.encode({"a": LETTERS})
        self.assertTrue(line.isascii())
        self.assertNotIn("\n", line)


class Stream(unittest.TestCase):
    def setUp(self):
        self.ours, self.theirs = socket.socketpair()
        self.channel = channel.Channel(self.theirs.fileno())
        os.set_blocking(self.theirs.fileno(), False)

    def tearDown(self):
        self.ours.close()
        self.theirs.close()

    def test_messages_in_pieces(self):
        self.ours.sendall(b'{"do":"a"}\n{"do"')
        self.assertEqual(self.channel.receive(), [{"do": "a"}])
        self.assertEqual(self.channel.receive(), [])  # nothing there, and no wait
        self.ours.sendall(b':"b"}\n')
        self.assertEqual(self.channel.receive(), [{"do": "b"}])

    def test_a_character_cut_in_two(self):
        data = json.dumps({"do": "ä漢\U0001f40d"}, ensure_ascii=False).encode() + b"\n"
        for byte in data[:-1]:
            self.ours.sendall(bytes([byte]))
            self.assertEqual(self.channel.receive(), [])
        self.ours.sendall(b"\n")
        self.assertEqual(self.channel.receive(), [{"do": "ä漢\U0001f40d"}])

    def test_a_message_of_megabytes(self):
        self.ours.setblocking(False)
        data = json.dumps({"do": "x" * 3_000_000}).encode() + b"\n"
        received = []
        while not received:
            try:
                data = data[self.ours.send(data) :]
            except BlockingIOError:
                pass
            received = self.channel.receive()
        self.assertEqual(len(received[0]["do"]), 3_000_000)

    def test_a_launcher_that_does_not_read_never_blocks_us(self):
        for number in range(5_000):
            self.channel.send("strangers", number=number)
        self.assertTrue(self.channel.unsent)
        self.assertFalse(self.channel.closed)
        got = b""
        while self.channel.unsent:
            got += self.ours.recv(1 << 20)
            self.channel.flush()
        self.ours.setblocking(False)
        try:
            while True:
                got += self.ours.recv(1 << 20)
        except BlockingIOError:
            pass
        numbers = [json.loads(line)["number"] for line in got.splitlines()]
        self.assertEqual(numbers, list(range(5_000)))

    def test_the_end_of_the_stream_is_noticed_by_reading_and_by_writing(self):
        self.ours.close()
        other = channel.Channel(self.theirs.fileno())
        self.assertEqual(self.channel.receive(), [])
        other.send("gone")
        self.assertTrue(self.channel.closed)
        self.assertTrue(other.closed)
        self.assertEqual(other.unsent, b"")
