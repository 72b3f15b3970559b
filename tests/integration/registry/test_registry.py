"""Models, versions and aliases, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from meguri.access.credentials import HOME_TOKEN
from meguri.access.model import Principal
from meguri.core.definitions.models import GoldenRow, ModelInput
from meguri.core.digests import digest_of
from meguri.core.errors import Conflict, Invalid, NotFound
from meguri.lineage.service import Node
from meguri.registry.model import CHALLENGER, CHAMPION, Evaluation, EvaluationDay, ModelVersion, VersionSpec
from meguri.registry.routes import ModelOutput, Signature, routes
from meguri.registry.service import Registry

SPEC = VersionSpec(
    format="onnx",
    blob=digest_of(b"model"),
    size=5,
    inputs=(ModelInput("hr", "int"), ModelInput("temp", "float")),
    metrics={"mae": 3.5},
    cutoff=datetime(2026, 1, 24, tzinfo=UTC),
    pipeline_run="prun_1",
    frame=digest_of(b"frame"),
    rows=10,
    golden=(GoldenRow((1, None), 2.5),),
    mean_predictor={"value": 4.0, "mae": 9.0},
)


def add(registry: Registry, model: str = "bikes", project: str = "p", spec: VersionSpec = SPEC) -> ModelVersion:
    with registry.db.write() as tx:
        return registry.add_version(tx, project, model, spec)


def with_origin(origin: str) -> VersionSpec:
    return VersionSpec(format="skops", blob=digest_of(b"other"), size=1, inputs=(ModelInput("hr", "int"),), origin=origin)


def test_version_is_read_as_it_was_written(registry: Registry) -> None:
    made = add(registry)
    assert (made.number, made.label, made.spec, made.aliases, made.baseline) == (1, "bikes 1", SPEC, (), None)
    with registry.db.read() as tx:
        assert registry.get_version(tx, made.id) == made


def test_versions_are_numbered_within_a_model_of_a_project(registry: Registry) -> None:
    labels = [add(registry, model, project).label for project, model in (("p", "a"), ("p", "b"), ("p", "a"), ("q", "a"))]
    assert labels == ["a 1", "b 1", "a 2", "a 1"]
    with registry.db.read() as tx:
        assert [version.number for version in registry.list_versions(tx, "p", "a")] == [2, 1]
        assert [(model.name, model.versions) for model in registry.list_models(tx, "p")] == [("a", 2), ("b", 1)]
        assert [model.project for model in registry.list_models(tx, "q")] == ["q"]


def test_same_origin_is_the_same_version_and_told_once(registry: Registry) -> None:
    first, second = (add(registry, spec=with_origin("prun_1/register")) for _ in range(2))
    assert first == second
    assert add(registry, spec=with_origin("prun_2/register")).number == 2
    with registry.db.read() as tx:
        assert len(registry.events.list(tx, kinds=["model_version.created"])) == 2


def test_new_version_is_told_and_joined_to_what_trained_it(registry: Registry) -> None:
    made = add(registry)
    with registry.db.read() as tx:
        (event,) = registry.events.list(tx, kinds=["model_version.created"])
        graph = registry.lineage.upstream(tx, Node("model_version", made.id))
    assert (event.subject, event.payload["model"], event.payload["cutoff"], event.payload["metrics"]) == (
        made.id,
        "bikes",
        "2026-01-24T00:00:00Z",
        {"mae": 3.5},
    )
    assert [(edge.source, edge.role) for edge in graph.edges] == [(Node("frame", str(SPEC.frame)), "trained")]


def test_aliases_move_and_their_moves_are_kept(registry: Registry) -> None:
    one, two = add(registry), add(registry)
    with registry.db.write() as tx:
        registry.set_alias(tx, "p", "bikes", CHAMPION, one.id, reason="first")
        registry.set_alias(tx, "p", "bikes", CHAMPION, one.id, reason="again")
        registry.set_alias(tx, "p", "bikes", CHALLENGER, two.id)
        moved = registry.set_alias(tx, "p", "bikes", CHAMPION, two.id, reason="better")
        assert moved.aliases == (CHALLENGER, CHAMPION) or moved.aliases == (CHAMPION, CHALLENGER)
        registry.drop_alias(tx, "p", "bikes", CHALLENGER)
        registry.drop_alias(tx, "p", "bikes", CHALLENGER)
    with registry.db.read() as tx:
        champion = registry.find_champion(tx, "p", "bikes")
        assert champion is not None
        assert (champion.id, champion.aliases) == (two.id, (CHAMPION,))
        assert registry.find_alias(tx, "p", "bikes", CHALLENGER) is None
        moves = registry.list_moves(tx, "p", "bikes")
        told = [event.payload for event in registry.events.list(tx, kinds=["alias.moved"])]
    assert [(move.alias, move.version, move.former, move.reason) for move in moves] == [
        (CHALLENGER, None, two.id, ""),
        (CHAMPION, two.id, one.id, "better"),
        (CHALLENGER, two.id, None, ""),
        (CHAMPION, one.id, None, "first"),
    ]
    assert told[2] == {"model": "bikes", "alias": CHAMPION, "version": two.id, "former": one.id, "reason": "better"}


def test_alias_means_a_version_of_its_own_model(registry: Registry) -> None:
    other = add(registry, "other")
    add(registry)
    with registry.db.write() as tx:
        with pytest.raises(Invalid, match="is a version of 'other'"):
            registry.set_alias(tx, "p", "bikes", CHAMPION, other.id)
        with pytest.raises(NotFound, match="project 'p' has bikes, other"):
            registry.set_alias(tx, "p", "nothing", CHAMPION, other.id)
        for name in ("v3", "7", "latest", "mv_1", "", "a b"):
            with pytest.raises(Invalid, match="cannot be an alias"):
                registry.set_alias(tx, "p", "other", name, other.id)


@pytest.mark.parametrize("name", ["", "a/b", "..", "x" * 200, "a b"])
def test_name_that_cannot_be_a_model_is_refused(registry: Registry, name: str) -> None:
    with pytest.raises(Invalid, match="cannot name a model"):
        add(registry, name)


def test_evaluation_is_kept_as_the_baseline(registry: Registry) -> None:
    made = add(registry)
    evaluation = Evaluation("mae", (EvaluationDay(20_000, 24.0, 10.5, 40.0, 500.0),))
    with registry.db.write() as tx:
        registry.record_evaluation(tx, made.id, evaluation)
        assert registry.get_version(tx, made.id).baseline == evaluation


def test_version_that_is_used_is_not_deleted(registry: Registry) -> None:
    aliased, deployed, free = add(registry), add(registry), add(registry)
    with registry.db.write() as tx:
        registry.set_alias(tx, "p", "bikes", CHAMPION, aliased.id)
        node = registry.lineage.node(tx, "deployment", "dep_1", project="p")
        registry.lineage.edge(tx, Node("model_version", deployed.id), node, "deployed")
        with pytest.raises(Conflict, match="is champion"):
            registry.delete_version(tx, aliased.id)
        with pytest.raises(Conflict, match="was deployed as dep_1"):
            registry.delete_version(tx, deployed.id)
        registry.delete_version(tx, free.id)
        assert [version.number for version in registry.list_versions(tx, "p", "bikes")] == [2, 1]
        with pytest.raises(NotFound):
            registry.get_version(tx, free.id)
    assert add(registry).number in (3, 4)


class Asked:
    """A request as a handler sees it."""

    def __init__(self, body: Any = None, query: dict[str, Any] | None = None, **path: str) -> None:
        self.body, self.query, self.path = body, query or {}, path
        self.headers: dict[str, str] = {}

    principal, address = HOME_TOKEN, "127.0.0.1"

    def authenticate(self) -> Principal:
        return self.principal

    def raw(self) -> bytes:
        return b""

    def stream(self) -> Any:
        return None


def test_routes_show_models_and_versions(registry: Registry) -> None:
    made = add(registry)
    handlers = {(route.method, route.path): route.handler for route in routes(registry)}
    path = "/api/v1/projects/{project}/models/{model}"
    model: Any = handlers["GET", path](Asked(project="p", model="bikes"))
    assert (model.name, model.versions) == ("bikes", 1)
    page: Any = handlers["GET", f"{path}/versions"](Asked(project="p", model="bikes"))
    assert ([version.id for version in page.items], page.next) == ([made.id], None)
    version: Any = handlers["GET", "/api/v1/model-versions/{version}"](Asked(version=made.id))
    assert version.signature == Signature((ModelInput("hr", "int"), ModelInput("temp", "float")), ModelOutput("prediction", "float"))
    with pytest.raises(NotFound):
        handlers["GET", path](Asked(project="q", model="bikes"))


def test_versions_come_in_pages_the_newest_first(registry: Registry) -> None:
    for _ in range(5):
        add(registry)
    handlers = {(route.method, route.path): route.handler for route in routes(registry)}
    numbers, cursor = [], None
    while True:
        query = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page: Any = handlers["GET", "/api/v1/projects/{project}/models/{model}/versions"](Asked(query=query, project="p", model="bikes"))
        numbers.append([version.number for version in page.items])
        cursor = page.next
        if cursor is None:
            break
    assert numbers == [[5, 4], [3, 2], [1]]
    with pytest.raises(Invalid, match="cursor"):
        handlers["GET", "/api/v1/projects/{project}/models"](Asked(query={"cursor": "nonsense"}, project="p"))
