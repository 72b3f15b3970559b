"""Run by Alembic: migrates the open transaction that `meguri.db.migrate` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from meguri.db.metadata import metadata


def frozen(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """A migration says what a column is in the database, and so does not change when our column types do."""
    return f"sa.{item.impl_instance!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=frozen,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
