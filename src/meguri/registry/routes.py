"""Routes of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meguri.access.routes import ListPage, Request, Route
from meguri.core.errors import Invalid, NotFound
from meguri.registry.model import AliasMove, ModelVersion
from meguri.registry.service import Registry


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version as a list shows it."""

    id: str
    project: str
    model: str
    number: int
    aliases: tuple[str, ...]
    format: str
    size: int
    metrics: dict[str, float]
    cutoff: datetime | None
    rows: int
    pipeline_run: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ModelDetails:
    """A model with its versions (the newest first) and where its aliases pointed over time."""

    id: str
    project: str
    name: str
    created_at: datetime
    aliases: dict[str, str]
    versions: list[VersionSummary]
    moves: list[AliasMove]


@dataclass(frozen=True, slots=True)
class ModelVersionDetails:
    """A version with all that is kept of it. `signature`: inputs in order, and the output."""

    id: str
    project: str
    model: str
    number: int
    aliases: tuple[str, ...]
    format: str
    blob: str
    size: int
    estimator: str
    signature: dict[str, Any]  # Any: JSON
    metrics: dict[str, float]
    baseline: dict[str, Any] | None  # Any: JSON
    mean_predictor: dict[str, float] | None
    cutoff: datetime | None
    rows: int
    frame: str | None
    reference: str | None
    golden: list[dict[str, Any]]  # Any: JSON
    difference: float
    why_not_onnx: str
    pipeline_run: str | None
    run: str | None
    bundle: str | None
    features: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AliasTarget:
    """The version (its id) that an alias is to mean, and why."""

    version: str
    reason: str = "by hand"


def routes(registry: Registry) -> list[Route]:
    def list_models(request: Request) -> ListPage[Any]:
        with registry.db.read() as tx:
            return ListPage(list(registry.list_models(tx, request.query.get("project"))))

    def show_model(request: Request) -> ModelDetails:
        with registry.db.read() as tx:
            model = registry.get_model(tx, _project(registry, request), request.path["model"])
            versions = registry.list_versions(tx, model.project, model.name)
            moves = registry.list_moves(tx, model.project, model.name)
        aliases = {alias: str(id) for alias, id in model.aliases.items()}
        shown = [_summary(version) for version in versions]
        return ModelDetails(model.id, model.project, model.name, model.created_at, aliases, shown, moves)

    def show_version(request: Request) -> ModelVersionDetails:
        with registry.db.read() as tx:
            return _page(registry.get_version(tx, request.path["version"]))

    def set_alias(request: Request) -> ModelVersionDetails:
        target: AliasTarget = request.body
        with registry.db.write() as tx:
            project = _project(registry, request)
            return _page(
                registry.set_alias(tx, project, request.path["model"], request.path["alias"], target.version, reason=target.reason)
            )

    def delete_version(request: Request) -> dict[str, str]:
        with registry.db.write() as tx:
            registry.delete_version(tx, request.path["version"])
        return {"deleted": request.path["version"]}

    of_project = {"project": str}
    return [
        Route("GET", "/api/v1/models", "models:read", list_models, "Registered models", answer=ListPage, query=of_project),
        Route(
            "GET", "/api/v1/models/{model}", "models:read", show_model, "A model with its versions", answer=ModelDetails, query=of_project
        ),
        Route("GET", "/api/v1/model-versions/{version}", "models:read", show_version, "A version of a model", answer=ModelVersionDetails),
        Route("DELETE", "/api/v1/model-versions/{version}", "models:write", delete_version, "Forget a version that nothing uses"),
        Route(
            "PUT",
            "/api/v1/models/{model}/aliases/{alias}",
            "models:write",
            set_alias,
            "Let an alias mean a version",
            AliasTarget,
            ModelVersionDetails,
            of_project,
        ),
    ]


def _project(registry: Registry, request: Request) -> str:
    """The project asked for; without one, the only project that has a model of this name. Raises Invalid, NotFound."""
    asked = request.query.get("project")
    if asked is not None:
        return str(asked)
    with registry.db.read() as tx:
        found = {each.project for each in registry.list_models(tx) if each.name == request.path["model"]}
    if len(found) > 1:
        raise Invalid(
            "project", f"several projects have a model {request.path['model']!r}: add ?project= with one of {', '.join(sorted(found))}"
        )
    if not found:
        raise NotFound("model", request.path["model"], "list them with `meguri models`")
    return found.pop()


def _summary(version: ModelVersion) -> VersionSummary:
    spec = version.spec
    return VersionSummary(
        version.id,
        version.project,
        version.model,
        version.number,
        version.aliases,
        spec.format,
        spec.size,
        spec.metrics,
        spec.cutoff,
        spec.rows,
        spec.pipeline_run,
        version.created_at,
    )


def _page(version: ModelVersion) -> ModelVersionDetails:
    spec = version.spec
    inputs = [{"name": each.name, "dtype": each.dtype} for each in spec.inputs]
    return ModelVersionDetails(
        id=version.id,
        project=version.project,
        model=version.model,
        number=version.number,
        aliases=version.aliases,
        format=spec.format,
        blob=spec.blob,
        size=spec.size,
        estimator=spec.estimator,
        signature={"inputs": inputs, "output": {"name": "prediction", "dtype": "float"}},
        metrics=spec.metrics,
        baseline=version.baseline,
        mean_predictor=spec.mean_predictor,
        cutoff=spec.cutoff,
        rows=spec.rows,
        frame=spec.frame,
        reference=spec.reference,
        golden=[{"inputs": list(row.inputs), "output": row.output} for row in spec.golden],
        difference=spec.difference,
        why_not_onnx=spec.why_not_onnx,
        pipeline_run=spec.pipeline_run,
        run=spec.run,
        bundle=spec.bundle,
        features=spec.features,
        created_at=version.created_at,
    )
