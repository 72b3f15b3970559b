"""Standard terms: watches become bake periods, a deployment has a spec, a run an environment; kinds of jobs and events follow."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JOBS = {"project.settle": "watermark.advance", "promotion.judge": "promotion.evaluate", "watch.judge": "bake.evaluate"}
EVENTS = {"watch.passed": "bake.passed", "watch.failed": "bake.failed"}


def upgrade() -> None:
    with op.batch_alter_table("watches") as batch_op:
        batch_op.drop_index("ix_watches_project_state")
        batch_op.drop_constraint("pk_watches", type_="primary")
    op.rename_table("watches", "bake_periods")
    with op.batch_alter_table("bake_periods") as batch_op:
        batch_op.alter_column("judge_from", new_column_name="evaluate_from", existing_type=sa.BigInteger(), existing_nullable=False)
        batch_op.create_primary_key("pk_bake_periods", ["id"])
        batch_op.create_index("ix_bake_periods_project_state", ["project", "state"], unique=False)
    with op.batch_alter_table("deployments") as batch_op:
        batch_op.alter_column("route", new_column_name="spec", existing_type=sa.Text(), existing_nullable=False)
    with op.batch_alter_table("runs") as batch_op:
        batch_op.alter_column("conditions", new_column_name="environment", existing_type=sa.Text(), existing_nullable=False)
    with op.batch_alter_table("model_versions") as batch_op:
        batch_op.alter_column("about", new_column_name="spec", existing_type=sa.Text(), existing_nullable=False)

    tx = op.get_bind()
    for old, new in JOBS.items():
        tx.execute(sa.text("UPDATE jobs SET kind = :new WHERE kind = :old"), {"old": old, "new": new})
    for old, new in EVENTS.items():
        tx.execute(sa.text("UPDATE events SET kind = :new WHERE kind = :old"), {"old": old, "new": new})
    tx.execute(sa.text("UPDATE jobs SET payload = REPLACE(payload, '\"watch\":', '\"bake\":') WHERE kind = 'bake.evaluate'"))
    tx.execute(sa.text("UPDATE artifacts SET kind = 'environment' WHERE kind = 'conditions'"))
    _rename_in_manifests(tx)


def _rename_in_manifests(tx: sa.Connection) -> None:
    """`watch_seconds` of a policy is `bake_seconds`."""
    for digest, manifest in tx.execute(sa.text("SELECT digest, manifest FROM bundles")).all():
        definition = json.loads(bytes(manifest))
        for trigger in definition.get("triggers", []):
            if "watch_seconds" in trigger["policy"]:
                trigger["policy"]["bake_seconds"] = trigger["policy"].pop("watch_seconds")
        content = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        tx.execute(sa.text("UPDATE bundles SET manifest = :manifest WHERE digest = :digest"), {"manifest": content, "digest": digest})
