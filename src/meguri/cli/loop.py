"""`meguri loop`: the history of what the loop saw and decided."""

from __future__ import annotations

import argparse
import json
from itertools import islice

from meguri.cli.command import Commands, add_command, add_connection, add_group, client_of, note, projects_of
from meguri.cli.sentences import sentence
from meguri.core.json import JsonObject
from meguri.sdk.client import Client

QUIET = {"watermark.advanced", "run.started", "run.finished"}
PAGE = 1_000

Event = JsonObject
"""Any: the JSON of an event."""


def add(commands: Commands) -> None:
    group = add_group(commands, "loop", "what the loop saw and decided")
    history = add_command(group, "history", "every decision, in order; --json shows the evidence of each", show_history)
    history.add_argument("--limit", type=int, default=200, help="the newest so many (default 200)")
    history.add_argument("--all", action="store_true", help="also events that decide nothing, with their kinds and fields")
    add_connection(history)


def show_history(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        chosen = _newest(client, args)
    if args.json:
        print(json.dumps(chosen, ensure_ascii=False, indent=1))
    elif not chosen:
        note("nothing has happened yet: `meguri demo` shows a whole loop")
    for event in () if args.json else chosen:
        at, said = event["event_at"] or event["at"], sentence(event["kind"], event["subject"], event["payload"])
        if args.all:
            print(f"{at}  {event['kind']:24} {event['subject']:30} {_fields(event['payload'])}")
        else:
            print(f"{at}  {said or _plainly(event)}")
    return 0


def _newest(client: Client, args: argparse.Namespace) -> list[Event]:
    """The newest events that are to be shown, the oldest of them first."""
    chosen: list[Event] = []
    for project in projects_of(client, args):
        found = client.project(project).events.all(limit=PAGE)
        chosen += islice((event for event in found if args.all or event["kind"] not in QUIET), args.limit)
    return sorted(chosen, key=lambda each: each["sequence"])[-args.limit :]


def _plainly(event: Event) -> str:
    return f"{event['kind'].replace('.', ' ').replace('_', ' ')}: {event['subject']}"


def _fields(payload: dict[str, object]) -> str:
    parts = [f"{name}={_short(value)}" for name, value in payload.items() if value is not None and not isinstance(value, dict | list)]
    return " ".join(parts)


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."
