import os
import subprocess
import sys
import tempfile
import unittest
import uuid
from unittest import mock

if sys.platform == "linux":
    import leftovers
    import linux_processes
    import linux_tree
    import record
    import records

FAMILY = "sleep 60 & setsid sleep 60 & echo up; wait"


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Case(unittest.TestCase):
    def setUp(self):
        runtime = tempfile.TemporaryDirectory()
        self.addCleanup(runtime.cleanup)
        self.folder = os.path.join(runtime.name, "devlaunch")
        environment = mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": runtime.name, "TMPDIR": runtime.name})
        environment.start()
        self.addCleanup(environment.stop)
        self.runtime = runtime.name

    def sleeper(self):
        child = subprocess.Popen(["sleep", "60"])
        self.addCleanup(lambda: (child.kill(), child.wait()))
        return child

    def life(self, pid):
        return pid, linux_processes.started(pid)

    def forge(self, members, place=None, guard=None):
        """A record of a guard that has ended, or of whom we say."""
        if guard is None:
            ended = subprocess.Popen(["sleep", "60"])
            guard = self.life(ended.pid)
            ended.kill()
            ended.wait()
        os.makedirs(self.folder, 0o700, exist_ok=True)
        path = os.path.join(self.folder, "%s%d.%d" % (records.here() if place is None else place, *guard))
        with open(path, "w") as file:
            file.writelines("%d %d\n" % member for member in members)
        return path


class Leftovers(Case):
    def test_what_a_dead_guard_has_left_is_ended_with_all_it_has_started(self):
        shell = subprocess.Popen(["sh", "-c", FAMILY], stdout=subprocess.PIPE)
        self.addCleanup(lambda: (shell.kill(), shell.communicate()))
        shell.stdout.readline()
        family = {shell.pid, *linux_processes.children(shell.pid)}
        path = self.forge([self.life(shell.pid)])
        ended = leftovers.end_leftovers()
        self.assertEqual({each["pid"] for each in ended}, family)
        self.assertIn("sleep 60", {each["command"] for each in ended})
        self.assertEqual([pid for pid in family if linux_processes.lives(pid)], [])
        self.assertFalse(os.path.exists(path))
        self.assertEqual(leftovers.end_leftovers(), [])

    def test_nobody_is_waited_for_where_there_is_no_patience(self):
        child = self.sleeper()
        self.forge([self.life(child.pid)])
        waits = []
        with mock.patch.object(leftovers.select, "poll") as poll:
            poll().poll.side_effect = waits.append
            self.assertEqual([each["pid"] for each in leftovers.end_leftovers(patience=0)], [child.pid])
        self.assertEqual(waits, [0])
        self.assertEqual(child.wait(), -9)

    def assert_untouched(self, path, child, stays):
        self.assertEqual(leftovers.end_leftovers(), [])
        self.assertIsNone(child.poll())
        self.assertIn(linux_processes.state_and_parent(child.pid)[0], "SR")
        self.assertEqual(os.path.exists(path), stays)

    def test_a_later_process_with_the_same_number_is_not_touched(self):
        child = self.sleeper()
        pid, start = self.life(child.pid)
        self.assert_untouched(self.forge([(pid, start - 1)]), child, False)

    def test_the_tree_of_a_living_guard_is_not_touched(self):
        guard, child = self.sleeper(), self.sleeper()
        path = self.forge([self.life(child.pid)], guard=self.life(guard.pid))
        self.assert_untouched(path, child, True)
        self.forge([self.life(guard.pid), self.life(child.pid)])  # inside what a dead one has left
        self.assert_untouched(path, child, True)

    def test_a_guard_whose_number_is_somebody_else_s_is_dead(self):
        other, child = self.sleeper(), self.sleeper()
        pid, start = self.life(other.pid)
        self.forge([self.life(child.pid)], guard=(pid, start - 1))
        self.assertEqual([each["pid"] for each in leftovers.end_leftovers()], [child.pid])
        self.assertIsNone(other.poll())

    def test_another_namespace_s_and_another_boot_s_are_not_touched(self):
        child = self.sleeper()
        self.assert_untouched(self.forge([self.life(child.pid)], place=records.boot() + "1."), child, True)
        earlier = "00000000-0000-0000-0000-000000000000."
        self.assert_untouched(self.forge([self.life(child.pid)], place=earlier + "1."), child, False)

    def private(self, name):
        path = os.path.join(self.runtime, name)
        os.mkdir(path, 0o700)
        with open(os.path.join(path, "nginx.conf"), "w"):
            return path

    def test_the_folder_of_a_dead_guard_s_server_is_removed(self):
        record = self.forge([])
        private = self.private("devlaunch-nginx-%s" % uuid.uuid4())
        with open(record, "a") as file:
            file.write(records.line_of(private))
        leftovers.end_leftovers()
        self.assertFalse(os.path.exists(private))

    def test_no_other_folder_is_removed(self):
        theirs = [self.private(name) for name in ("devlaunch-nginx", "home", "devlaunch-nginx-%s-x" % uuid.uuid4())]
        link = os.path.join(self.runtime, "devlaunch-nginx-%s" % uuid.uuid4())
        os.symlink(theirs[1], link)
        with open(self.forge([]), "a") as file:
            file.writelines(map(records.line_of, [*theirs, link, link + "/../home", ""]))
        leftovers.end_leftovers()
        self.assertEqual([os.listdir(path) for path in theirs], [["nginx.conf"]] * 3)

    def test_our_own_ancestors_are_not_touched(self):
        self.forge([self.life(os.getppid()), self.life(os.getpid())])
        self.assertEqual(leftovers.end_leftovers(), [])

    def test_nonsense_in_the_folder_harms_nobody(self):
        path = self.forge([])
        huge = "9" * 5000  # Python refuses to read more than 4300 digits, and the kernel more than 10
        names = ["x", records.here() + "x.1", records.here() + "9" * 30 + ".1", records.here() + "\u00b2.1"]
        for name, text in (*((name, "1 1") for name in names), (os.path.basename(path), "-1 5\n1\n\n\xff\n0 0\n%s 1\n" % huge)):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text)
        child = self.sleeper()
        secret = os.path.join(self.runtime, "list")
        with open(secret, "w") as file:
            file.write("%d %d\n" % self.life(child.pid))
        os.symlink(secret, os.path.join(self.folder, records.here() + "%d.1" % child.pid))
        os.mkfifo(os.path.join(self.folder, records.here() + "%d.2" % child.pid))
        self.assertEqual(leftovers.end_leftovers(), [])
        self.assertIsNone(child.poll())


