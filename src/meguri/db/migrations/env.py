"""Run by Alembic: migrates the open transaction that `meguri.db.migrate` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from meguri.db.metadata import Json, Micros, metadata


def frozen(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """A migration says what a column is in the database, and so does not change when our column types do."""
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    if kind == "type" and isinstance(item, Micros):
        return "sa.BigInteger()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=frozen,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
