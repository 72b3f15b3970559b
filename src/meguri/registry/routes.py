"""REST of models and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.definitions.models import GoldenRow, ModelInput
from meguri.registry.model import AliasMove, Evaluation, Model, ModelVersion
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
class ModelOutput:
    """What a model answers for a row."""

    name: str
    dtype: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Inputs of a model in its order, and its output."""

    inputs: tuple[ModelInput, ...]
    output: ModelOutput


@dataclass(frozen=True, slots=True)
class ModelVersionDetails:
    """A version with all that is kept of it."""

    id: str
    project: str
    model: str
    number: int
    aliases: tuple[str, ...]
    format: str
    blob: str
    size: int
    estimator: str
    signature: Signature
    metrics: dict[str, float]
    baseline: Evaluation | None
    mean_predictor: dict[str, float] | None
    cutoff: datetime | None
    rows: int
    frame: str | None
    reference: str | None
    golden: tuple[GoldenRow, ...]
    difference: float
    why_not_onnx: str
    pipeline_run: str | None
    run: str | None
    bundle: str | None
    features: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AliasTarget:
    """The id of the version that an alias points to from now on, and why."""

    version: str
    reason: str = "by_hand"


def routes(registry: Registry) -> list[Route]:
    """All routes of models and their versions."""
    return [*_model_routes(registry), *_version_routes(registry)]


def _model_routes(registry: Registry) -> list[Route]:
    def list_models(request: Request) -> ListPage[Model]:
        limit, after = limit_of(request), cursor_of(request, tuple[str])
        with registry.db.read() as tx:
            found = registry.list_models(tx, request.path["project"], after=after[0] if after else None, limit=limit + 1)
        return page_of(found, limit, lambda each: (each.name,))

    def get_model(request: Request) -> Model:
        with registry.db.read() as tx:
            return registry.get_model(tx, request.path["project"], request.path["model"])

    def list_versions(request: Request) -> ListPage[VersionSummary]:
        limit, before = limit_of(request), cursor_of(request, tuple[int])
        with registry.db.read() as tx:
            found = registry.list_versions(
                tx, request.path["project"], request.path["model"], limit=limit + 1, before=before[0] if before else None
            )
        page = page_of(found, limit, lambda each: (each.number,))
        return ListPage([_summary(each) for each in page.items], page.next)

    def list_moves(request: Request) -> ListPage[AliasMove]:
        limit, before = limit_of(request), cursor_of(request, tuple[int])
        with registry.db.read() as tx:
            found = registry.list_moves(
                tx, request.path["project"], request.path["model"], limit=limit + 1, before=before[0] if before else None
            )
        return page_of(found, limit, lambda each: (each.sequence,))

    def set_alias(request: Request) -> ModelVersionDetails:
        target: AliasTarget = request.body
        project, model, alias = (request.path[name] for name in ("project", "model", "alias"))
        with registry.db.write() as tx:
            return _details(registry.set_alias(tx, project, model, alias, target.version, reason=target.reason))

    every = "/api/v1/projects/{project}/models"
    one = every + "/{model}"
    return [
        Route("GET", every, "models:read", list_models, "List models", answer=ListPage[Model], query=LIST_QUERY),
        Route("GET", one, "models:read", get_model, "Get a model", answer=Model),
        Route(
            "GET", f"{one}/versions", "models:read", list_versions, "List versions of a model, the newest first",
            answer=ListPage[VersionSummary], query=LIST_QUERY,
        ),
        Route(
            "GET", f"{one}/alias-moves", "models:read", list_moves, "List where a model's aliases pointed over time, the newest first",
            answer=ListPage[AliasMove], query=LIST_QUERY,
        ),
        Route(
            "PUT", one + "/aliases/{alias}", "models:operate", set_alias, "Set an alias of a model", AliasTarget, ModelVersionDetails
        ),
    ]  # fmt: skip


def _version_routes(registry: Registry) -> list[Route]:
    def get_version(request: Request) -> ModelVersionDetails:
        with registry.db.read() as tx:
            return _details(registry.get_version(tx, request.path["version"]))

    def delete_version(request: Request) -> None:
        with registry.db.write() as tx:
            registry.delete_version(tx, request.path["version"])

    def project_of(tx: Connection, path: Mapping[str, str]) -> str:
        return registry.get_version(tx, path["version"]).project

    one = "/api/v1/model-versions/{version}"
    return [
        Route("GET", one, "models:read", get_version, "Get a version of a model", answer=ModelVersionDetails, project=project_of),
        Route(
            "DELETE", one, "models:write", delete_version, "Delete a version that nothing uses", status=204, project=project_of
        ),
    ]  # fmt: skip


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


def _details(version: ModelVersion) -> ModelVersionDetails:
    spec = version.spec
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
        signature=Signature(spec.inputs, ModelOutput("prediction", "float")),
        metrics=spec.metrics,
        baseline=version.baseline,
        mean_predictor=spec.mean_predictor,
        cutoff=spec.cutoff,
        rows=spec.rows,
        frame=spec.frame,
        reference=spec.reference,
        golden=spec.golden,
        difference=spec.difference,
        why_not_onnx=spec.why_not_onnx,
        pipeline_run=spec.pipeline_run,
        run=spec.run,
        bundle=spec.bundle,
        features=spec.features,
        created_at=version.created_at,
    )
