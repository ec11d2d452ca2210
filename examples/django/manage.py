#!/usr/bin/env python
"""Django's command line, with one kindness: the first `runserver` finds a filled shop."""

import os
import sys

from django.core.management import execute_from_command_line


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

    # An example should show something on its very first start. In a project of your own,
    # delete these two lines and run `migrate` when you mean to. The reloader's child, which
    # Django marks with RUN_MAIN, starts after this was done.
    if sys.argv[1:2] == ["runserver"] and os.environ.get("RUN_MAIN") != "true":
        execute_from_command_line([sys.argv[0], "migrate", "--verbosity=0"])

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
