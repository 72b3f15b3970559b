"""A source has the moment from which its arrivals count; null for those that were declared before: theirs always count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sources") as batch_op:
        batch_op.add_column(sa.Column("live_since", sa.BigInteger(), nullable=True))
