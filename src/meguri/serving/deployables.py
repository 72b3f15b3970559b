"""Registered versions as serving needs them."""

from __future__ import annotations

from sqlalchemy import Connection

from meguri.profiles.reference import Reference
from meguri.registry.projects import Projects
from meguri.registry.service import Registry
from meguri.serving.deployment_specs import ServedModel
from meguri.serving.model import Deployable


class Deployables:
    """Reads versions from the registry, each with the features that it was trained with."""

    def __init__(self, registry: Registry, projects: Projects) -> None:
        self.registry, self.projects = registry, projects

    def __call__(self, tx: Connection, version: str) -> Deployable:
        """Raises NotFound."""
        known = self.registry.get_version(tx, version)
        reference = self.registry.read_reference(known)
        return Deployable(
            version=known.id,
            project=known.project,
            name=known.model,
            number=known.number,
            model=ServedModel(known.blob, known.format, known.inputs),
            reference=None if reference is None else Reference.from_json(reference).without_blocks().to_json(),
            golden=known.golden,
            feature_set=self.projects.features_of(tx, known),
        )
