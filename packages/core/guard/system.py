"""What differs from system to system, chosen here and nowhere else.

    host(terminal)      starts the server, moves bytes, asks it to end, reports its exit
    become_subreaper(), die_with_parent(parent)     what the kernel does for a companion; not on Windows
    Tree(pid)           members(), owners(listeners), elsewhere(), kill(pid), follow(), extinct()
    open_table()        the listening sockets of the machine, or None where the system doesn't tell:
                        read() those of TCP, near(port) at least those that are on this
                        port or not on loopback, udp()
    health(table, tree, pid)            whether somebody serves, or None where the system doesn't tell
    new_gate(subnet, address, port)     filters a listener before it opens, or None where the system can't
    filtering(subnet, known)            whether the kernel keeps others away from the planned address
    open_hooks()        what the hooked interpreters are tied to, or None where nothing can be
    holders, describe, command, uid     questions about processes, the tree's or not
    new_seal()          for a start that asks for it; its prepare() fails where the system can't
    open_record(tree, folder)   follow(now), remove(): what to end, and the server's own folder to remove, if we are
                        killed; None where that isn't written down
    end_leftovers([patience])   ends what guards that were killed have left, waits for that, and lists it
    STARTING, RUNNING   seconds between two looks at the sockets, before and after the server has answered
    STOPPING            seconds between two looks at the tree while it ends
"""

import errno
import sys

if sys.platform == "win32":
    from windows import Tree, command, describe, holders, host, uid
    from windows_sockets import open_table

    STARTING, RUNNING, STOPPING = 0.25, 0.25, 0.05

    def health(*_):
        return None

elif sys.platform == "linux":
    import linux_kernel
    import unix
    from hooks import Hooks as open_hooks
    from linux_kernel import become_subreaper, die_with_parent
    from linux_processes import command, describe, holders, uid
    from linux_sockets import open_table
    from linux_tree import Tree

    STARTING, RUNNING, STOPPING = 0.003, 0.045, 0.005

    def host(terminal):
        return unix.Host(terminal, linux_kernel)

    def new_seal():
        from seal import Seal  # only paid for where it is wanted

        return Seal()

    def health(*server):
        from health import Health  # the server is starting meanwhile

        return Health(*server)

    def new_gate(*planned):
        from gate import Gate

        return Gate(*planned)

    def filtering(*server):
        from filtering import Filtering  # only paid for where it is wanted

        return Filtering(*server)

    def open_record(tree, folder):
        import record  # only a guard that has started a server needs it

        return record.open_record(tree, folder)

    def end_leftovers(**patience):
        import leftovers

        return leftovers.end_leftovers(**patience)

else:  # macOS; other systems with ps and lsof may do, and nothing is claimed for them
    import macos
    import unix
    from macos import Tree, become_subreaper, command, describe, die_with_parent, holders, uid
    from macos_sockets import open_table

    STARTING, RUNNING, STOPPING = 0.25, 1.0, 0.05

    def host(terminal):
        return unix.Host(terminal, macos)

    def health(*_):
        return None


if sys.platform != "linux":

    def open_hooks():
        return None

    def new_gate(*planned):
        return None

    class filtering:
        """Answers as filtering.Filtering does."""

        told = None

        def __init__(self, subnet, known):
            pass

        def look(self, listeners, holders):
            if self.told or not listeners:
                return None
            self.told = (False, "only Linux has such a filter")
            return self.told

    class new_seal:
        failed = True

        def prepare(self):
            raise OSError(errno.ENOTSUP, "only Linux has what it takes")

    def open_record(tree, folder):
        return None

    def end_leftovers(**patience):
        return []
