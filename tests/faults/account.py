"""What was acknowledged, as the client knows it: a file to which a line is added after each answer, never before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

Json = dict[str, Any]


class Account:
    """Writes the lines. A line is one write(2), so a killed writer leaves whole lines, and perhaps no line for its last answer."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, kind: str, **what: Any) -> None:
        os.write(self._file, msgspec.json.encode({"kind": kind, **what}) + b"\n")


@dataclass(slots=True)
class Acknowledged:
    """All that was answered, by its own key. `contradictions`: answers that differ from an earlier answer to the same."""

    predictions: dict[str, float] = field(default_factory=dict)
    labels: dict[str, float] = field(default_factory=dict)
    rows: dict[tuple[str, str], Json] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)
    points: dict[int, float] = field(default_factory=dict)
    events: dict[int, tuple[str, str]] = field(default_factory=dict)
    advanced: set[str] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)

    @staticmethod
    def read(file: Path) -> Acknowledged:
        found = Acknowledged()
        for line in _lines(file):
            found._take(line)
        return found

    def _take(self, line: Json) -> None:
        match line["kind"]:
            case "prediction":
                self._keep(self.predictions, line["id"], line["output"])
            case "labels":
                for each in line["labels"]:
                    self._keep(self.labels, each["prediction_id"], each["value"])
            case "push":
                for place, row in enumerate(line["rows"]):
                    key = (row["at"], row["dish"])
                    if place in line["refused"]:
                        self.refused.add(key)
                    else:
                        self._keep(self.rows, key, row)
            case "points":
                for step, value in line["points"]:
                    self._keep(self.points, step, value)
            case "event":
                self._keep(self.events, line["sequence"], (line["event"], line["subject"]))
            case "advanced":
                self.advanced.add(line["until"])

    def _keep(self, into: dict[Any, Any], key: Any, value: Any) -> None:
        if into.setdefault(key, value) != value:
            self.contradictions.append(f"{key}: first {into[key]}, then {value}")


def _lines(file: Path) -> Iterator[Json]:
    content = file.read_bytes() if file.exists() else b""
    for line in content.splitlines():
        yield msgspec.json.decode(line)
