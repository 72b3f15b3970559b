"""Projects, and the bundles that were applied to them: the source of a project with its manifest, by content."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import msgspec
from sqlalchemy import Column, Connection, ForeignKey, LargeBinary, String, Table, select

from meguri.access.projects import ProjectDirectory
from meguri.core.bundles import LARGEST_MANIFEST, LARGEST_SOURCE, MOST_FILES, bundle_digest
from meguri.core.definitions.checks import ensure_sound
from meguri.core.definitions.features import FeatureSet
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.digests import digest_of
from meguri.core.errors import Invalid, NotFound, Unavailable
from meguri.core.ids import BundleDigest, Digest
from meguri.core.times import Clock
from meguri.db.dialect import insert_ignore, upsert
from meguri.db.metadata import Micros, metadata
from meguri.events.service import Events
from meguri.lineage.service import Lineage
from meguri.ports.blobs import BlobStore
from meguri.registry.model import ModelVersion

applied_bundles = Table(
    "applied_bundles",
    metadata,
    Column("project", String(128), ForeignKey("projects.name"), primary_key=True),
    Column("bundle", String(80), nullable=False),
    Column("applied_at", Micros, nullable=False),
)

bundles = Table(
    "bundles",
    metadata,
    Column("digest", String(80), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("archive", String(80), nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("created_at", Micros, nullable=False),
)

KINDS = ("entities", "sources", "feature_views", "feature_services", "pipelines", "endpoints", "monitors", "triggers")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a plan. `fields`: which fields of a changed definition differ; `source` stands for the project's code."""

    action: Literal["added", "changed", "removed"]
    kind: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a bundle would do."""

    project: str
    bundle: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class AppliedProject:
    """A project and the bundle that it runs from."""

    name: str
    bundle: str
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is promoted: manifest and source, under one digest."""

    digest: BundleDigest
    project: str
    archive: Digest


class Projects:
    """Plans, applies and finds projects. Every run uses the stored bundle, never the folder that it came from."""

    def __init__(self, events: Events, lineage: Lineage, directory: ProjectDirectory, blobs: BlobStore, home: Path, clock: Clock) -> None:
        self.events, self.lineage, self.directory, self.blobs, self.clock = events, lineage, directory, blobs, clock
        self._folder = home / "bundles"
        self._read: dict[str, ProjectDefinition] = {}

    def plan(self, tx: Connection, manifest: bytes, archive: bytes) -> Plan:
        """What would change. Raises NotFound or Invalid for a definition that is not complete, Invalid for an archive that is not plain."""
        definition = _definition(manifest)
        ensure_sound(definition)
        files = _files(archive)
        former = self.find_definition(tx, definition.name)
        changes = list(_changes(former, definition))
        digest = bundle_digest(manifest, archive)
        applied = self._bundle_of(tx, definition.name)
        if former is not None and applied is not None and applied.archive != digest_of(archive) and not changes:
            changes.append(Change("changed", "source", f"{len(files)} files", ("code",)))
        return Plan(definition.name, digest, tuple(changes))

    def apply(self, tx: Connection, manifest: bytes, archive: bytes) -> Plan:
        """Store the bundle, byte for byte, and make it the project's current one, with the event `project.applied`. Raises as `plan`."""
        plan, definition = self.plan(tx, manifest, archive), _definition(manifest)
        blob, now = self.blobs.put_bytes(archive), self.clock()
        row = {"digest": plan.bundle, "project": definition.name, "archive": blob, "manifest": manifest, "created_at": now}
        self.directory.ensure(tx, definition.name)
        insert_ignore(tx, bundles, [row])
        current = {"project": definition.name, "bundle": plan.bundle, "applied_at": now}
        upsert(tx, applied_bundles, [current], key=["project"], update=["bundle", "applied_at"])
        self.lineage.node(tx, "bundle", plan.bundle, project=definition.name, label=f"{definition.name} {plan.bundle[7:15]}")
        payload = {"bundle": plan.bundle, "changes": [msgspec.to_builtins(change) for change in plan.changes]}
        self.events.add(tx, "project.applied", project=definition.name, subject=definition.name, payload=payload)
        return plan

    def list_projects(self, tx: Connection) -> list[AppliedProject]:
        query = select(applied_bundles).order_by(applied_bundles.c.project)
        return [AppliedProject(row.project, row.bundle, row.applied_at) for row in tx.execute(query)]

    def get_project(self, tx: Connection, name: str) -> AppliedProject:
        """Raises NotFound."""
        found = next((each for each in self.list_projects(tx) if each.name == name), None)
        if found is None:
            raise NotFound("project", name, "apply it first with `meguri apply FOLDER`")
        return found

    def get_definition(self, tx: Connection, name: str) -> ProjectDefinition:
        """What the project declares now. Raises NotFound."""
        definition = self.find_definition(tx, name)
        if definition is None:
            raise NotFound("project", name, "apply it first with `meguri apply FOLDER`")
        return definition

    def find_definition(self, tx: Connection, name: str) -> ProjectDefinition | None:
        digest = tx.execute(select(applied_bundles.c.bundle).where(applied_bundles.c.project == name)).scalar_one_or_none()
        return None if digest is None else self.definition_of(tx, BundleDigest(digest))

    def definition_of(self, tx: Connection, bundle: BundleDigest) -> ProjectDefinition:
        """What a bundle declares; read once, as it never changes. Raises NotFound."""
        if bundle not in self._read:
            manifest = tx.execute(select(bundles.c.manifest).where(bundles.c.digest == bundle)).scalar_one_or_none()
            if manifest is None:
                raise NotFound("bundle", bundle, "apply the project again with `meguri apply FOLDER`")
            self._read[bundle] = ProjectDefinition.from_json(bytes(manifest))
        return self._read[bundle]

    def features_of(self, tx: Connection, version: ModelVersion) -> FeatureSet | None:
        """The feature set that a version was trained with, as the bundle of its own run declares it, whatever was applied since.

        None for a version that was not trained in a pipeline on the training frame of one feature service. Raises NotFound.
        """
        bundle, service = version.spec.bundle, version.spec.features
        return None if bundle is None or service is None else self.definition_of(tx, BundleDigest(bundle)).feature_set(service)

    def unpack(self, tx: Connection, bundle: BundleDigest) -> Path:
        """The folder with a bundle's source, unpacked from its blob if it is not there yet. Raises NotFound, Invalid, Unavailable."""
        folder = self._folder / bundle.removeprefix("sha256:")
        if folder.is_dir():
            return folder
        archive = tx.execute(select(bundles.c.archive).where(bundles.c.digest == bundle)).scalar_one_or_none()
        if archive is None:
            raise NotFound("bundle", bundle, "apply the project again with `meguri apply FOLDER`")
        files = _files(self.blobs.read(Digest(archive)))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
                _write(files, Path(scratch) / "source")
                os.rename(Path(scratch) / "source", folder)
        except OSError as error:
            if not folder.is_dir():
                raise Unavailable("disk", f"the bundle cannot be unpacked to {folder} ({error.strerror})") from error
        return folder

    def _bundle_of(self, tx: Connection, project: str) -> Bundle | None:
        query = select(bundles).join(applied_bundles, applied_bundles.c.bundle == bundles.c.digest)
        query = query.where(applied_bundles.c.project == project)
        row = tx.execute(query).first()
        return None if row is None else Bundle(BundleDigest(row.digest), row.project, Digest(row.archive))


