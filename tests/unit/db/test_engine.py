"""What callers are told when the database gives no connection."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool

from meguri.core.errors import Unavailable
from meguri.db.engine import Database


def test_a_pool_without_a_free_connection_is_unavailable(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.05)
    db = Database(engine)
    with db.read(), pytest.raises(Unavailable, match="all its connections have been in use"), db.read():
        pass
    with db.read():
        pass
    db.close()
