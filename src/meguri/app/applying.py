"""Applying a project: stored as a bundle, and noted by every capability, in one transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from meguri.core.definitions.project import ProjectDefinition
from meguri.features.service import Features
from meguri.registry.projects import Plan, Projects
from meguri.serving.service import Serving


class Applying:
    """Takes a bundle in whole or not at all."""

    def __init__(self, projects: Projects, features: Features, serving: Serving) -> None:
        self.projects, self.features, self.serving = projects, features, serving

    def apply(self, tx: Connection, manifest: bytes, archive: bytes) -> Plan:
        """Raises Invalid, NotFound (a name that is not declared), Conflict (a column that would change its type), AlreadyExists."""
        plan = self.projects.apply(tx, manifest, archive)
        definition = ProjectDefinition.from_json(manifest)
        self.features.define(tx, definition)
        self.serving.define(tx, definition)
        return plan
