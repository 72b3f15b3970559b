from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.core.definitions.models import GoldenRow, ModelInput
from meguri.core.errors import Conflict, Invalid, Unavailable
from meguri.serving.gateway import Answer, Failed, Gateway, PredictionRequest
from meguri.serving.live import make_live
from meguri.serving.segments import PredictionLog, PredictionRecord, read_log
from tests.unit.serving.examples import AT, NOW, Memory, Runner, linear_model, spec


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PredictionLog]:
    log = PredictionLog(tmp_path, "bikes")
    yield log
    log.close()


@pytest.fixture
def gateway(log: PredictionLog) -> Gateway:
    gateway = Gateway("bikes", log, lambda: NOW, lambda prefix: f"{prefix}_new")
    gateway.swap(live(1))
    return gateway


def live(revision: int, runner: Runner | None = None, lookup: Memory | None = None):
    used = Runner() if runner is None else runner
    return make_live(spec(revision, golden=()), lambda _: linear_model(), lambda *_: used, lambda *_: lookup or Memory())


def request(id: str | None = "p1", *, rows: int = 1, event_at: int | None = AT, **columns: list) -> PredictionRequest:
    known: dict[str, list] = {"city": ["dc"] * rows, "hr": list(range(rows)), "temp": [0.5] * rows}
    return PredictionRequest(id, {**known, **columns}, rows, event_at)


def test_one_row_is_answered_and_logged_with_its_features(gateway: Gateway, tmp_path: Path) -> None:
    assert gateway.predict(request(hr=[3])) == Answer("p1", "mv_1", "dep_1", AT, [103.5])
    [(_, logged)] = read_log(tmp_path, "bikes")
    assert msgspec.structs.replace(logged, asked=0) == PredictionRecord("p1", AT, NOW, "dep_1", "mv_1", "dc", (3, 0.5, 100.0), 103.5)


def test_rows_of_one_request_have_ids_of_their_own(gateway: Gateway, tmp_path: Path) -> None:
    assert gateway.predict(request(rows=2)).outputs == [100.5, 101.5]
    assert [each.id for _, each in read_log(tmp_path, "bikes")] == ["p1~0", "p1~1"]


def test_a_request_without_id_gets_one_and_without_time_the_present(gateway: Gateway) -> None:
    assert gateway.predict(request(None, event_at=None)) == Answer("pred_new", "mv_1", "dep_1", NOW, [100.5])


def test_on_event_time_a_request_must_say_when_its_event_is(gateway: Gateway, tmp_path: Path) -> None:
    gateway.swap(
        make_live(replace(spec(2, golden=()), on_event_time=True), lambda _: linear_model(), lambda *_: Runner(), lambda *_: Memory())
    )
    with pytest.raises(Invalid, match="event_time: is missing, and this project runs on event time"):
        gateway.predict(request(event_at=None))
    assert list(read_log(tmp_path, "bikes")) == []
    assert gateway.predict(request()).event_at == AT


def test_a_resent_id_gets_the_first_answer_whatever_version_is_live(gateway: Gateway, tmp_path: Path) -> None:
    first = gateway.predict(request(event_at=None))
    gateway.swap(live(2, Runner(factor=7.0)))
    assert gateway.predict(request(event_at=None)) == Answer("p1", "mv_1", "dep_1", NOW, first.outputs, repeated=True)
    assert len(list(read_log(tmp_path, "bikes"))) == 1
    assert (gateway.counts.predictions, gateway.counts.repeated) == (1, 1)


@pytest.mark.parametrize(
    "other",
    [request(hr=[9]), request(city=["tokyo"]), request(event_at=AT + 1), request(event_at=None), request(rows=2)],
    ids=["input", "entity", "event time", "no event time", "rows"],
)
def test_an_id_that_was_given_to_another_request_is_refused(gateway: Gateway, tmp_path: Path, other: PredictionRequest) -> None:
    for first, second in ((request(), other), (replace(other, id="p2"), request("p2"))):
        gateway.predict(first)
        with pytest.raises(Conflict, match="was given to another request"):
            gateway.predict(second)
    assert len({each.id for _, each in read_log(tmp_path, "bikes")}) == 1 + other.rows


def test_a_row_of_a_request_and_a_request_cannot_have_one_id(gateway: Gateway) -> None:
    gateway.predict(request("a", rows=2))
    assert gateway.predict(request("a:0", hr=[5])).outputs == [105.5]
    with pytest.raises(Invalid, match="id: 'a~0' ends in ~0, which names a row of request 'a'"):
        gateway.predict(request("a~0", hr=[5]))


