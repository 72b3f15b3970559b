"""`meguri backup`: consistent copies of a home, checked and restored."""

from __future__ import annotations

import argparse
from pathlib import Path

from meguri.cli.command import Commands, add_command, add_group, note, settings_of


def add(commands: Commands) -> None:
    group = add_group(commands, "backup", "copy a home, also while its server runs; check a copy; restore it")
    create = add_command(group, "create", "copy the home to a new folder, and check the copy", create_copy)
    create.add_argument("folder", type=Path)
    _add_home(create)
    verify = add_command(group, "verify", "check a copy: files, databases, and what the ledger refers to", verify_copy)
    verify.add_argument("folder", type=Path)
    restore = add_command(group, "restore", "write a copy to a new home, after it was checked", restore_copy)
    restore.add_argument("folder", type=Path)
    _add_home(restore)


def _add_home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, help="home folder (default MEGURI_HOME or .meguri)")
    parser.add_argument("--database", help="SQLAlchemy URL of the ledger, where it is in PostgreSQL (default: the settings')")


def create_copy(args: argparse.Namespace) -> int:
    from meguri.app.backup import create_backup

    settings = settings_of(args)
    backup = create_backup(settings.home.absolute(), args.folder.absolute(), settings.database)
    size = sum(size for size, _ in backup.files.values())
    print(f"{args.folder}: {len(backup.files)} files, {size / 2**20:.1f} MiB; writes waited {backup.locked_seconds:g} s")
    return verify_copy(args)


def verify_copy(args: argparse.Namespace) -> int:
    from meguri.app.backup import verify_backup

    wrong = verify_backup(args.folder)
    for each in wrong:
        note(f"meguri: {each}")
    if not wrong:
        print(f"{args.folder}: every file, every database and all that the ledger refers to is there")
    return 1 if wrong else 0


def restore_copy(args: argparse.Namespace) -> int:
    from meguri.app.backup import restore_backup

    settings = settings_of(args)
    restore_backup(args.folder.absolute(), settings.home.absolute(), settings.database)
    print(f"restored to {settings.home}: start it with `meguri server --home {settings.home}`, which makes the online store again")
    return 0
