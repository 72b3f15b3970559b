"""`meguri loop`: the history of what the loop saw and decided."""

from __future__ import annotations

import argparse
import json

from meguri.cli.command import Commands, add_command, add_connection, add_group, note
from meguri.sdk.client import connect

QUIET = {"watermark.advanced", "run.started", "run.finished"}


def add(commands: Commands) -> None:
    group = add_group(commands, "loop", "what the loop saw and decided")
    history = add_command(group, "history", "every decision with its evidence, in order", show_history)
    history.add_argument("--limit", type=int, default=200)
    history.add_argument("--all", action="store_true", help="also events that decide nothing")
    add_connection(history)


def show_history(args: argparse.Namespace) -> int:
    client = connect(url=args.url, home=args.home)
    events = client.get("/api/v1/history", project=args.project, limit=1_000)["items"]
    chosen = [each for each in reversed(events) if args.all or each["kind"] not in QUIET][-args.limit :]
    if args.json:
        print(json.dumps(chosen, ensure_ascii=False, indent=1))
    elif not chosen:
        note("nothing has happened yet: `meguri demo` shows a whole loop")
    else:
        for event in chosen:
            print(f"{event['event_at'] or event['at']}  {event['kind']:24} {event['subject']:30} {_evidence(event['payload'])}")
    return 0


def _evidence(payload: dict[str, object]) -> str:
    parts = [f"{name}={_short(value)}" for name, value in payload.items() if value is not None and not isinstance(value, dict | list)]
    return " ".join(parts)


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."
