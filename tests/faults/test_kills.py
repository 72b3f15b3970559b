"""kill -9 of the server, the endpoint, a step worker or the replay at moments chosen at random: it goes on, and nothing is lost or twice.

MEGURI_FAULT_SEED repeats a plan (it is printed), MEGURI_FAULT_ROUNDS plays more than one replay, MEGURI_FAULT_BLOWS deals more in each.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from tests.faults.account import Acknowledged
from tests.faults.client import endpoint_headers, endpoint_url, is_endpoint_ready, request_of, wait_until
from tests.faults.invariants import Decision, contradictions, decisions
from tests.faults.scene import Kiosk
from tests.faults.trial import Trial, choose_blows, processes_of, trial

ROUNDS = int(os.environ.get("MEGURI_FAULT_ROUNDS", "1"))
BLOWS = int(os.environ.get("MEGURI_FAULT_BLOWS", "12"))
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


@pytest.mark.parametrize("seed", range(SEED, SEED + ROUNDS))
def test_killed_at_any_moment_it_goes_on_and_nothing_is_lost_or_twice(
    undisturbed: Future[list[Decision]],
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    seed: int,
) -> None:
    blows = choose_blows(seed, BLOWS)
    with capsys.disabled():
        sys.stdout.write(f" MEGURI_FAULT_SEED={seed} ")
    with trial(tmp_path_factory.mktemp(f"seed-{seed}")) as played:
        try:
            played.play(blows)
        finally:
            sys.stdout.write(f"{len(played.dealt)} were dealt of {blows}\n")
        ensure_same_answers(played)
    assert processes_of(played.home) == []
    assert contradictions(played.home, played.account) == []
    assert decisions(played.home) == undisturbed.result()


def ensure_same_answers(played: Trial) -> None:
    """Every prediction that is sent once more is answered as it was."""
    wait_until(lambda: is_endpoint_ready(played.home), "the endpoint is back after the last blow")
    told = Acknowledged.read(played.account).predictions
    url = f"{endpoint_url(played.home)}/v2/models/kiosk/infer"
    with httpx.Client(timeout=10, headers=endpoint_headers(played.home)) as client:
        sent = [moment for _, moments in Kiosk().days() for moment in moments]
        again = {each.id: client.post(url, json=request_of(each)).json()["outputs"][0]["data"][0] for each in sent}
    assert again == told
