"""Writes the next migration from what the tables have become: `make migration ABOUT="points know their source"`.

Read it before it is committed: Alembic sees what was added and dropped, and takes a renamed column for one of each.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from meguri.db import migrate
from meguri.db.engine import Database
from meguri.testing.ledger import load_tables


def main(about: str) -> None:
    load_tables()
    with tempfile.TemporaryDirectory() as folder:
        db = Database.at(Path(folder, "old.db"))
        with db.write() as tx:
            if any(Path(migrate.__file__).parent.glob("migrations/versions/[0-9]*.py")):
                migrate.upgrade(tx)
            written = migrate.write_migration(tx, about)
        db.close()
    subprocess.run([str(Path(sys.executable).parent / "ruff"), "format", "--quiet", str(written)], check=True)
    print(f"{written}: read it, then `make test` (UPDATE_GOLDEN=1 for the golden schema)")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('say what it does: make migration ABOUT="points know their source"')
    main(sys.argv[1])
