"""The parsing of macOS's ps and lsof, on output in the documented format (ps(1); lsof(8), "OUTPUT FOR OTHER
PROGRAMS") with the columns that macOS 14 shows. Nothing here was run on macOS."""

import unittest

import address
import macos
import macos_sockets

# lsof -nPw -iTCP -sTCP:LISTEN -Fpuftdn
LSOF = """\
p412
u501
f8
tIPv4
d0x6d1b3b0c3a5f21c9
n*:5000
f9
tIPv6
d0x6d1b3b0c3a5f1b41
n*:5000
p2301
u501
f4
tIPv4
d0xa91f2c7e11d04e5b
n127.0.0.1:8000
p2302
u501
f4
tIPv4
d0xa91f2c7e11d04e5b
n127.0.0.1:8000
f6
tIPv6
d0x1e64a0b76f2b9d03
n[::1]:9229
p2500
u501
f12
tIPv6
d0x77aa0b76f2b90001
n[fe80:4::1c2d:3e4f:5a6b:7c8d]:7000
f13
tIPv4
d0x77aa0b76f2b90002
n192.168.1.23:7001
"""

# ps -axww -o pid= -o ppid= -o uid= -o stat= -o lstart= -o command=
PS = """\
    1     0     0 Ss   Mon Mar  2 08:01:12 2026     /sbin/launchd
  412     1   501 S    Mon Mar  2 08:01:40 2026     /System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter
 2290  2200   501 S+   Mon Mar  2 09:15:01 2026     node /usr/local/bin/devlaunch django
 2300  2290   501 S    Mon Mar  2 09:15:01 2026     python3 -I -S guard
 2301  2300   501 Ss+  Mon Mar  2 09:15:01 2026     python3 manage.py runserver 127.0.0.1:8000
 2302  2301   501 S+   Mon Mar  2 09:15:02 2026     python3 manage.py runserver 127.0.0.1:8000
 2303  2302   501 Z+   Mon Mar  2 09:15:03 2026     (python3)
 2400     1   501 S    Mon Mar  2 09:15:04 2026     sleep   1000
"""


class Lsof(unittest.TestCase):
    def test_listeners(self):
        found = [
            (address.to_text(each.raw), each.port, address.reach(each.raw), each.uid, each.pids)
            for each in macos_sockets.parse_lsof(LSOF)
        ]
        self.assertEqual(
            found,
            [
                ("0.0.0.0", 5000, "public", 501, [412]),
                ("::", 5000, "public", 501, [412]),
                ("127.0.0.1", 8000, "loopback", 501, [2301, 2302]),  # one socket, two holders
                ("::1", 9229, "loopback", 501, [2302]),
                ("fe80:4::1c2d:3e4f:5a6b:7c8d", 7000, "lan", 501, [2500]),
                ("192.168.1.23", 7001, "lan", 501, [2500]),
            ],
        )

    def test_nothing_listens(self):
        self.assertEqual(macos_sockets.parse_lsof(""), [])

    def test_without_the_device_two_sockets_stay_two(self):
        text = "p7\nu501\nf3\ntIPv4\nn127.0.0.1:80\np8\nu501\nf3\ntIPv4\nn127.0.0.1:80\n"
        self.assertEqual(len(macos_sockets.parse_lsof(text)), 2)


def tree(sessions=None):
    grown = macos.Tree(2301)
    sessions = {2301: 2301, 2302: 2301, 2303: 2301, **(sessions or {})}
    return grown, lambda text: sorted(grown.among(macos.parse_ps(text), lambda pid: sessions.get(pid, 2200)))


class Processes(unittest.TestCase):
    def test_ps(self):
        processes = macos.parse_ps(PS)
        self.assertEqual(len(processes), 8)
        self.assertEqual(processes[2302].parent, 2301)
        self.assertEqual(processes[2302].uid, 501)
        self.assertEqual(processes[2302].command, "python3 manage.py runserver 127.0.0.1:8000")
        self.assertEqual(processes[2400].command, "sleep   1000")

    def test_children_without_zombies_launcher_and_guard(self):
        _, members = tree()
        self.assertEqual(members(PS), [2301, 2302])

    def test_an_orphan_is_known_by_its_session(self):
        _, members = tree({2400: 2301})
        self.assertEqual(members(PS), [2301, 2302, 2400])

    def test_an_orphan_with_a_session_of_its_own_is_known_if_it_was_seen(self):
        _, members = tree({2400: 2400})
        members(PS.replace(" 2400     1", " 2400  2302"))
        self.assertEqual(members(PS), [2301, 2302, 2400])

    def test_what_we_lack_a_daemon_that_was_never_seen_below_us(self):
        _, members = tree({2400: 2400})
        self.assertNotIn(2400, members(PS))

    def test_a_number_that_is_used_again_is_not_ours(self):
        _, members = tree()
        members(PS.replace(" 2400     1", " 2400  2302"))
        self.assertNotIn(2400, members(PS.replace("09:15:04", "11:00:00")))

    def test_the_children_of_an_orphan(self):
        _, members = tree({2400: 2400, 2401: 2401})
        members(PS.replace(" 2400     1", " 2400  2302"))
        more = PS + " 2401  2400   501 S    Mon Mar  2 09:20:00 2026     sleep 1\n"
        self.assertEqual(members(more), [2301, 2302, 2400, 2401])
