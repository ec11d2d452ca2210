"""Every spelling of every option that a server's own parser takes, and what each one sets.

Prints a JSON list of {words, sets}; a switch that is turned off is told as `not name`. The parsers are those of
the servers that are installed, so a release with a new option, or one that takes abbreviations, shows by itself.
"""

import argparse
import contextlib
import importlib
import io
import json
import runpy
import sys

VALUES = ("0.0.0.0:9", "9")
ADDRESSES = ("9", "\u0669", "0:9", "0.0.0.0:9", "[::]:9")
NUMBERS = ("9", " 9", "+9", "9_9", "\u0669")


def gunicorn():
    from gunicorn.config import Config

    return of_argparse(Config().parser(), ignored={"args"})


def django():
    from django.core.management import CommandError
    from django.core.management.commands.runserver import Command

    return of_argparse(Command().create_parser("manage.py", "runserver"), refused=(CommandError,), positional=ADDRESSES)


def http():
    return of_argparse(parser_of("http.server"), positional=NUMBERS)


def hypercorn():
    return of_argparse(parser_of("hypercorn"), ignored={"application"})


def parser_of(module):
    class Built(Exception):
        pass

    def stop(parser, *_, **__):
        raise Built(parser)

    parse, argparse.ArgumentParser.parse_args = argparse.ArgumentParser.parse_args, stop
    try:
        runpy.run_module(module, run_name="__main__")
    except Built as built:
        return built.args[0]
    finally:
        argparse.ArgumentParser.parse_args = parse


def waitress():
    from getopt import GetoptError

    from waitress.adjustments import Adjustments, asbool

    def read(words):
        try:
            values = Adjustments.parse_args(words)[0]
        except GetoptError:
            return None
        return {name: value == "true" if value in ("true", "false") else value or None for name, value in values.items()}

    names = [name.replace("_", "-") for name in Adjustments._param_map]
    switches = [name.replace("_", "-") for name, cast in Adjustments._params if cast is asbool]
    return told(read, candidates(["--" + name for name in names] + ["--no-" + name for name in switches], []), ())


def daphne():
    from daphne.cli import CommandLineInterface

    return of_argparse(CommandLineInterface().parser, ignored={"application"})


def granian():
    from granian.cli import cli

    return of_click(cli, ignored={"app"})


def uvicorn():
    from uvicorn.main import main

    return of_click(main, ignored={"app"})


def fastapi():
    import typer.main
    from fastapi_cli.cli import app

    group = typer.main.get_command(app)
    for name in ("dev", "run"):
        yield from of_click(group.commands[name], ignored={"path"})


def flask():
    from flask.cli import run_command

    return of_click(run_command)


def of_argparse(parser, ignored=(), refused=(), positional=()):
    for action in parser._actions:
        action.default = argparse.SUPPRESS
    parser.print_help = sys.exit  # its text wants the defaults
    flags = [s[1] for a in parser._actions if a.nargs == 0 for s in a.option_strings if len(s) == 2]
    options = [option for action in parser._actions for option in action.option_strings]

    def read(words):
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            try:
                return vars(parser.parse_args(words))
            except (SystemExit, argparse.ArgumentTypeError, *refused):
                return None

    return told(read, candidates(options, flags) + [[word] for word in positional], ignored)


def of_click(command, ignored=()):
    context = command.context_class(command)
    click = type(context).__module__.rpartition(".")[0]  # or the copy of it that Typer brings
    errors = importlib.import_module(".exceptions", click)
    options = [o for p in command.params for o in p.opts + p.secondary_opts if o.startswith("-")]
    flags = [o[1] for p in command.params if getattr(p, "is_flag", False) for o in p.opts if len(o) == 2]

    def read(words):
        try:
            return command.make_parser(context).parse_args(list(words))[0]
        except errors.UsageError:
            return None

    return told(read, candidates(options, flags), ignored)


def candidates(options, flags):
    heads = set()
    for option in options:
        if option.startswith("--"):
            heads.update(option[:end] for end in range(3, len(option) + 1))
        else:
            heads.add(option)
            heads.update("-" + flag + option[1] for flag in flags)
            heads.update("-" + one + two + option[1] for one in flags for two in flags)
    found = []
    for head in sorted(heads):
        join = "=" if head.startswith("--") else ""
        found += [[head]] + [[head + join + value] for value in VALUES] + [[head, value] for value in VALUES]
    return found


def told(read, words, ignored):
    for each in words:
        values = read(each)
        sets = {name: value for name, value in (values or {}).items() if value is not None and name not in ignored}
        if sets:
            yield {"words": each, "sets": ["not " * (value is False or value == "0") + name for name, value in sets.items()]}


json.dump(list(globals()[sys.argv[1]]()), sys.stdout)
