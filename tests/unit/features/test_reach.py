"""A feature that could never have a value is refused where it is declared."""

import pytest

from meguri.core.definitions.checks import ensure_sound
from meguri.core.definitions.features import EntityDefinition, FeatureDefinition, FeatureViewDefinition, SourceDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid

HOUR = 3_600.0


def project(window: float, offset: float) -> ProjectDefinition:
    source = SourceDefinition("load", "office", "at", {"load": "float"}, known_after_seconds=24 * HOUR)
    view = FeatureViewDefinition("history", "load", (FeatureDefinition("recent", "last", "load", window, offset),))
    return ProjectDefinition("power", entities=(EntityDefinition("office", "office"),), sources=(source,), feature_views=(view,))


@pytest.mark.parametrize(("window", "offset"), [(1.0, 1.0), (24.0, 0.0), (1.0, 23.0)])
def test_a_window_within_the_delay_of_its_source_is_refused(window: float, offset: float) -> None:
    with pytest.raises(Invalid, match="it would never have a value: give it a longer window or offset"):
        ensure_sound(project(window * HOUR, offset * HOUR))


def test_a_window_that_reaches_beyond_the_delay_is_fine() -> None:
    ensure_sound(project(1 * HOUR, 24 * HOUR))
    ensure_sound(project(25 * HOUR, 0.0))
