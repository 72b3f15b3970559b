"""Opens promotions and evaluates their gates."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import Connection

from meguri.core.definitions.automation import GateDefinition
from meguri.core.definitions.features import FeatureSet
from meguri.core.errors import MeguriError, NotFound, NotPromotable, Unavailable
from meguri.core.ids import ModelVersionId, NewId, PromotionId
from meguri.core.json import JsonObject
from meguri.core.times import Clock, from_micros, iso
from meguri.db.engine import Database
from meguri.delivery import tables
from meguri.delivery.gate import DaySums, Verdict, evaluate
from meguri.delivery.model import Promotion, Status
from meguri.events.service import Events
from meguri.features.service import Features
from meguri.jobs.model import JobContext
from meguri.jobs.service import Jobs
from meguri.lineage.service import Lineage, Node
from meguri.registry.model import Evaluation, ModelVersion
from meguri.registry.projects import Projects
from meguri.registry.service import Registry

logger = logging.getLogger(__name__)

JOB = "promotion.evaluate"


class Score(Protocol):
    """Gives a version's predictions for rows, computed in a worker."""

    def __call__(self, project: str, version: ModelVersionId, frame: pl.DataFrame) -> NDArray[np.float64]: ...


class Delivery:
    """A challenger becomes champion only here, after its gate (or by hand, through the registry's alias)."""

    def __init__(
        self,
        db: Database,
        events: Events,
        lineage: Lineage,
        jobs: Jobs,
        registry: Registry,
        features: Features,
        score: Score,
        projects: Projects,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self.db, self.events, self.lineage, self.jobs = db, events, lineage, jobs
        self.registry, self.features, self.score = registry, features, score
        self.projects, self.clock, self.new_id = projects, clock, new_id

    def open(self, tx: Connection, project: str, endpoint: str, challenger: ModelVersionId, gate: GateDefinition) -> Promotion:
        """Ask for a version to become champion; the gate evaluates it next. Raises NotFound."""
        version = self.registry.get_version(tx, challenger)
        champion = self.registry.find_alias(tx, project, version.model, "champion")
        promotion = Promotion(
            PromotionId(self.new_id("prom")),
            project,
            endpoint,
            version.model,
            challenger,
            None if champion is None else champion.id,
            "open",
            gate,
            self._now(tx, project),
            None,
            self.clock(),
            None,
        )
        tables.add_promotion(tx, promotion)
        self.registry.set_alias(tx, project, version.model, "challenger", challenger)
        payload = {
            "model": version.model,
            "number": version.number,
            "challenger": challenger,
            "champion": promotion.champion,
            "endpoint": endpoint,
        }
        self.events.add(tx, "promotion.opened", project=project, subject=promotion.id, payload=payload)
        self.jobs.enqueue(tx, JOB, f"evaluate:{promotion.id}", project=project, payload={"promotion": promotion.id}, subject=promotion.id)
        return promotion

    def evaluate(self, context: JobContext, payload: JsonObject) -> JsonObject:
        """The job: score both versions on held-out rows, and approve or reject.

        An evaluation that fails is a rejection with its reason; where a disk or the database is not available, it is tried again later.
        """
        while True:
            with self.db.read() as tx:
                promotion = tables.get_promotion(tx, payload["promotion"])
                challenger = self.registry.get_version(tx, promotion.challenger)
                champion = self.registry.find_champion(tx, promotion.project, promotion.model)
            if promotion.status != "open":
                return {"status": promotion.status}
            days: DaySums | None = None
            try:
                verdict, days = self._compare(promotion, challenger, champion)
            except Exception as error:  # whatever an evaluation raises, a promotion must not stay open
                if isinstance(error, Unavailable) and not context.is_last_try:
                    raise
                logger.exception("promotion not evaluated", extra={"promotion": promotion.id})
                why = error.message if isinstance(error, MeguriError) else f"{type(error).__name__}: {error}"
                verdict = Verdict(False, f"it could not be evaluated: {why}", promotion.gate.metric, 0, 0)
            if self._decide(promotion, challenger, champion, verdict, days):
                return {"status": "approved" if verdict.passed else "rejected"}

    def _compare(self, promotion: Promotion, challenger: ModelVersion, champion: ModelVersion | None) -> tuple[Verdict, DaySums | None]:
        """Both versions on the same held-out rows, each with the features that it was trained with."""
        cutoffs = [_cutoff(version) for version in (challenger, champion) if version is not None]
        since = max(cutoffs)
        chosen, frame = self._held_out(promotion, challenger, since)
        former = None
        if champion is not None:
            its_set, former = self._held_out(promotion, champion, since)
            _ensure_comparable(champion, its_set, chosen)
            keys = [chosen.entity.key, chosen.source.event_time]
            frame, former = (one.join(other, on=keys, how="semi").sort(*keys) for one, other in ((frame, former), (former, frame)))
        if frame.height == 0:
            span = f"between the training cut-off {iso(since)} and {iso(promotion.until)}"
            why = f"no row with a label lies {span}: give the pipeline a holdout"
            return Verdict(False, why, promotion.gate.metric, 0, 0), None
        times, labels = event_micros(frame, chosen), frame[chosen.service.label].cast(pl.Float64).to_numpy()
        ensure_no_overlap(times, cutoffs)
        now = DaySums.of(times, labels, self.score(promotion.project, challenger.id, frame))
        if champion is None or former is None:
            before = DaySums.of(times, labels, np.full(len(labels), (challenger.spec.mean_predictor or {}).get("value", 0.0)))
            verdict = evaluate(promotion.gate, before, now, seed=f"mean:{challenger.number}")
            return replace(verdict, why=f"against the mean of the training labels: {verdict.why}"), now
        before = DaySums.of(times, labels, self.score(promotion.project, champion.id, former))
        return evaluate(promotion.gate, before, now, seed=f"{champion.number}:{challenger.number}"), now

    def _held_out(self, promotion: Promotion, version: ModelVersion, since: datetime) -> tuple[FeatureSet, pl.DataFrame]:
        """The labelled rows since the cut-off, with the features of a version."""
        with self.db.read() as tx:
            chosen = self.projects.features_of(tx, version) or self._declared_features(tx, promotion)
        until = promotion.until
        frame = self.features.training_frame(promotion.project, chosen, before=until, known_by=until, since=since)
        label = pl.col(chosen.service.label)
        return chosen, frame.filter(label.is_not_null() & label.is_not_nan())

    def _decide(
        self, promotion: Promotion, challenger: ModelVersion, champion: ModelVersion | None, verdict: Verdict, days: DaySums | None
    ) -> bool:
        """Store the decision. False, with nothing decided, where another version has become champion since: that one is to be compared."""
        status: Status = "approved" if verdict.passed else "rejected"
        former = None if champion is None else champion.id
        evidence = msgspec.to_builtins(verdict)
        with self.db.write() as tx:
            now = self.registry.find_champion(tx, promotion.project, promotion.model)
            if (None if now is None else now.id) != former:
                return False
            decided = replace(promotion, status=status, champion=former, verdict=verdict, decided_at=self.clock())
            tables.decide(tx, decided)
            if days is not None:
                evaluation = {"metric": promotion.gate.metric, "days": days.as_json()}
                self.registry.record_evaluation(tx, challenger.id, msgspec.convert(evaluation, Evaluation))
            payload = {
                "model": promotion.model,
                "number": challenger.number,
                "challenger": challenger.id,
                "champion": former,
                "champion_number": None if champion is None else champion.number,
                "endpoint": promotion.endpoint,
                "gate": "first" if champion is None else "better than the champion",
                "evidence": evidence,
            }
            self.events.add(tx, f"promotion.{status}", project=promotion.project, subject=promotion.id, payload=payload)
            self._note_lineage(tx, promotion, challenger)
            if verdict.passed:
                self.registry.set_alias(
                    tx, promotion.project, promotion.model, "champion", challenger.id, reason=f"promotion:{promotion.id}"
                )
        return True

    def _note_lineage(self, tx: Connection, promotion: Promotion, challenger: ModelVersion) -> None:
        label = f"gate of {promotion.model} {challenger.number}"
        node = self.lineage.node(tx, "promotion", promotion.id, project=promotion.project, label=label)
        self.lineage.edge(tx, Node("model_version", challenger.id), node, "evaluated")

    def _declared_features(self, tx: Connection, promotion: Promotion) -> FeatureSet:
        definition = self.projects.find_definition(tx, promotion.project)
        declared = definition.endpoints if definition is not None else ()
        endpoint = next((each for each in declared if each.name == promotion.endpoint), None)
        if definition is None or endpoint is None:
            raise NotFound("endpoint", promotion.endpoint, "declare it in the project and apply the project again")
        return definition.feature_set(endpoint.features)

    def _now(self, tx: Connection, project: str) -> datetime:
        """The project's time: its watermark, or the clock's for a project on the wall clock."""
        definition = self.projects.find_definition(tx, project)
        watermark = self.events.watermark(tx, project) if definition is not None and definition.clock == "event" else None
        return watermark or self.clock()

    def get(self, id: str) -> Promotion:
        """Raises NotFound."""
        with self.db.read() as tx:
            return tables.get_promotion(tx, id)

    def project_of(self, tx: Connection, id: str) -> str:
        """Raises NotFound."""
        return tables.get_promotion(tx, id).project

    def list(
        self, project: str, *, challenger: str | None = None, limit: int = 100, before: tuple[int, str] | None = None
    ) -> list[Promotion]:
        """The newest first. `before`: opening time (microseconds since 1970) and id of the promotion after which to begin."""
        with self.db.read() as tx:
            return tables.list_promotions(tx, project, challenger=challenger, limit=limit, before=before)

    def count(self, project: str) -> dict[Status, int]:
        """Promotions by status."""
        with self.db.read() as tx:
            return tables.count_promotions(tx, project)


def event_micros(frame: pl.DataFrame, feature_set: FeatureSet) -> NDArray[np.int64]:
    """Event times of the rows, in microseconds since 1970."""
    return frame[feature_set.source.event_time].dt.epoch("us").to_numpy().astype(np.int64)


def _ensure_comparable(champion: ModelVersion, its_set: FeatureSet, chosen: FeatureSet) -> None:
    """Raises NotPromotable where two versions do not predict the same of the same rows."""
    pairs = {
        "source": (its_set.source.name, chosen.source.name),
        "label": (its_set.service.label, chosen.service.label),
        "key": (its_set.entity.key, chosen.entity.key),
        "event time": (its_set.source.event_time, chosen.source.event_time),
    }
    for what, (its, ours) in pairs.items():
        if its != ours:
            why = f"the {what} of the champion {champion.label} is {its!r}, that of the challenger {ours!r}, so there are no rows to pair"
            raise NotPromotable("the challenger", "held-out rows", f"{why}: move the alias champion by hand")


def _cutoff(version: ModelVersion) -> datetime:
    if version.cutoff is None:
        raise NotPromotable(
            version.id, "held-out rows", "its training cut-off is not known, so no row is surely later: train it in a pipeline"
        )
    return version.cutoff


def ensure_no_overlap(event_us: NDArray[np.int64], cutoffs: list[datetime]) -> None:
    """Raises NotPromotable where a held-out row is not later than each training cut-off."""
    earliest = from_micros(int(event_us.min()))
    if earliest < max(cutoffs):
        why = f"held-out rows begin at {iso(earliest)}, before the training cut-off {iso(max(cutoffs))}: the comparison would be too good"
        raise NotPromotable("the challenger", "held-out rows", why)
