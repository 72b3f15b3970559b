"""Writes `docs/reference` from the program itself: `make docs`. A test compares the pages with what this writes."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from meguri.cli.main import build_parser
from meguri.core import errors
from meguri.core.settings import Settings
from meguri.server.errors import status_of
from meguri.testing.server import running_server
from tools.sdk_reference import page as sdk

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/reference"
NOTE = "<!-- written by `make docs`; change the program, not this page -->\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder, "home")) as server:
        wanted = pages(httpx.get(f"{server.url}/openapi.json").raise_for_status().json())
    for file in FOLDER.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text)
        print(f"docs/reference/{name}")


def pages(document: dict[str, Any]) -> dict[str, str]:  # Any: JSON
    """Every page of the reference, given the OpenAPI document: file name and text."""
    written = {"commands": commands(), "settings": settings(), "errors": error_table(), "routes": routes(document), "sdk": sdk()}
    return {f"{name}.md": f"{NOTE}\n{text.strip()}\n" for name, text in written.items()}


def commands() -> str:
    return "# Commands\n\n" + "\n\n".join(f"## {parser.prog}\n\n```\n{help_of(parser)}\n```" for parser in parsers(build_parser()))


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


def help_of(parser: argparse.ArgumentParser) -> str:
    """The help, in a width that does not depend on the terminal."""
    parser.formatter_class = narrow(parser.formatter_class)
    return parser.format_help().strip()


def narrow(formatter: Any) -> Any:  # Any: argparse accepts whatever makes a formatter from the program's name
    return lambda prog: formatter(prog, width=100)


def settings() -> str:
    rows = ["| setting | environment | default |", "|---|---|---|"]
    for field in dataclasses.fields(Settings):
        default = field.default if field.default is not dataclasses.MISSING else str(getattr(Settings(), field.name))
        rows.append(f"| `{field.name}` | `MEGURI_{field.name.upper()}` | `{default!r}` |")
    intro = "Read once from defaults, then `meguri.toml` in the working folder, then `MEGURI_*`, then the command line."
    return f"# Settings\n\n{intro}\n\n{inspect.getdoc(Settings)}\n\n" + "\n".join(rows)


def error_table() -> str:
    found = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.MeguriError)]
    rows = ["| code | status | what it means |", "|---|---|---|"]
    for each in found[1:]:
        status = status_of(each.__new__(each))
        rows.append(f"| `{each.__name__}` | {status} | {one_line(inspect.getdoc(each) or '')} |")
    intro = (
        "An error answers with `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, `code`, and fields of its own."
    )
    return f"# Errors\n\n{intro}\n\n" + "\n".join(rows)


def routes(document: dict[str, Any]) -> str:  # Any: JSON
    """A table for each resource, by name."""
    tables: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            row = f"| {method.upper()} | `{path}` | {operation['x-permission']} | {one_line(operation['summary'])} |"
            tables.setdefault(resource_of(path), []).append(row)
    head = "| method | path | permission | what |\n|---|---|---|---|\n"
    intro = (
        "The types of bodies, queries and answers are in `/openapi.json`. What has a name within a project is addressed below it,\n"
        "what has an id of its own by that id. A list answers `items` and `next`: send `next` as `cursor` for the next page.\n\n"
        "The action of a permission says which role and which scope it needs: [identity and access](../concepts/access.md)."
    )
    return "# Routes\n\n" + "\n\n".join([intro, *(f"## {name}\n\n{head}" + "\n".join(rows) for name, rows in sorted(tables.items()))])


def resource_of(path: str) -> str:
    """`runs` of `/api/v1/runs/{run}` and of `/api/v1/projects/{project}/runs`; `server` of what is not below `/api/v1`."""
    within = path.removeprefix("/api/v1/projects/{project}/")
    if within == path:
        within = path.removeprefix("/api/v1/")
    return "server" if within == path else within.partition("/")[0]


def one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
