"""Laid over `django.conf` by devlaunch: the settings of this run allow one more host, the one that the server listens
on. No file of the project is touched, and whichever module the settings come from, this comes after it."""

import functools
import os


def overlay(conf):
    after(conf.Settings, "__init__", allow)
    after(conf.LazySettings, "configure", lambda settings: allow(settings._wrapped))  # a project in a single file


def after(owner, name, then):
    unchanged = getattr(owner, name)

    @functools.wraps(unchanged)
    def wrapper(self, *args, **kwargs):
        unchanged(self, *args, **kwargs)
        try:
            then(self)
        except Exception:  # settings that aren't what Django expects: its own message says more
            pass

    setattr(owner, name, wrapper)


def allow(settings):
    authority = os.environ["DEVLAUNCH_ALLOWED_HOSTS"]
    host, _, port = authority.rpartition(":")
    allowed = settings.ALLOWED_HOSTS
    if not allowed:
        if not settings.DEBUG:
            return  # Django refuses to start, and says why
        allowed = [".localhost", "127.0.0.1", "[::1]"]  # what it allows while the list is empty (HttpRequest.get_host)
    if "*" not in allowed:
        settings.ALLOWED_HOSTS = extended(allowed, host)
    origin = host if port == "80" else authority  # as a browser writes it
    settings.CSRF_TRUSTED_ORIGINS = extended(settings.CSRF_TRUSTED_ORIGINS, scheme() + origin)


def scheme():
    from django import VERSION

    return "http://" if VERSION >= (4,) else ""  # the release notes of 4.0, "Format change"


def extended(values, value):
    """A list of our own: theirs may be shared."""
    return values if value in values else type(values)([*values, value])
