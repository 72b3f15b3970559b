"""Takes rows in, keeps table and online store equal, and prepares training frames."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import polars as pl
from sqlalchemy import Connection

from meguri.core.definitions.features import EntityDefinition, FeatureSet, SourceDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.digests import digest_of_value
from meguri.core.errors import Conflict, Invalid, NotFound
from meguri.core.ids import SnapshotId
from meguri.core.times import Clock, from_micros, iso, micros
from meguri.datasets.model import Schema, Snapshot
from meguri.datasets.service import Datasets
from meguri.datasets.sources import ARRIVED, IDENTITY, ORDER, POLARS, columns_of, last_corrections, source_rows, table_of
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.features import tables as sql
from meguri.features.aggregate import NEVER
from meguri.features.intake import Row, Rules, read_rows
from meguri.features.model import PushResult, Quarantined, SourceState
from meguri.features.online import FeatureValue, Layouts, OnlineFeatures, is_filled, mark_filled, put_events, put_live_since
from meguri.features.queue import PushQueue, queued_sources
from meguri.features.rows import ALWAYS, Event, Layout, Value, former_source_of, identity_of, stream_of
from meguri.features.training import TrainingInputs, build, events_of, source_frame
from meguri.lineage.service import Lineage
from meguri.ports.online import OnlineStore
from meguri.ports.tables import TableStore

logger = logging.getLogger(__name__)

AHEAD = timedelta(days=1)
"""How far ahead of the wall clock an event may be (clocks differ, and some are hours wrong)."""

AHEAD_OF_WATERMARK = timedelta(days=31)
"""With an event-time clock: how far ahead of the watermark an event may be (a replay pushes some days before it advances)."""

_FILL = 20_000

Definitions = Callable[[Connection, str], ProjectDefinition | None]


@dataclass(slots=True)
class _Feed:
    """A source's queue, with what is known of the rows that wait in it."""

    queue: PushQueue
    mutex: threading.Lock = field(default_factory=threading.Lock)
    flushing: threading.Lock = field(default_factory=threading.Lock)
    behind: list[tuple[Layout, Sequence[Event]]] = field(default_factory=list)
    """In the journal, and not yet in the online store, which took no more when they came."""
    waiting: int = 0
    first: int | None = None
    last: int | None = None
    order: int = 0
    """The last order that was given to a row."""

    def saw(self, events: Sequence[Event]) -> None:
        self.order = max(self.order, *(event.order for event in events))
        moments = [event.at for event in events]
        self.waiting += len(moments)
        self.first = min(moments) if self.first is None else min(self.first, *moments)
        self.last = max(moments) if self.last is None else max(self.last, *moments)


