"""Files of runs: content in the blob store, names in the ledger."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import BinaryIO

from sqlalchemy import Connection

from meguri.core.errors import Invalid
from meguri.core.ids import ArtifactId, Digest, NewId, RunId
from meguri.core.times import Clock
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.lineage.service import Lineage, Node
from meguri.ports.blobs import BlobStore, Readable
from meguri.tracking import tables
from meguri.tracking.model import Artifact, Run, ensure_artifact_name, ensure_name

ENVIRONMENT = "environment"
"""The kind of artifacts that describe the environment of a run: its diff, its packages."""

KIND_LIMIT = 32


class Artifacts:
    """Saves and opens the files of runs. Equal contents are kept once."""

    def __init__(self, db: Database, events: Events, lineage: Lineage, blobs: BlobStore, clock: Clock, new_id: NewId) -> None:
        self.db, self.events, self.lineage, self.blobs, self.clock, self.new_id = db, events, lineage, blobs, clock, new_id

    def save(self, run: RunId, name: str, content: Readable, *, kind: str = "file") -> Artifact:
        """Keep a stream as an artifact of a live run; an artifact of the same name gets the new content.

        Raises NotFound, RunFinished, Invalid for a name that is no plain relative path, Unavailable.
        """
        self.ensure_savable(run, name, kind)
        digest = self.blobs.put(content)
        with self.db.write() as tx:
            found = tables.get_run(tx, run)
            found.ensure_live()
            saved = self.add(tx, found, name, digest, kind=kind)
            payload = {"run": run, "name": name, "blob": digest}
            self.events.add(tx, "artifact.saved", project=found.project, subject=saved.id, payload=payload)
            return saved

    def ensure_savable(self, run: RunId, name: str, kind: str = "file") -> None:
        """Raises NotFound, RunFinished or Invalid before any content is taken."""
        ensure_artifact_name(name)
        if len(ensure_name(kind, "kind")) > KIND_LIMIT:
            raise Invalid("kind", f"{kind[:40]!r} is too long: use at most {KIND_LIMIT} characters")
        with self.db.read() as tx:
            tables.get_run(tx, run).ensure_live()

    def put_texts(self, texts: Mapping[str, str]) -> dict[str, Digest]:
        """Keep texts as blobs, by the names that they are to have. Raises Invalid."""
        return {ensure_artifact_name(name): self.blobs.put_bytes(text.encode("utf-8", "replace")) for name, text in texts.items()}

    def add(self, tx: Connection, run: Run, name: str, blob: Digest, *, kind: str = "file") -> Artifact:
        """Record a blob as an artifact of a run. Files that the run wrote get a lineage edge; files of its environment get none."""
        media_type = mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
        made = Artifact(ArtifactId(self.new_id("art")), run.id, name, blob, kind, self.blobs.size(blob), media_type, self.clock())
        artifact = tables.save_artifact(tx, made)
        if kind != ENVIRONMENT:
            node = self.lineage.node(tx, "artifact", artifact.id, project=run.project, label=name)
            self.lineage.edge(tx, Node("run", run.id), node, "wrote", run=run.id)
        return artifact

    def list(self, run: RunId, *, after: str | None = None, limit: int | None = None) -> list[Artifact]:
        """By name. `after`: the name after which to begin. Raises NotFound."""
        with self.db.read() as tx:
            tables.get_run(tx, run)
            return tables.list_artifacts(tx, run, after, limit)

    def get(self, run: RunId, name: str) -> Artifact:
        """Raises NotFound, Invalid."""
        ensure_artifact_name(name)
        with self.db.read() as tx:
            return tables.get_artifact(tx, run, name)

    def open(self, artifact: Artifact) -> BinaryIO:
        """The content; the caller closes it."""
        return self.blobs.open(artifact.blob)
