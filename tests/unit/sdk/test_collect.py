"""What a project folder declares."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from meguri.core.definitions.features import (
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid
from meguri.sdk.collect import load_folder
from meguri.sdk.features import EVER

WHOLE = """
from meguri.sdk.features import Entity, FeatureService, FeatureView, Project, Source, last, mean
Project("bikes", clock="event")
city = Entity("city")
rentals = Source("rentals", entity=city, event_time="at", known_after="24h", columns={"hr": int, "temp": float, "cnt": float})
history = FeatureView("history", source=rentals, features={"cnt_now": "cnt", "cnt_week": mean("cnt", window="7d", offset="1h")})
hourly = FeatureService("hourly", source=rentals, request=["hr"], views=[history], label="cnt")
"""


def folder(tmp_path: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


def test_a_folder_becomes_one_definition(tmp_path: Path) -> None:
    source = SourceDefinition("rentals", "city", "at", {"hr": "int", "temp": "float", "cnt": "float"}, None, 86_400.0)
    features = (FeatureDefinition("cnt_now", "last", "cnt", EVER), FeatureDefinition("cnt_week", "mean", "cnt", 604_800.0, 3_600.0))
    assert load_folder(folder(tmp_path, bikes=WHOLE)) == ProjectDefinition(
        "bikes",
        clock="event",
        entities=(EntityDefinition("city", "city"),),
        sources=(source,),
        feature_views=(FeatureViewDefinition("history", "rentals", features),),
        feature_services=(FeatureServiceDefinition("hourly", "rentals", ("hr",), ("history",), "cnt"),),
    )


def test_modules_may_import_each_other_and_are_forgotten_again(tmp_path: Path) -> None:
    path = folder(tmp_path, a_train="from bikes_zz import city\n", bikes_zz=WHOLE)
    modules, paths = set(sys.modules), list(sys.path)
    assert load_folder(path) == load_folder(path)
    assert [source.name for source in load_folder(path).sources] == ["rentals"]
    assert not {"a_train", "bikes_zz"} & set(sys.modules)
    assert (sys.path, set(sys.modules) >= modules) == (paths, True)
    assert sorted(entry.name for entry in path.iterdir()) == ["a_train.py", "bikes_zz.py"]


def test_two_folders_with_the_same_module_names_do_not_mix(tmp_path: Path) -> None:
    with_settings = "from settings_of_it import NAME" + WHOLE.replace('"bikes"', "NAME")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        folder(tmp_path / name, settings_of_it=f"NAME = {name!r}\n", project=with_settings)
    assert [load_folder(tmp_path / name).name for name in ("one", "two", "one")] == ["one", "two", "one"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it declares no project"),
        ("x = (", "project.py:1: .* was never closed"),
        (WHOLE + "1 / 0", "project.py:8: ZeroDivisionError"),
        (WHOLE.replace('hr": int', 'hr": list'), "project.py:5: source rentals, column hr: 'list' is no type"),
        (WHOLE.replace('mean("cnt"', 'mean("count"'), "feature history.cnt_week: source 'rentals' has no column 'count': it has cnt, hr"),
        (WHOLE.replace('label="cnt"', 'label="cntt"'), "feature service hourly: source 'rentals' has no column 'cntt'"),
        (WHOLE.replace('"7d"', '"7 days"'), "project.py:6: mean\\('cnt'\\): window: '7 days' is not a duration"),
        (WHOLE.replace('["hr"]', '["hr", "cnt"]'), "label 'cnt' is also a request column"),
        (WHOLE.replace('"at", known', '"city", known'), "must be different columns"),
        (
            WHOLE.replace('known_after="24h", ', "").replace(', offset="1h"', ""),
            "feature history.cnt_now takes the label 'cnt' as known at the moment",
        ),
        (WHOLE.replace("hr", "prediction"), "'prediction' is what monitors call the output of a model"),
        (WHOLE + 'Entity("city")', "'city' is declared twice"),
        (WHOLE + 'Project("more")', "it declares 2 projects"),
        (WHOLE.replace('"bikes"', '"Bikes!"'), "'Bikes!' is no name"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        load_folder(folder(tmp_path, project=text))


def test_a_file_named_like_a_module_of_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"types\.py: a module of Python has this name"):
        load_folder(folder(tmp_path, types=WHOLE))


def test_a_folder_without_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="has no Python file"):
        load_folder(tmp_path)