def _definition(manifest: bytes) -> ProjectDefinition:
    if len(manifest) > LARGEST_MANIFEST:
        raise Invalid("manifest", f"has {len(manifest):,} bytes, the limit is {LARGEST_MANIFEST:,}: declare less in one project")
    return ProjectDefinition.from_json(manifest)


def _changes(former: ProjectDefinition | None, now: ProjectDefinition) -> list[Change]:
    found: list[Change] = []
    if former is None:
        found.append(Change("added", "project", now.name))
    elif former.clock != now.clock or former.description != now.description:
        found.append(
            Change("changed", "project", now.name, tuple(each for each in ("clock", "description") if _differs(former, now, each)))
        )
    for kind in KINDS:
        before = {each.name: each for each in getattr(former, kind)} if former is not None else {}
        after = {each.name: each for each in getattr(now, kind)}
        one = {"entities": "entity"}.get(kind, kind.removesuffix("s"))
        found += [Change("added", one, name) for name in after if name not in before]
        found += [
            Change("changed", one, name, _fields(before[name], after[name]))
            for name in after
            if before.get(name, after[name]) != after[name]
        ]
        found += [Change("removed", one, name) for name in before if name not in after]
    return found


def _differs(one: Any, other: Any, name: str) -> bool:  # Any: two definitions of one kind
    return bool(getattr(one, name) != getattr(other, name))


def _fields(one: Any, other: Any) -> tuple[str, ...]:  # Any: two definitions of one kind
    return tuple(name for name in one.__dataclass_fields__ if _differs(one, other, name))


def _files(archive: bytes) -> Mapping[str, bytes]:
    """What is in an archive. Raises Invalid for anything but plain files with plain relative names, or for too much."""
    found: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as opened:
            for entry in opened:
                path = PurePosixPath(entry.name)
                if not entry.isfile() or path.is_absolute() or ".." in path.parts or "\\" in entry.name or "\0" in entry.name:
                    raise Invalid(
                        "archive", f"holds {entry.name!r}, which is not a plain file inside the folder: pack it with `meguri apply`"
                    )
                total += entry.size
                if total > LARGEST_SOURCE or len(found) >= MOST_FILES:
                    raise Invalid(
                        "archive", f"unpacks to more than {LARGEST_SOURCE >> 20} MiB or {MOST_FILES:,} files: keep data out of the folder"
                    )
                stream = opened.extractfile(entry)
                found[path.as_posix()] = stream.read() if stream is not None else b""
    except tarfile.TarError as error:
        raise Invalid("archive", f"is not a tar archive ({error}): pack it with `meguri apply`") from error
    return found


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    folder.mkdir()
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