class Features:
    """Push, look up, and train from the same events.

    A pushed row goes to the source's journal (one write(2)), then to the online store, and is acknowledged after both. `flush` moves
    journal segments to the table, each exactly once. `start` puts back what a kill left between journal and online store.
    """

    def __init__(
        self,
        db: Database,
        events: Events,
        lineage: Lineage,
        datasets: Datasets,
        tables: TableStore,
        online: OnlineStore,
        journals: Path,
        definitions: Definitions,
        clock: Clock,
    ) -> None:
        self.db, self.events, self.lineage, self.datasets = db, events, lineage, datasets
        self.tables, self.online, self.journals, self.definitions, self.clock = tables, online, journals, definitions, clock
        self._feeds: dict[tuple[str, str], _Feed] = {}
        self._mutex = threading.Lock()

    def start(self) -> None:
        """Bring the online store in step with tables and journals. Call it once, before anything is pushed."""
        for project, name in queued_sources(self.journals):
            with self.db.read() as tx:
                known = sql.find_source(tx, project, name)
            if known is None:
                logger.warning("journal of an unknown source is left alone", extra={"project": project, "source": name})
                continue
            self._fill(project, known)
            feed = self._feed(project, name)
            for batch in feed.queue.batches():
                put_events(self.online, project, name, batch.layout, batch.events)
                feed.saw(batch.events)

    def close(self) -> None:
        """Sync the online store and give the journals back."""
        for feed in self._feeds.values():
            feed.queue.close()
        self.online.flush()

    def define(self, tx: Connection, definition: ProjectDefinition) -> None:
        """Note the sources, views and services of a project that is being applied, in the same transaction.

        Raises Conflict where a column would change its type: its rows are written down already.
        """
        entities = {each.name: each for each in definition.entities}
        now = self.events.watermark(tx, definition.name) if definition.clock == "event" else self.clock()
        for source in definition.sources:
            former = sql.find_source(tx, definition.name, source.name)
            if former is not None:
                _ensure_compatible(source, entities[source.entity], former.source, former.entity)
            sql.put_source(tx, definition.name, source, entities[source.entity], now)
            self._node(tx, definition.name, "source", source.name)
        for view in definition.feature_views:
            self._node(tx, definition.name, "feature_view", view.name, "source", [view.source])
        for service in definition.feature_services:
            self._node(tx, definition.name, "feature_service", service.name, "feature_view", service.views)

    def push(self, project: str, source: str, rows: Sequence[Row]) -> PushResult:
        """Take rows in: each is accepted (durable, and to be looked up), known already, or in quarantine with its reason.

        A row with the key and event time of a former one corrects it from now on; sending the same rows again changes nothing. Raises
        NotFound, Invalid for a push that is wrong as a whole, and Unavailable, after which the client sends it again.
        """
        rules = self._rules(project, source)
        intake = read_rows(rules, rows)
        layout = Layout.of(rules.source)
        feed = self._feed(project, source)
        with feed.mutex:
            self._catch_up(project, source, feed)
            fresh = self._fresh(project, rules, feed, [event for _, event in intake.events])
            if fresh:
                feed.queue.add(layout, fresh)
                feed.saw(fresh)
                feed.behind.append((layout, fresh))
                self._catch_up(project, source, feed)
        if intake.rejected:
            self.datasets.quarantine(project, source, intake.rejected)
        quarantined = tuple(Quarantined(each.row, each.column, each.kind, each.why) for each in intake.rejected)
        return PushResult(len(fresh), len(intake.events) - len(fresh), quarantined)

    def flush(self, project: str, source: str | None = None, *, at_least: int = 1) -> int:
        """Move the waiting rows of a project's sources from journal to table where at least so many wait; how many were moved.

        Rows are durable before this; tables are read by training and snapshots, which flush by themselves.
        """
        moved = 0
        for (owner, name), feed in list(self._feeds.items()):
            if owner == project and source in (None, name) and feed.waiting >= max(at_least, 1):
                moved += self._flush(project, name, feed)
        return moved

    def prepare(
        self, project: str, service: str | FeatureSet, *, before: datetime, known_by: datetime, since: datetime | None = None
    ) -> TrainingInputs:
        """Pin all that a training frame is made of: flush the sources and take a snapshot of each.

        `service`: the name of a service of the project as it is now, or a feature set, such as that of a model version. Raises NotFound for
        an unknown service and where nothing was pushed to its source.
        """
        chosen = service if isinstance(service, FeatureSet) else self.feature_set(project, service)
        self.flush(project)
        needed = {source.name: (source, entity) for source, entity in zip(chosen.view_sources, chosen.view_entities, strict=True)}
        needed[chosen.source.name] = (chosen.source, chosen.entity)
        live_since = self._live_since(project, needed)
        taken: dict[str, Snapshot] = {}
        for name, (source, entity) in sorted(needed.items()):
            if name == chosen.source.name or self.tables.version(table_of(project, name)) is not None:
                live = live_since.get(name)
                taken[name] = self.datasets.take(project, source, entity, until=before, known_by=known_by, live_since=live)
        digests = {name: snapshot.digest for name, snapshot in taken.items()}
        digest = digest_of_value([msgspec.to_builtins(chosen), digests, since, live_since])  # the rows themselves say where they end
        versions = {name: snapshot.version for name, snapshot in taken.items()}
        snapshots = {name: str(snapshot.id) for name, snapshot in taken.items()}
        return TrainingInputs(project, chosen, versions, snapshots, before, known_by, since, digest, live_since)

    def training_frame(
        self, project: str, service: str | FeatureSet, *, before: datetime, known_by: datetime, since: datetime | None = None
    ) -> pl.DataFrame:
        """The training frame (see `training.build`), from snapshots taken now."""
        return build(self.tables, self.prepare(project, service, before=before, known_by=known_by, since=since))

    def lookup(self, project: str, service: str, entity: object, at: datetime, request: Row | None = None) -> dict[str, FeatureValue]:
        """The features of a service for one entity at a moment. Raises NotFound, Invalid."""
        return OnlineFeatures(self.online, project, self.feature_set(project, service)).lookup(entity, micros(at), request)

    def feature_set(self, project: str, service: str) -> FeatureSet:
        """A service with all that it refers to. Raises NotFound."""
        return self.definition(project).feature_set(service)

    def definition(self, project: str) -> ProjectDefinition:
        """The project as it was last applied. Raises NotFound."""
        found = self.find_definition(project)
        if found is None:
            raise NotFound("project", project, "apply its folder first: meguri apply FOLDER")
        return found

    def find_definition(self, project: str) -> ProjectDefinition | None:
        """The project as it was last applied; None where it never was, as a project that only logs runs."""
        with self.db.read() as tx:
            return self.definitions(tx, project)

    def list_sources(self, project: str) -> list[SourceState]:
        """The sources that a project declares, with how fresh each is; none where it was never applied."""
        definition = self.find_definition(project)
        if definition is None:
            return []
        entities = {each.name: each for each in definition.entities}
        quarantined = self.datasets.count_quarantined(project)
        return [self._state(project, each, entities[each.entity], quarantined.get(each.name, 0)) for each in definition.sources]

    def adopt_schema(self, project: str, source: str, snapshot: SnapshotId) -> Schema:
        """Check rows of a source with the schema of this snapshot from now on.

        Raises NotFound, Invalid for a snapshot of another source.
        """
        chosen, entity = self._source(project, source)
        taken = self.datasets.get_snapshot(snapshot)
        if (taken.project, taken.dataset) != (project, source):
            raise Invalid("snapshot", f"{snapshot} is one of {taken.dataset!r}: name a snapshot of {source!r}")
        return self.datasets.adopt_schema(snapshot, chosen, entity)

    def read_source(self, project: str, source: str) -> pl.DataFrame:
        """All rows of a source, of each event the last correction, ordered by event time and key; flushes first. Raises NotFound."""
        chosen, entity = self._source(project, source)
        self.flush(project, source)
        if self.tables.version(table_of(project, source)) is None:
            raise NotFound("rows_of_source", source, "push some first")
        return last_corrections(source_rows(self.tables, project, chosen, entity), chosen, entity).drop(IDENTITY, ARRIVED, ORDER).collect()

    def _state(self, project: str, source: SourceDefinition, entity: EntityDefinition, quarantined: int) -> SourceState:
        rows, first, last = self._kept(project, source)
        feed = self._feeds.get((project, source.name))
        if feed is not None:
            rows += feed.waiting
            moments = [at for at in (first, last, feed.first, feed.last) if at is not None]
            first, last = min(moments, default=None), max(moments, default=None)
        return SourceState(
            source.name,
            source.entity,
            entity.key,
            source.event_time,
            dict(source.columns),
            source.known_at,
            source.known_after_seconds,
            source.description,
            rows,
            feed.waiting if feed is not None else 0,
            None if first is None else from_micros(first),
            None if last is None else from_micros(last),
            quarantined,
            self.datasets.count_snapshots(project, source.name),
        )

    def _kept(self, project: str, source: SourceDefinition) -> tuple[int, int | None, int | None]:
        name = table_of(project, source.name)
        if self.tables.version(name) is None:
            return 0, None, None
        at = pl.col(source.event_time).to_physical()
        row = self.tables.scan(name).select(pl.len().alias("rows"), at.min().alias("first"), at.max().alias("last")).collect().row(0)
        return int(row[0]), row[1], row[2]

    def _source(self, project: str, name: str) -> tuple[SourceDefinition, EntityDefinition]:
        return _source_in(self.definition(project), name)

    def _rules(self, project: str, name: str) -> Rules:
        definition = self.definition(project)
        source, entity = _source_in(definition, name)
        schema, now = self.datasets.find_schema(project, name), self.clock()
        if definition.clock == "wall":
            return Rules(source, entity, schema, now + AHEAD, None)
        with self.db.read() as tx:
            watermark = self.events.watermark(tx, project)
        if watermark is None:
            return Rules(source, entity, schema, now + AHEAD, ALWAYS)
        latest, days, event_time = min(watermark + AHEAD_OF_WATERMARK, now + AHEAD), AHEAD_OF_WATERMARK.days, iso(watermark)
        advice = f"advance the watermark first, rows may be {days} days ahead of the project's event time, which is {event_time}"
        return Rules(source, entity, schema, latest, micros(watermark), advice)

    def _live_since(self, project: str, names: Iterable[str]) -> dict[str, datetime]:
        with self.db.read() as tx:
            known = {name: sql.find_source(tx, project, name) for name in sorted(names)}
        return {name: each.live_since for name, each in known.items() if each is not None and each.live_since is not None}

    def _catch_up(self, project: str, source: str, feed: _Feed) -> None:
        """Bring the online store up to the journal, so that a row that is sent again after a refusal is known. Raises Unavailable."""
        while feed.behind:
            put_events(self.online, project, source, *feed.behind[0])
            feed.behind.pop(0)

    def _fresh(self, project: str, rules: Rules, feed: _Feed, events: Sequence[Event]) -> list[Event]:
        """The events that are not the last one of their key, event time and `known_at` already, with arrival and order."""
        found: list[Event] = []
        arrived = micros(self.clock()) if rules.arrived is None else rules.arrived
        last: dict[tuple[bytes, int, Value], bytes] = {}
        order = max(feed.order, micros(self.clock()) - 1)
        layouts, seen, after = Layouts(self.online), set[tuple[bytes, int]](), round(rules.source.known_after_seconds * 1_000_000)
        for event in events:
            stream = stream_of(project, rules.source.name, event.entity)
            if (stream, event.at) not in seen:
                seen.add((stream, event.at))
                there = self.online.range(stream, event.at - 1, event.at)
                known = _known_times(layouts, rules.source, [packed for _, _, packed in there])
                last.update(
                    {
                        (stream, event.at, event.at + after if at is None else at): identity_of(each[2])
                        for at, each in zip(known, there, strict=True)
                    }
                )
                order = max([order, *(int.from_bytes(each[1]) for each in there)])
            own = event.values[-1] if rules.source.known_at is not None else None
            own = event.at + after if own is None else own
            if last.get((stream, event.at, own)) != event.identity:
                last[stream, event.at, own] = event.identity
                found.append(event)
        return [replace(event, arrived=arrived, order=order + place) for place, event in enumerate(found, 1)]

    def _flush(self, project: str, name: str, feed: _Feed) -> int:
        with self.db.read() as tx:
            known = sql.find_source(tx, project, name)
        if known is None:
            raise NotFound("source", name, "apply its project again: meguri apply FOLDER")
        table, moved = table_of(project, name), 0
        with feed.flushing:
            with feed.mutex:
                self._catch_up(project, name, feed)
                feed.queue.seal()
            self.online.flush()  # before the journal forgets a row, it is on the disk in two other places
            for segment, batches in feed.queue.sealed():
                frames = [source_frame(known.source, known.entity, batch.layout, batch.events) for batch in batches]
                self.tables.append(table, pl.concat(frames, how="diagonal"), token=(feed.queue.name, segment))
                feed.queue.drop(segment)
                count = sum(len(batch.events) for batch in batches)
                moved += count
                with feed.mutex:
                    feed.waiting = max(feed.waiting - count, 0)
            self.tables.compact(table)
        return moved

    def _fill(self, project: str, known: sql.DeclaredSource) -> None:
        """Fill an online store that was lost (a new disk, a power cut), or that an older release wrote, from the table."""
        source, entity = known.source, known.entity
        if is_filled(self.online, project, source.name):
            return
        self.online.delete_before(former_source_of(project, source.name), NEVER)
        if self.tables.version(table_of(project, source.name)) is not None:
            whole = _with_all_columns(self.tables.scan(table_of(project, source.name)).collect_schema(), source, entity)
            layout = Layout.of(whole)
            rows = source_rows(self.tables, project, whole, entity).collect()
            for part in rows.iter_slices(_FILL):
                put_events(self.online, project, source.name, layout, events_of(whole, entity, layout, part))
        mark_filled(self.online, project, source.name)

    def _feed(self, project: str, source: str) -> _Feed:
        with self._mutex:
            feed = self._feeds.get((project, source))
            if feed is None:
                for at in self._live_since(project, [source]).values():  # before the first row: where it is missing, arrivals always count
                    put_live_since(self.online, project, source, micros(at))
                feed = self._feeds[project, source] = _Feed(PushQueue(self.journals, project, source))
            return feed

    def _node(self, tx: Connection, project: str, kind: str, name: str, origin: str = "", names: Sequence[str] = ()) -> None:
        node = self.lineage.node(tx, kind, f"{project}/{name}", project=project, label=name)
        for each in names:
            self.lineage.edge(tx, self.lineage.node(tx, origin, f"{project}/{each}", project=project, label=each), node, "derived_from")


