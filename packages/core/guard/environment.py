"""Variables whose value isn't UTF-8: Node reads them with U+FFFD in the place of what it can't decode, and hands
that on. Where the system shows what Node itself was given, the server gets that."""

import os

_REPLACEMENT = "\ufffd".encode()


def inherited():
    """Our environment, as bytes."""
    ours = dict(os.environb)
    if any(_REPLACEMENT in value for value in ours.values()):
        for name, value in _of_parent():
            if ours.get(name, b"") == value.decode(errors="replace").encode():
                ours[name] = value
    return ours


def _of_parent():
    try:
        with open("/proc/%d/environ" % os.getppid(), "rb") as file:
            return [entry.split(b"=", 1) for entry in file.read().split(b"\0") if b"=" in entry]
    except OSError:  # not Linux, or hidden from us
        return []


def followed(value, ours):
    """The plan's PYTHONPATH ends with the user's, which the launcher has read with U+FFFD."""
    shown = ours.decode(errors="replace").encode()
    return value[: -len(shown)] + ours if shown != ours and value.endswith(shown) else value
