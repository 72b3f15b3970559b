"""What the feature service answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meguri.core.definitions.features import DType
from meguri.datasets.model import AnomalyKind


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row of a push that was not accepted: its place, the column and why."""

    row: int
    column: str
    kind: AnomalyKind
    why: str


@dataclass(frozen=True, slots=True)
class PushResult:
    """`accepted` rows are durable and can be looked up; `duplicates` were there before; each other row is in quarantine."""

    accepted: int
    duplicates: int
    quarantined: tuple[Quarantined, ...]


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source with how fresh it is. `rows` counts the table and the journal; `waiting` are the rows that only the journal has yet."""

    name: str
    entity: str
    key: str
    event_time: str
    columns: dict[str, DType]
    known_at: str | None
    known_after_seconds: float
    description: str
    rows: int
    waiting: int
    first_event_at: datetime | None
    last_event_at: datetime | None
    quarantined: int
    snapshots: int
