"""`meguri sources`: where rows come in, and bringing in a CSV file."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from meguri.cli.command import (
    Commands,
    add_command,
    add_connection,
    add_group,
    client_of,
    find_address,
    note,
    projects_of,
    show,
    with_address,
)
from meguri.cli.csvfile import Columns, Rows, read_rows
from meguri.cli.watermark import read_time
from meguri.core.batches import batches
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid, NotFound
from meguri.core.json import JsonObject
from meguri.sdk.client import Client
from meguri.sdk.resources import ProjectClient

SOURCES = {
    "address": "SOURCE",
    "entity": "ENTITY",
    "rows": "ROWS",
    "first_event_at": "FROM",
    "last_event_at": "TO",
    "quarantined": "QUARANTINED",
}
BATCH = 2_000
NOTE_EVERY = 50_000
ADVICE = "say which header it has with --column {name}=HEADER, or its value with --constant {name}=VALUE"

EPILOG = """\
The header of the file names the columns of the source. The whole file is checked before its first row is sent, so a file with a mistake
changes nothing; rows that the server cannot accept are put in quarantine and named. Sending a file again changes nothing.

  meguri sources push meter --csv meter.csv --zone Asia/Tokyo
  meguri sources push meter --csv meter.csv --column at=時刻 --time-format '%Y/%m/%d %H:%M' --zone Asia/Tokyo --constant building=north"""


def add(commands: Commands) -> None:
    group = add_group(commands, "sources", "where rows come in")
    add_connection(add_command(group, "list", "sources with their rows", list_sources))
    push = add_command(group, "push", "send the rows of a CSV file to a source", push_file, epilog=EPILOG)
    push.add_argument("source", help="PROJECT/NAME; a name alone where only one project has it")
    push.add_argument("--csv", type=Path, required=True, metavar="FILE", help="CSV file in UTF-8 with a header")
    push.add_argument("--since", help="only rows with event times from here on (ISO 8601 with a zone, or a date in UTC)")
    push.add_argument("--until", help="only rows with event times before this")
    push.add_argument("--zone", help="time zone of times that are written without one, such as Asia/Tokyo or UTC")
    push.add_argument("--time-format", default="", help="how times are written, as strptime takes it (default ISO 8601)")
    push.add_argument("--column", action="append", default=[], metavar="NAME=HEADER", help="the file's header of a column")
    push.add_argument("--constant", action="append", default=[], metavar="NAME=VALUE", help="a column that the file does not have")
    push.add_argument("--check", action="store_true", help="check the file and send nothing")
    add_connection(push)


def list_sources(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        rows = [row for each in projects_of(client, args) for row in with_address(each, client.project(each).sources.all())]
    return show(args, rows, SOURCES, "no sources yet: declare mg.Source(...) in a project folder and run `meguri apply FOLDER`")


def push_file(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        project, source = find_address(client, args, "source", lambda each: each.sources, args.source)
        event_time, columns = _columns(client, project.name, source, args)
        since, until = (
            None if text is None else read_time(text, name) for name, text in (("--since", args.since), ("--until", args.until))
        )

        def rows() -> Rows:
            return (row for row in read_rows(args.csv, columns) if _is_between(row[event_time], since, until))

        count = sum(1 for _ in rows())
        if not count:
            raise Invalid(f"file {args.csv}", "has no rows to send: see --since, --until and the file")
        if args.check:
            print(f"{count:,} rows of {args.csv} fit source {project.name}/{source}; nothing was sent")
            return 0
        return _push(project, source, rows())


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """`NAME=VALUE` options. Raises Invalid."""
    for text in given:
        if "=" not in text:
            raise Invalid(option, f"{text!r} has no '=': write {option} NAME=VALUE")
    return dict(text.split("=", 1) for text in given)


def _columns(client: Client, project: str, name: str, args: argparse.Namespace) -> tuple[str, Columns]:
    """The event time's column, and what is to be read from the file. Raises NotFound, Invalid."""
    definition = msgspec.convert(client.projects.get(project)["definition"], ProjectDefinition)
    source = next((each for each in definition.sources if each.name == name), None)
    if source is None:
        known = ", ".join(each.name for each in definition.sources) or "none"
        raise NotFound("source", name, f"project {project} declares {known}")
    entity = next(each for each in definition.entities if each.name == source.entity)
    types = Columns.of(source, entity)
    headers, constants = pairs(args.column, "--column"), pairs(args.constant, "--constant")
    for option, names in (("--column", headers), ("--constant", constants)):
        for name in names:
            if name not in types:
                raise Invalid(option, f"source {source.name} has no column {name!r}: it has {', '.join(types)}")
    required = frozenset({entity.key, source.event_time})
    return source.event_time, Columns(types, headers, constants, args.time_format, _zone(args.zone), required, ADVICE)


def _zone(name: str | None) -> tzinfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("--zone", f"{name!r} is no time zone: give an IANA name such as Asia/Tokyo or UTC") from error


def _is_between(at: object, since: datetime | None, until: datetime | None) -> bool:
    if since is None and until is None:
        return True
    moment = datetime.fromisoformat(str(at))
    return (since is None or moment >= since) and (until is None or moment < until)


def _push(project: ProjectClient, source: str, rows: Rows) -> int:
    """Send, and say what became of the rows; the exit status is 1 where none was good."""
    sent = accepted = duplicates = 0
    reasons: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for batch in batches(rows, BATCH):
        answer = project.sources.push(source, batch)
        for each in answer["quarantined"]:
            what = each["column"], each["kind"]
            reasons[what] += 1
            examples.setdefault(what, _shown(batch[each["row"]], each))
        sent, accepted, duplicates = sent + len(batch), accepted + answer["accepted"], duplicates + answer["duplicates"]
        if sent % NOTE_EVERY < len(batch) and sent > NOTE_EVERY:
            note(f"{sent:,} rows sent")
    print(f"{sent:,} rows sent to source {source}: {accepted:,} accepted, {duplicates:,} known already, {reasons.total():,} in quarantine")
    for (column, kind), rejected in reasons.most_common():
        note(f"  {rejected:,} for {column} ({kind}), such as: {examples[column, kind]}")
    if reasons:
        note(f"see them with `meguri datasets {source} --quarantine --project {project.name}`")
    return 0 if accepted or duplicates else 1


def _shown(row: JsonObject, rejected: JsonObject) -> str:
    return f"{row.get(rejected['column'])!r}: {rejected['why']}"
