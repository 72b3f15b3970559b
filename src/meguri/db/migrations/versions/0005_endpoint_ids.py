"""Endpoint names are unique in their project only: what has no project of its own is keyed by the endpoint's id."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BY_ENDPOINT = (
    "deployments", "open_predictions", "log_progress", "log_segments", "profile_windows",
    "label_cursors", "pending_labels", "outcomes", "outcome_days",
)  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("endpoints") as batch_op:
        batch_op.drop_index("ix_endpoints_project")
        batch_op.drop_constraint("uq_endpoints_name", type_="unique")
        batch_op.create_unique_constraint("uq_endpoints_project_name", ["project", "name"])
    with op.batch_alter_table("open_predictions") as batch_op:
        batch_op.drop_index("ix_open_predictions_id")
    with op.batch_alter_table("outcomes") as batch_op:
        batch_op.drop_index("ix_outcomes_prediction_id")

    tx = op.get_bind()
    for table in BY_ENDPOINT:
        id_of = f"(SELECT id FROM endpoints WHERE endpoints.name = {table}.endpoint)"
        tx.execute(sa.text(f"UPDATE {table} SET endpoint = {id_of} WHERE endpoint IN (SELECT name FROM endpoints)"))
    id_of = "(SELECT id FROM endpoints WHERE endpoints.name = {})"
    for table, kind, id in (("nodes", "kind", "id"), ("edges", "source_kind", "source_id"), ("edges", "target_kind", "target_id")):
        known = f"{kind} = 'endpoint' AND {id} IN (SELECT name FROM endpoints)"
        tx.execute(sa.text(f"UPDATE {table} SET {id} = {id_of.format(f'{table}.{id}')} WHERE {known}"))
