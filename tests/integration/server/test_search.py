"""What search finds, and for whom."""

from __future__ import annotations

import io
import tarfile
from types import SimpleNamespace

import pytest

from meguri.access.credentials import HOME_TOKEN
from meguri.access.model import Principal
from meguri.app.build import Platform
from meguri.core.definitions.features import EntityDefinition, FeatureServiceDefinition, SourceDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.definitions.serving import EndpointDefinition
from meguri.core.errors import Invalid, NotFound
from meguri.core.ids import RunId
from meguri.server.search import Search, SearchHit


@pytest.fixture
def filled(platform: Platform) -> Platform:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with platform.db.write() as tx:
        for name in ("bento", "bikes"):
            definition = ProjectDefinition(
                name,
                entities=(EntityDefinition("shop", "shop"),),
                sources=(SourceDefinition("demand_rows", "shop", "at", {"x": "float", "y": "float"}),),
                feature_services=(FeatureServiceDefinition("hourly", "demand_rows", ("x",), (), "y"),),
                endpoints=(EndpointDefinition("demand", "demand", "hourly"),),
            )
            platform.applying.apply(tx, definition.to_json(), archive.getvalue())
    platform.tracking.start_run("bikes", "night", "Demand_50%", id=RunId("run_abc"))
    return platform


def find(platform: Platform, principal: Principal = HOME_TOKEN, **query: object) -> list[SearchHit]:
    return Search(platform).find(SimpleNamespace(query=query, principal=principal)).items  # as much as it reads


def shown(hits: list[SearchHit]) -> set[tuple[str, str, str]]:
    return {(each.kind, each.project, each.name) for each in hits}


def test_names_are_found_by_their_beginning_and_ids_by_theirs(filled: Platform) -> None:
    everywhere = {
        (kind, project, name) for project in ("bento", "bikes") for kind, name in (("source", "demand_rows"), ("endpoint", "demand"))
    }
    assert shown(find(filled, q="DEMAND")) == {*everywhere, ("run", "bikes", "Demand_50%")}
    assert [each.kind for each in find(filled, q="demand")][:2] == ["endpoint", "endpoint"]  # their names are the whole text
    assert shown(find(filled, q="demand_50%")) == {("run", "bikes", "Demand_50%")}
    assert [each.id for each in find(filled, q="run_a")] == ["run_abc"]
    assert shown(find(filled, q="bik")) == {("project", "bikes", "bikes")}
    assert shown(find(filled, q="nig")) == {("experiment", "bikes", "night")}
    assert find(filled, q="emand") == []
    assert len(find(filled, q="demand", limit=2)) == 2


def test_a_renamed_run_is_found_by_its_new_name(filled: Platform) -> None:
    filled.tracking.rename(RunId("run_abc"), "baseline")
    assert [each.name for each in find(filled, q="basel")] == ["baseline"]


def test_only_what_the_caller_may_see_is_found(filled: Platform) -> None:
    viewer = Principal("user", "usr_1", "kim", "kim", roles={"bento": "viewer"})
    assert {each.project for each in find(filled, viewer, q="demand")} == {"bento"}
    with pytest.raises(NotFound):
        find(filled, viewer, q="demand", project="bikes")
    only_predicts = Principal("token", "tok_1", "kim", "app", roles={"bento": "editor"}, scopes=frozenset({"predict"}))
    assert find(filled, only_predicts, q="demand") == []


def test_an_empty_question_is_refused(filled: Platform) -> None:
    with pytest.raises(Invalid, match="q: say what to look for"):
        find(filled, q=" ")