def _source_in(definition: ProjectDefinition, name: str) -> tuple[SourceDefinition, EntityDefinition]:
    for source in definition.sources:
        if source.name == name:
            return source, next(each for each in definition.entities if each.name == source.entity)
    declared = ", ".join(each.name for each in definition.sources) or "none"
    raise NotFound("source", name, f"project {definition.name!r} declares {declared}")


def _with_all_columns(schema: pl.Schema, source: SourceDefinition, entity: EntityDefinition) -> SourceDefinition:
    """The source with all columns that its table has: a model version in use may need one that is declared no longer."""
    kinds = {dtype: name for name, dtype in POLARS.items()}
    declared = {entity.key, source.event_time, source.known_at, *source.columns}
    former = {name: kinds[dtype] for name, dtype in schema.items() if name not in declared and dtype in kinds and name[0] != "_"}
    return replace(source, columns={**source.columns, **former})


def _known_times(layouts: Layouts, source: SourceDefinition, packed: Sequence[bytes]) -> list[Value]:
    """The `known_at` of packed events; None where they have none."""
    if source.known_at is None or not packed:
        return [None] * len(packed)
    column = layouts.unpack(packed, {source.known_at: "datetime"})[source.known_at]
    return [value if there else None for value, there in zip(column.values.tolist(), column.present.tolist(), strict=True)]


def _ensure_compatible(
    source: SourceDefinition, entity: EntityDefinition, former: SourceDefinition, former_entity: EntityDefinition
) -> None:
    if (source.event_time, entity.key) != (former.event_time, former_entity.key):
        why = f"its event time and key were {former.event_time!r} and {former_entity.key!r}"
        raise Conflict(f"source {source.name!r}: {why}, and its rows are written so: declare a source of another name", source=source.name)
    before = columns_of(former, former_entity)
    for name, dtype in columns_of(source, entity).items():
        if before.get(name, dtype) != dtype:
            raise Conflict(
                f"source {source.name!r}: column {name!r} was {before[name]} and would be {dtype}: give the new values another column name",
                source=source.name,
                column=name,
            )
