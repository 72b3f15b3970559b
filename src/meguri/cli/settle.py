"""`meguri settle`: move a project on event time, and see what follows from it."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time

from meguri.cli.command import Commands, add_command, add_connection, project_of, server_of
from meguri.cli.news import News
from meguri.core.times import iso, parse_time

EPILOG = """\
Say it when everything that happened up to then has been sent: rows, predictions and labels. Monitors, schedules and cool-downs of the
project run on this time. The command waits until all that follows from it is done, such as a retrain, and tells it."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "settle", "move a project's event time, and wait for what follows from it", run, epilog=EPILOG)
    parser.add_argument("--until", required=True, help="event time: ISO 8601 with a zone, or a date for its midnight in UTC")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    until = read_time(args.until, "--until")
    with server_of(args) as client:
        project = project_of(client, args)
        news = News(client, project)
        client.post(f"/api/v1/projects/{project}/settle", {"until": iso(until)})
        news.tell_until_settled(until)
    print(f"project {project} is settled up to {iso(until)}")
    return 0


def read_time(text: str, name: str) -> datetime:
    """An event time of the command line. Raises Invalid."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return parse_time(text, name)
