"""What the command groups share: connecting to a server, choosing a project, and printing tables."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from meguri.core.errors import Invalid, NotFound, Unavailable
from meguri.core.json import Json, JsonObject
from meguri.core.settings import Settings, read_settings
from meguri.sdk.client import Client, connect
from meguri.sdk.resources import Listed, ProjectClient
from meguri.sdk.transport import Target, find_server

WIDEST = 10_000
"""Columns of a line where the output is no terminal: no value is cut or folded."""

Run = Callable[[argparse.Namespace], int]
SETTINGS = ("home", "host", "port", "database", "auth", "tls_cert", "tls_key")
"""The settings that a command may take as options."""
Commands = Any  # Any: argparse keeps the class of subparsers private


def add_command(commands: Commands, name: str, help: str, run: Run, *, epilog: str | None = None) -> argparse.ArgumentParser:
    """A command (or a group's subcommand) that calls `run` with what was parsed; `run` gives the exit status."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help, description=help, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(run=run)
    return parser


def add_group(commands: Commands, name: str, help: str) -> Commands:
    """A command with subcommands of its own."""
    parser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(run=lambda _args: (parser.print_help(), 2)[1])
    return parser.add_subparsers(title="commands", metavar="COMMAND")


def add_connection(parser: argparse.ArgumentParser) -> None:
    """Which server to talk to, and which project."""
    parser.add_argument("--url", help="address of the server (default: the owner of the home)")
    parser.add_argument("--home", type=Path, help="home directory (default: MEGURI_HOME or .meguri)")
    parser.add_argument("--project", "-p", help="name of the project (default: MEGURI_PROJECT, else the only one there is)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def settings_of(args: argparse.Namespace) -> Settings:
    """Settings from defaults, `meguri.toml`, the environment and then the command line."""
    settings = read_settings(os.environ, Path.cwd())
    given = {name: getattr(args, name) for name in SETTINGS if getattr(args, name, None) is not None}
    return settings.with_values(given, "the command line")


def client_of(args: argparse.Namespace) -> Client:
    """A client of the server that the command line means; where none runs on that home, of the home itself. Close it."""
    return connect(url=args.url, home=args.home)


def server_of(args: argparse.Namespace) -> Client:
    """A client for what only a running server does. Raises Unavailable where there is none."""
    target = Target.read(url=args.url, home=args.home)
    if find_server(target) is None:
        raise Unavailable("server", f"none runs on home {target.home}: start one with `meguri server --home {target.home}`")
    return connect(url=args.url, home=args.home)


def project_of(client: Client, args: argparse.Namespace) -> str:
    """The project that the command line or MEGURI_PROJECT names, else the only one there is. Raises Invalid."""
    names = projects_of(client, args)
    if not names:
        raise Invalid("--project", "there is no project here yet: make one with `meguri apply FOLDER`")
    if len(names) > 1:
        raise Invalid("--project", f"there are several projects: say which with --project, one of {', '.join(names)}")
    return names[0]


def projects_of(client: Client, args: argparse.Namespace) -> list[str]:
    """The project that the command line or MEGURI_PROJECT names, else all there are."""
    named = _named_project(args)
    return [named] if named is not None else [each["name"] for each in client.projects.all()]


def find_address(
    client: Client, args: argparse.Namespace, kind: str, group: Callable[[ProjectClient], Listed], text: str
) -> tuple[ProjectClient, str]:
    """The project and the name of `PROJECT/NAME`; of a plain name, the project that is named, else the only one that has the name.

    Raises NotFound, and Invalid where several projects have it.
    """
    project, _, name = text.rpartition("/")
    chosen = project or _named_project(args)
    if chosen:
        return client.project(chosen), name
    projects = projects_of(client, args)
    if len(projects) == 1:
        return client.project(projects[0]), name
    found = [each for each in projects if any(item["name"] == name for item in group(client.project(each)).all())]
    if not found:
        raise NotFound(kind, name, "no project has one of that name; write PROJECT/NAME, or list them with `meguri`")
    if len(found) > 1:
        candidates = ", ".join(f"{each}/{name}" for each in found)
        raise Invalid(kind, f"several projects have {name!r}: name one of {candidates}")
    return client.project(found[0]), name


def _named_project(args: argparse.Namespace) -> str | None:
    return args.project if args.project is not None else os.environ.get("MEGURI_PROJECT") or None


def with_address(project: str, rows: Iterable[JsonObject]) -> list[JsonObject]:
    """Rows with `address`: PROJECT/NAME."""
    return [{**each, "address": f"{project}/{each['name']}"} for each in rows]


def show(args: argparse.Namespace, rows: Sequence[Mapping[str, Json]], columns: Mapping[str, str], empty: str) -> int:
    """Print rows as a table with the columns (key -> heading), or as JSON; `empty` says what to do where there are none."""
    if getattr(args, "json", False):
        print(json.dumps(list(rows), ensure_ascii=False, indent=1))
        return 0
    if not rows:
        print(empty)
        return 0
    from rich.console import Console  # not at the top: most commands print a line or two
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for key, heading in columns.items():
        is_number = all(isinstance(row.get(key), int | float | None) and not isinstance(row.get(key), bool) for row in rows)
        table.add_column(heading, justify="right" if is_number else "left", no_wrap=not sys.stdout.isatty(), overflow="fold")
    for row in rows:
        table.add_row(*(_text(row.get(key)) for key in columns))
    Console(width=None if sys.stdout.isatty() else WIDEST, markup=False, highlight=False, emoji=False).print(table)
    return 0


def note(text: str) -> None:
    """Say something beside the output."""
    print(text, file=sys.stderr)


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