def test_what_an_earlier_release_logged_is_answered_again_unchecked(gateway: Gateway, log: PredictionLog) -> None:
    log.append([PredictionRecord("p1", AT, NOW, "dep_0", "mv_0", "dc", (0, 0.5, 100.0), -1.0)])
    assert gateway.predict(request()).outputs == [-1.0]


def test_a_missing_number_reaches_the_model_as_missing(gateway: Gateway, tmp_path: Path) -> None:
    assert gateway.predict(request(temp=[None])).outputs == [100.0]
    assert next(iter(read_log(tmp_path, "bikes")))[1].inputs == (0, None, 100.0)


def test_an_unknown_entity_has_no_features_but_an_answer(gateway: Gateway) -> None:
    assert gateway.predict(request(city=["tokyo"])).outputs == [0.5]


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"wind": [1.0]}, "wind: is not an input of this endpoint: it takes city"),
        ({"city": [None]}, "city: row 0 is null, but the entity's key needs a value"),
    ],
)
def test_bad_columns_are_refused_and_not_logged(gateway: Gateway, tmp_path: Path, columns: dict[str, list], text: str) -> None:
    with pytest.raises(Invalid, match=text.replace("(", r"\(")):
        gateway.predict(request(**columns))  # type: ignore[arg-type]  # mypy cannot tell the columns from the other arguments
    assert list(read_log(tmp_path, "bikes")) == []


def test_a_missing_column_is_named(gateway: Gateway) -> None:
    with pytest.raises(Invalid, match="temp: is missing: this endpoint takes city"):
        gateway.predict(PredictionRequest("p1", {"city": ["dc"], "hr": [1]}, 1, AT))


def test_a_time_in_the_future_is_refused(gateway: Gateway) -> None:
    with pytest.raises(Invalid, match="2026-01-01T01:00:00Z is in the future"):
        gateway.predict(request(event_at=NOW + 3_600_000_000))


def test_nothing_is_answered_before_a_version_is_live(log: PredictionLog) -> None:
    with pytest.raises(Unavailable, match="it has just started"):
        Gateway("bikes", log, lambda: NOW, str).predict(request())


def test_an_output_that_is_no_number_fails_and_is_not_logged(gateway: Gateway, tmp_path: Path) -> None:
    gateway.swap(live(2, Runner(factor=math.inf)))
    with pytest.raises(Failed, match="mv_2 gives no number for row 0"):
        gateway.predict(request())
    assert list(read_log(tmp_path, "bikes")) == []


def test_a_swap_closes_the_former_model(gateway: Gateway) -> None:
    former, following = Runner(), live(3)
    gateway.swap(live(2, former))
    gateway.swap(following)
    assert (former.closed, gateway.live) == (True, following)


def test_a_version_that_fails_its_golden_rows_is_not_made() -> None:
    wrong = spec(golden=(GoldenRow((1.0, 0.5, 100.0), 59.0),))
    with pytest.raises(Conflict, match=r"mv_1 answers golden row 0 with 101\.5 and not 59\.0"):
        make_live(wrong, lambda _: linear_model(), lambda *_: Runner(), lambda *_: Memory())


def test_a_version_whose_inputs_the_service_lacks_is_not_made() -> None:
    plain = spec()
    strange = replace(plain, model=replace(plain.model, inputs=(ModelInput("wind", "float"),)))
    with pytest.raises(Conflict, match="mv_1 needs wind, which feature service 'hourly' does not give"):
        make_live(strange, lambda _: linear_model(), lambda *_: Runner(), lambda *_: Memory())


def test_a_damaged_model_is_not_made() -> None:
    with pytest.raises(Conflict, match="damaged on disk"):
        make_live(spec(), lambda _: b"other", lambda *_: Runner(), lambda *_: Memory())


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_rows_are_never_swapped(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    log = PredictionLog(tmp_path_factory.mktemp("log"), "bikes")
    gateway = Gateway("bikes", log, lambda: NOW, str)
    gateway.swap(live(1))
    for number, size in enumerate(sizes):
        hours = [100 * number + row for row in range(size)]
        assert gateway.predict(request(f"p{number}", rows=size, hr=hours)).outputs == [hour + 100.5 for hour in hours]
    for number, size in enumerate(sizes):
        hours = [100 * number + row for row in range(size)]
        again = gateway.predict(request(f"p{number}", rows=size, hr=hours))
        assert (again.outputs, again.repeated) == ([hour + 100.5 for hour in hours], True)
    log.close()
