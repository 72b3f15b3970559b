"""`meguri watermark`: advance the event time of a project and print what follows from it."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time

from meguri.cli.command import Commands, add_command, add_connection, add_group, project_of, server_of
from meguri.cli.news import News
from meguri.core.times import iso, parse_time

EPILOG = """\
Advance the watermark once every row, prediction and label up to that event time has been sent. Monitors, schedules and cool-downs of
the project run on event time. The command waits until everything that follows is done, such as a retrain, and prints it."""


def add(commands: Commands) -> None:
    group = add_group(commands, "watermark", "the event time of a project")
    parser = add_command(group, "advance", "advance the watermark, and wait for what follows from it", run, epilog=EPILOG)
    parser.add_argument("--until", required=True, help="event time: ISO 8601 with a zone, or a date for its midnight in UTC")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    until = read_time(args.until, "--until")
    with server_of(args) as client:
        project = client.project(project_of(client, args))
        news = News(project)
        project.ask_watermark(until)
        news.print_until_reached(until)
    print(f"the watermark of project {project.name} is at {iso(until)}")
    return 0


def read_time(text: str, name: str) -> datetime:
    """An event time of the command line. Raises Invalid."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return parse_time(text, name)
