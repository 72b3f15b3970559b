"""`meguri`: the entry point."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence

from meguri.cli.command import Commands, note
from meguri.core.errors import MeguriError

GROUPS = (
    "server", "demo", "apply", "sources", "pipelines", "endpoints", "labels", "watermark",
    "loop", "runs", "models", "monitors", "datasets", "lineage", "login", "me", "users", "tokens", "events", "backup", "doctor",
)  # fmt: skip


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="meguri",
        description="MLOps whose loop closes: data, features, training, gate, registry, serving, monitoring and retraining in one program.",
        epilog="Start with `meguri demo`, or `meguri server` and `meguri apply FOLDER`.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands: Commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for group in GROUPS:
        importlib.import_module(f"meguri.cli.{group}").add(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when it worked, 1 when it did not and 2 when it was not understood."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    parser = build_parser()
    args = parser.parse_args(arguments)
    if args.version:
        from meguri import __version__

        print(__version__)
        return 0
    if not hasattr(args, "run"):
        parser.print_help()
        return 2
    try:
        return int(args.run(args))
    except MeguriError as error:
        note(f"meguri: {error.message}")
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