class Records(Case):
    def test_the_tree_is_written_down_and_forgotten(self):
        tree = linux_tree.Tree(0)
        kept = record.open_record(tree)
        child = self.sleeper()
        kept.follow(kept._next_look)
        [name] = os.listdir(self.folder)
        self.assertEqual(list(records.guards([name]).values()), [self.life(os.getpid())])
        with records_folder() as folder:
            self.assertIn(self.life(child.pid), records.read(folder, name))
        self.assertEqual(os.stat(os.path.join(self.folder, name)).st_mode & 0o777, 0o600)
        with mock.patch.object(kept, "_write", wraps=kept._write) as write:
            kept.follow(kept._next_look)  # nothing has changed
            child.kill()
            child.wait()
            kept.follow(kept._next_look)
        self.assertEqual(write.call_count, 1)
        kept.remove()
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_full_disk_is_no_reason_to_end(self):
        full = OSError(28, "No space left on device")
        before = len(os.listdir("/proc/self/fd"))
        with mock.patch.object(os, "write", side_effect=full):
            self.assertIsNone(record.open_record(linux_tree.Tree(0)))
        self.assertEqual((os.listdir(self.folder), len(os.listdir("/proc/self/fd"))), ([], before))
        kept = record.open_record(linux_tree.Tree(0))
        self.sleeper()
        with mock.patch.object(os, "write", side_effect=full):
            kept.follow(kept._next_look)
        kept.remove()
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_proc_that_says_nothing_is_no_reason_to_end(self):
        before = len(os.listdir("/proc/self/fd"))
        with mock.patch.object(record, "own_name", side_effect=FileNotFoundError):
            self.assertIsNone(record.open_record(linux_tree.Tree(0)))
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)

    def test_a_folder_that_is_not_ours_alone_is_refused(self):
        elsewhere = os.path.join(self.runtime, "elsewhere")
        os.mkdir(elsewhere, 0o700)
        makers = [
            lambda: os.symlink(elsewhere, self.folder),
            lambda: os.symlink("nowhere", self.folder),
            lambda: (os.mkdir(self.folder), os.chmod(self.folder, 0o777)),
            lambda: (os.mkdir(self.folder), os.chmod(self.folder, 0o750)),
            lambda: open(self.folder, "w").close(),
            lambda: os.mkfifo(self.folder),
        ]
        if os.geteuid() == 0:
            makers.append(lambda: (os.mkdir(self.folder, 0o700), os.chown(self.folder, 65534, 65534)))
        for make in makers:
            make()
            self.assertIsNone(record.open_record(linux_tree.Tree(0)))
            self.assertEqual(leftovers.end_leftovers(), [])
            self.assertEqual(os.listdir(elsewhere), [])
            os.rename(self.folder, os.path.join(self.runtime, "seen%d" % makers.index(make)))

    def test_the_runtime_directory_must_be_absolute_and_ours(self):
        for runtime in ("", "relative", "/no/such", "/proc/1/root/nowhere"):
            with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": runtime}):
                self.assertEqual(records._folder(), os.path.join(self.runtime, "devlaunch-%d" % os.geteuid()))
        with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": "", "TMPDIR": "relative"}):
            self.assertEqual(records._folder(), "/tmp/devlaunch-%d" % os.geteuid())


class records_folder:
    def __enter__(self):
        self.descriptor = records.open_folder()
        return self.descriptor

    def __exit__(self, *_):
        os.close(self.descriptor)
