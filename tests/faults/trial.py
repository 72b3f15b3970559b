"""A home with its server and its player, any of which may be killed at any moment and is then started again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from meguri.testing.server import RunningServer, start_server
from tests.faults.scene import DAYS, Kiosk

Victim = Literal["server", "endpoint", "worker", "player"]
FOLLOW_SECONDS = 12.0
"""How long after the death of its parent a process may still be there: an endpoint ends its requests and seals its log first."""
PLAY_SECONDS = 280.0
REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Blow:
    """Kill the victim once the replay has reached a day (-1: before the first model serves), `pause` seconds later.

    `in_step`: only while a step of a pipeline runs, `pause` seconds after it was seen. `rest`: seconds until what was killed is started.
    """

    victim: Victim
    day: int
    pause: float
    in_step: bool = False
    rest: float = 0.0


def choose_blows(seed: int, number: int) -> list[Blow]:
    """A plan for one replay: every victim comes about as often, workers always in a step, servers sometimes."""
    chance = random.Random(seed)
    steps = [day for day in (-1, 6, 10, 14, 17, 21) for _ in range(2)]  # a step that is killed three times fails, as it should
    chance.shuffle(steps)
    victims: list[Victim] = ["server", "endpoint", "worker", "player"]
    blows = []
    for place in range(number):
        victim = victims[place % len(victims)]
        in_step = bool(steps) and (victim == "worker" or (victim == "server" and place % 8 == 4))
        day = steps.pop() if in_step else chance.randrange(0 if victim == "endpoint" else -1, DAYS)
        blows.append(Blow(victim, day, round(chance.uniform(0, 0.4 if in_step else 1.2), 3), in_step, round(chance.choice([0, 0, 0.7]), 1)))
    return sorted(blows, key=lambda blow: blow.day)


@dataclass(frozen=True, slots=True)
class Process:
    """`started`: clock ticks since boot, so that a number that is used again is not taken for the same process."""

    pid: int
    started: int
    command: str

    @property
    def is_alive(self) -> bool:
        found = _stat(self.pid)
        return found is not None and found[0] not in ("Z", "X") and found[1] == self.started


def processes_of(home: Path) -> list[Process]:
    """Every process that was started for a home, apart from players and tests."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b"/ ").decode(errors="replace")
                stat = _stat(int(entry.name))
                if f"{home}/" in f"{command}/" and "tests.faults.player" not in command and stat is not None:
                    found.append(Process(int(entry.name), stat[1], command))
    return [each for each in found if each.is_alive]


def _stat(pid: int) -> tuple[str, int] | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])


class Trial:
    """Plays the kiosk in `folder / "home"` to its end, through whatever blows are dealt."""

    def __init__(self, folder: Path) -> None:
        self.home, self.account, self.cursor = folder / "home", folder / "account.jsonl", folder / "cursor.json"
        self.output = folder / "player.log"
        self.port = _free_port()
        self.server = self._start_server()
        self.player: subprocess.Popen[bytes] | None = None
        self.dealt: list[Blow] = []

    def play(self, blows: Sequence[Blow] = ()) -> None:
        """Play to the end of the replay. `dealt` then holds the blows that came before it."""
        self._start_player()
        for blow in blows:
            if not self._wait_for(blow):
                break
            time.sleep(blow.pause)
            self._deal(blow)
        deadline = time.monotonic() + PLAY_SECONDS
        assert self.player is not None
        while self.player.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self.player.poll() == 0, f"the replay ended with {self.player.poll()}:\n{self._said()}"

    def close(self) -> None:
        if self.player is not None and self.player.poll() is None:
            self.player.kill()
            self.player.wait()
        if self.server.process.poll() is None:
            self.server.stop()

    def _deal(self, blow: Blow) -> None:
        match blow.victim:
            case "server":
                self._kill_server(blow.rest)
            case "player":
                assert self.player is not None
                self.player.kill()
                self.player.wait()
                time.sleep(blow.rest)
                self._start_player()
            case "endpoint" | "worker":
                deadline = time.monotonic() + FOLLOW_SECONDS
                while not (victims := self._victims(blow)):  # one that was killed just before is being started again
                    assert time.monotonic() < deadline, f"{blow} found nothing to kill"
                    time.sleep(0.01)
                for each in victims:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(each.pid, signal.SIGKILL)
        self.dealt.append(blow)

    def _victims(self, blow: Blow) -> list[Process]:
        module = f"meguri.app.{'endpoint' if blow.victim == 'endpoint' else 'step_worker'}"
        return [each for each in processes_of(self.home) if module in each.command]

    def _kill_server(self, rest: float) -> None:
        children = [each for each in processes_of(self.home) if each.pid != self.server.process.pid]
        self.server.kill()
        time.sleep(rest)
        self.server = self._start_server()
        alive = children
        deadline = time.monotonic() + FOLLOW_SECONDS
        while alive and time.monotonic() < deadline:
            time.sleep(0.02)
            alive = [each for each in alive if each.is_alive]
        assert not alive, f"they outlived their server: {alive}"

    def _wait_for(self, blow: Blow) -> bool:
        """False where the replay is over first."""
        assert self.player is not None
        deadline = time.monotonic() + PLAY_SECONDS
        while not self._reached(blow):
            if self.player.poll() is not None:
                assert self.player.returncode == 0, f"the replay ended with {self.player.returncode}:\n{self._said()}"
                return False
            assert time.monotonic() < deadline, f"{blow} never came:\n{self._said()}"
            time.sleep(0.01)
        return True

    def _reached(self, blow: Blow) -> bool:
        if blow.day >= 0 and (self.day is None or self.day < blow.day):
            return False
        if blow.victim in ("endpoint", "worker") and not self._victims(blow):
            return False
        return not blow.in_step or bool([*self.home.glob("work/prun_*/*")])

    @property
    def day(self) -> int | None:
        """The day that is played; None before the first."""
        try:
            cursor = msgspec.json.decode(self.cursor.read_bytes())
        except FileNotFoundError:
            return None
        return int((msgspec.convert(cursor["day"], type(Kiosk.start)) - Kiosk.start).days)

    def _start_server(self) -> RunningServer:
        return start_server(self.home, port=self.port)

    def _start_player(self) -> None:
        given = {"--url": self.server.url, "--token": self.server.token, "--cursor": self.cursor, "--account": self.account}
        with self.output.open("ab") as log:
            self.player = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.player", *(f"{name}={value}" for name, value in given.items())],
                cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _said(self) -> str:
        return self.output.read_text()[-3_000:] + "\n--- server:\n" + self.server.log.read_text(errors="replace")[-3_000:]


@contextlib.contextmanager
def trial(folder: Path) -> Iterator[Trial]:
    made = Trial(folder)
    try:
        yield made
    finally:
        made.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
