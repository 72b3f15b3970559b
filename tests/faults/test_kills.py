"""kill -9 of the server, the endpoint, a step worker or the replay at moments chosen at random: it goes on, and nothing is lost or twice.

MEGURI_FAULT_SEED repeats a plan (it is printed), MEGURI_FAULT_ROUNDS plays more than one replay, MEGURI_FAULT_BLOWS deals more in each.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.account import Acknowledged
from tests.faults.client import endpoint_headers, endpoint_url, is_endpoint_ready, request_of, wait_until
from tests.faults.invariants import Decision, contradictions, decisions
from tests.faults.scene import Kiosk
from tests.faults.trial import Blow, Trial, choose_blows, processes_of, trial

ROUNDS = int(os.environ.get("MEGURI_FAULT_ROUNDS", "1"))
BLOWS = int(os.environ.get("MEGURI_FAULT_BLOWS", "12"))
LATE_DAY = 21
"""The last day after which every blow finds what it waits for: after the last weekly training no step runs."""
SEED = int(os.environ.get("MEGURI_FAULT_SEED") or random.SystemRandom().randrange(1_000_000))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[list[Decision]]]:
    """The decisions of a replay that nothing happens to; played beside the first one that something happens to."""

    def play() -> list[Decision]:
        with trial(tmp_path_factory.mktemp("undisturbed")) as quiet:
            quiet.play()
        assert contradictions(quiet.home, quiet.account) == []
        return decisions(quiet.home)

    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(play)


@pytest.mark.parametrize("number", range(ROUNDS))  # not the seed: all workers of xdist must collect tests of the same names
def test_killed_at_any_moment_it_goes_on_and_nothing_is_lost_or_twice(
    undisturbed: Future[list[Decision]],
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    number: int,
) -> None:
    seed = SEED + number
    blows = choose_blows(seed, BLOWS)
    with capsys.disabled():
        sys.stdout.write(f" MEGURI_FAULT_SEED={seed} ")
    with trial(tmp_path_factory.mktemp(f"seed-{seed}")) as played:
        try:
            played.play(blows)
        finally:
            sys.stdout.write(f"{len(played.dealt)} were dealt of {blows}\n")
        ensure_dealt(blows, played.dealt)
        ensure_same_answers(played)
    assert processes_of(played.home) == []
    assert contradictions(played.home, played.account) == []
    assert decisions(played.home) == undisturbed.result()


def ensure_dealt(blows: Sequence[Blow], dealt: Sequence[Blow]) -> None:
    """A replay that nothing happened to proves nothing: every victim was killed, and only blows of the last days came too late."""
    assert {blow.victim for blow in dealt} == {blow.victim for blow in blows}
    assert [blow for blow in blows if blow not in dealt and blow.day < LATE_DAY] == []


def ensure_same_answers(played: Trial) -> None:
    """Every acknowledged prediction that is sent once more is answered as it was, from the log: none is made anew."""
    wait_until(lambda: is_endpoint_ready(played.home), "the endpoint is back after the last blow")
    acknowledged = Acknowledged.read(played.account).predictions
    sent = [moment for _, moments in Kiosk().days() for moment in moments]
    assert {each.id for each in sent} == set(acknowledged)
    url = endpoint_url(played.home)
    with httpx.Client(timeout=10, headers=endpoint_headers(played.home)) as client:
        before = repeated(client, url)
        answers = {each.id: client.post(f"{url}/v2/models/kiosk/infer", json=request_of(each)).json() for each in sent}
        assert {id: answer["outputs"][0]["data"][0] for id, answer in answers.items()} == acknowledged
        assert repeated(client, url) - before == len(sent)


def repeated(client: httpx.Client, url: str) -> int:
    """How many predictions the endpoint's process has answered from its log."""
    families = text_string_to_metric_families(client.get(f"{url}/metrics").text)
    return int(sum(sample.value for each in families for sample in each.samples if sample.name == "meguri_predictions_repeated_total"))
