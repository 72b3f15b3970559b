"""What is done with models, their versions and aliases."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection

from meguri.core.errors import Conflict, Invalid
from meguri.core.ids import ModelVersionId, NewId
from meguri.core.times import Clock, iso
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.lineage.service import Lineage, Node
from meguri.ports.blobs import BlobStore
from meguri.registry import tables
from meguri.registry.model import CHAMPION, AliasMove, Evaluation, Model, ModelVersion, VersionSpec, ensure_alias, ensure_model_name


class Registry:
    """Models by name in a project, numbered versions that never change, and aliases that move."""

    def __init__(self, db: Database, events: Events, lineage: Lineage, blobs: BlobStore, clock: Clock, new_id: NewId) -> None:
        self.db, self.events, self.lineage, self.blobs, self.clock, self.new_id = db, events, lineage, blobs, clock, new_id

    def add_version(self, tx: Connection, project: str, model: str, spec: VersionSpec) -> ModelVersion:
        """A new version of a model, which is made if there is none, with the event `model_version.created`; with an origin that is known,
        the version that has it. Raises Invalid."""
        ensure_model_name(model)
        of = tables.ensure_model(tx, project, model, id=self.new_id("mdl"), at=self.clock())
        id = self.new_id("mv")
        if not tables.insert_version(tx, of.id, id, spec, self.clock()):
            return tables.get_version(tx, str(tables.find_origin(tx, str(spec.origin))))
        version = tables.get_version(tx, id)
        node = self.lineage.node(tx, "model_version", id, project=project, label=version.label)
        named = self.lineage.node(tx, "model", of.id, project=project, label=model)
        self.lineage.edge(tx, node, named, "derived_from")
        if spec.frame is not None:
            frame = self.lineage.node(tx, "frame", spec.frame, project=project, label=f"training rows of {version.label}")
            self.lineage.edge(tx, frame, node, "trained", run=spec.run)
        if spec.run is not None:
            run = self.lineage.node(tx, "run", spec.run, project=project)
            self.lineage.edge(tx, run, node, "wrote", run=spec.run)
        payload = {
            "model": model,
            "version": id,
            "number": version.number,
            "metrics": spec.metrics,
            "cutoff": None if spec.cutoff is None else iso(spec.cutoff),
            "pipeline_run": spec.pipeline_run,
            "format": spec.format,
        }
        self.events.add(tx, "model_version.created", project=project, subject=id, payload=payload)
        return version

    def get_version(self, tx: Connection, id: str) -> ModelVersion:
        """Raises NotFound."""
        return tables.get_version(tx, id)

    def list_versions(
        self, tx: Connection, project: str, model: str, *, limit: int | None = None, before: int | None = None
    ) -> list[ModelVersion]:
        """The newest first. `before`: the number below which to begin. Raises NotFound."""
        return tables.list_versions(tx, tables.get_model(tx, project, model).id, limit, before)

    def get_model(self, tx: Connection, project: str, model: str) -> Model:
        """Raises NotFound."""
        return tables.get_model(tx, project, model)

    def list_models(self, tx: Connection, project: str, *, after: str | None = None, limit: int | None = None) -> list[Model]:
        """By name. `after`: the name after which to begin."""
        return tables.list_models(tx, project, after, limit)

    def find_alias(self, tx: Connection, project: str, model: str, alias: str) -> ModelVersion | None:
        """The version that an alias means now."""
        return tables.find_alias(tx, project, model, alias)

    def find_champion(self, tx: Connection, project: str, model: str) -> ModelVersion | None:
        return self.find_alias(tx, project, model, CHAMPION)

    def set_alias(self, tx: Connection, project: str, model: str, alias: str, version: str, *, reason: str = "") -> ModelVersion:
        """Let an alias mean a version of the model, with the event `alias.moved`; nothing happens where it does already.

        Raises NotFound, and Invalid for a version of another model.
        """
        ensure_alias(alias)
        of = tables.get_model(tx, project, model)
        chosen = tables.get_version(tx, version)
        if (chosen.project, chosen.model) != (project, model):
            raise Invalid(
                "version", f"{version} is a version of {chosen.model!r} in project {chosen.project!r}, not of {model!r} in {project!r}"
            )
        if of.aliases.get(alias) != chosen.id:
            self._move(tx, of, alias, chosen.id, reason)
        return tables.get_version(tx, version)

    def drop_alias(self, tx: Connection, project: str, model: str, alias: str, *, reason: str = "") -> None:
        """Let an alias mean nothing any more; nothing happens where it does not exist. Raises NotFound for the model."""
        of = tables.get_model(tx, project, model)
        if alias in of.aliases:
            self._move(tx, of, alias, None, reason)

    def list_moves(
        self, tx: Connection, project: str, model: str, *, limit: int | None = None, before: int | None = None
    ) -> list[AliasMove]:
        """Where the aliases of a model pointed over time, the newest first. `before`: the sequence number below which to begin.

        Raises NotFound.
        """
        return tables.list_moves(tx, tables.get_model(tx, project, model).id, limit, before)

    def record_evaluation(self, tx: Connection, version: str, evaluation: Evaluation) -> None:
        """Keep how a version did on rows held out from its training, as its `baseline`. Raises NotFound."""
        tables.get_version(tx, version)
        tables.set_baseline(tx, version, evaluation)

    def delete_version(self, tx: Connection, id: str) -> None:
        """Forget a version. Raises NotFound, and Conflict where an alias means it or something was deployed from it."""
        version = tables.get_version(tx, id)
        if version.aliases:
            raise Conflict(f"{version.label} is {' and '.join(version.aliases)}: let the alias mean another version first", version=id)
        graph = self.lineage.downstream(tx, Node("model_version", id), 1)
        users = sorted(edge.target.id for edge in graph.edges if edge.role in ("deployed", "served"))
        if users:
            raise Conflict(
                f"{version.label} was deployed as {users[0]}: deployed versions are kept, so that old predictions can be explained"
            )
        tables.delete_version(tx, id)
        payload = {"model": version.model, "number": version.number}
        self.events.add(tx, "model_version.deleted", project=version.project, subject=id, payload=payload)

    def read_reference(self, version: ModelVersion) -> dict[str, Any] | None:  # Any: JSON
        """The profile of the training rows (`Reference.from_json` reads it); None for a version without one."""
        reference = version.reference
        return None if reference is None else msgspec.json.decode(self.blobs.read(reference), type=dict)

    def _move(self, tx: Connection, model: Model, alias: str, version: ModelVersionId | None, reason: str) -> None:
        former = model.aliases.get(alias)
        tables.move_alias(tx, model.id, AliasMove(0, alias, version, former, self.clock(), reason))
        payload = {"model": model.name, "alias": alias, "version": version, "former": former, "reason": reason}
        self.events.add(tx, "alias.moved", project=model.project, subject=model.name, payload=payload)
