"""Laid over `flask.app` by devlaunch: where an app names the hosts that it trusts, it trusts one more in this run, the one
that the server listens on. Nothing is added where it names none, because then it answers to all of them."""

import functools
import os


def overlay(module):
    unchanged = module.Flask.create_url_adapter  # for each request; it reads TRUSTED_HOSTS

    @functools.wraps(unchanged)
    def create_url_adapter(self, *args, **kwargs):
        try:
            trust(self.config)
        except Exception:  # a config that isn't what Flask expects: it says so itself
            pass
        return unchanged(self, *args, **kwargs)

    module.Flask.create_url_adapter = create_url_adapter


def trust(config):
    host = os.environ["DEVLAUNCH_ALLOWED_HOSTS"].rpartition(":")[0]
    trusted = config.get("TRUSTED_HOSTS")
    if not trusted:
        return
    names = [trusted] if isinstance(trusted, str) else trusted
    if host not in names:
        config["TRUSTED_HOSTS"] = [*names, host]
