"""`meguri server`: the platform, as a process that owns its home."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from meguri.cli.command import Commands, add_command, note, settings_of
from meguri.core.errors import Unsupported
from meguri.core.redaction import redact


def add(commands: Commands) -> None:
    parser = add_command(commands, "server", "run the platform until Ctrl-C", run)
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8321; 0 takes a free one)")
    parser.add_argument("--home", type=Path, help="home directory, which holds everything (default MEGURI_HOME or .meguri)")
    parser.add_argument("--auth", choices=("on", "off"), help="off: everybody on this machine is the administrator (loopback only)")
    parser.add_argument("--database", help="SQLAlchemy URL of the ledger, without a password (default: SQLite in the home)")
    parser.add_argument("--tls-cert", metavar="FILE", help="certificate with its chain, PEM: answer HTTPS")
    parser.add_argument("--tls-key", metavar="FILE", help="key of the certificate, PEM")


def run(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    try:
        from meguri.app.logs import set_up_logging
        from meguri.server.serve import serve
    except ModuleNotFoundError as error:
        raise Unsupported("the server in this install", f"{error.name} is missing: pip install 'meguri[server]'") from error
    set_up_logging(settings.log_format)

    if args.database and redact(args.database) != args.database:
        note("meguri: every user of this machine can read a password on the command line: use MEGURI_DATABASE, meguri.toml or ~/.pgpass")

    def ready(url: str, sign_in: str) -> None:
        how = "authentication is off" if sign_in == url else "it signs one browser in, within ten minutes; `meguri login` prints another"
        print(f"meguri is at {url}  (home {settings.home})\nopen {sign_in}  ({how})", flush=True)

    serve(settings, ready=ready)
    sys.stdout.flush()
    return 0
