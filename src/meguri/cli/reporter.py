"""What `meguri demo` prints while it replays."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from meguri.cli.sentences import sentence
from meguri.demo.replay import Cursor, LoopEvent
from meguri.demo.scenes import Scene

BAR = 28
PRINTED_ALREADY = {"deployment.live"}
"""The promotion that led to it was printed."""
NEWS_DAYS = 30
"""Without a terminal there is no bar: a line is printed after this many simulated days."""


class Reporter:
    """Prints one line for each event that is news, with a progress bar below them on a terminal."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        console = Console(stderr=True)
        self._bar = Progress(
            BarColumn(BAR),
            TaskProgressColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            refresh_per_second=4,
            disable=not console.is_terminal,
            redirect_stdout=sys.stdout.isatty(),
        )
        self._days_played = 0
        self._task = self._bar.add_task("", total=(scene.end - scene.start).days)

    def __enter__(self) -> Reporter:
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def print_news(self, event: LoopEvent) -> None:
        text = None if event.kind in PRINTED_ALREADY else sentence(event.kind, event.subject, event.payload)
        if text is not None:
            print(f"{f'{event.at:%Y-%m-%d}' if event.at else '':10}  {text}", flush=True)

    def progress(self, cursor: Cursor) -> None:
        self._days_played += 1
        done, total = (cursor.day - self.scene.start).days, (self.scene.end - self.scene.start).days
        text = f"{cursor.day:%Y-%m-%d}  {cursor.predictions:,} predictions"
        self._bar.update(self._task, completed=done, description=text)
        if self._bar.disable and self._days_played % NEWS_DAYS == 0:
            print(f"{text}, {done / total:.0%} played", flush=True)
