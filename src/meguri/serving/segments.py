"""The prediction log of an endpoint: one write(2) before each answer, an index of ids, and a profile beside each sealed segment."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from meguri.core.definitions.models import Value
from meguri.core.errors import Invalid, Unavailable
from meguri.db.journal import START, Journal, Position, Segment
from meguri.profiles.cells import Values
from meguri.profiles.profile import DayProfiles
from meguri.profiles.reference import PREDICTION, Reference
from meguri.serving.deployment_specs import DeploymentSpec, replace_file

logger = logging.getLogger(__name__)

SEGMENT_BYTES = 8 << 20
"""A segment is sealed when it has grown beyond this, so that reading one record back costs a few milliseconds at most."""

REMEMBERED = 500_000
"""How many of the newest predictions of an endpoint are known by id: a request resent later than that is a new prediction."""

BUFFERED_ROWS = 512
_OFFSET_BITS = 40


class PredictionRecord(msgspec.Struct, frozen=True, gc=False):
    """One prediction as it was answered. `at`: event time, `received`: wall time (both microseconds); `inputs` in the model's order.

    `asked`: a digest of the whole request, to tell a resent request from another one with its id; 0 in records of v0.1.0a1.
    """

    id: str
    at: int
    received: int
    dep: str
    mv: str
    entity: Value
    inputs: tuple[Value, ...]
    output: float
    asked: int = 0


_decode = msgspec.msgpack.Decoder(PredictionRecord).decode
_encode = msgspec.msgpack.Encoder().encode


class ReferenceShelf:
    """The reference of every version that has predictions in the log, with the names of the model's inputs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[Reference, tuple[str, ...]] | None] = {}

    def put(self, spec: DeploymentSpec) -> None:
        """Keep the reference of a spec's version; doing it again changes nothing."""
        if spec.reference is None or self.find(spec.version) is not None:
            return
        reference = Reference.from_json(spec.reference).without_blocks()
        names = tuple(each.name for each in spec.model.inputs)
        content = msgspec.json.encode({"reference": reference.to_json(), "inputs": names})
        replace_file(self._folder / f"{spec.version}.json", content)
        self._known[spec.version] = (reference, names)

    def find(self, version: str) -> tuple[Reference, tuple[str, ...]] | None:
        if version not in self._known:
            self._known[version] = self._read(version)
        return self._known[version]

    def _read(self, version: str) -> tuple[Reference, tuple[str, ...]] | None:
        try:
            value = msgspec.json.decode((self._folder / f"{version}.json").read_bytes())
        except FileNotFoundError:
            return None
        return Reference.from_json(value["reference"]), tuple(value["inputs"])


class SegmentProfiles:
    """Counts of one segment by version and event day, filled in batches: a row costs about a microsecond when it comes."""

    def __init__(self, shelf: ReferenceShelf) -> None:
        self._shelf = shelf
        self._versions: dict[str, DayProfiles] = {}
        self._waiting: list[PredictionRecord] = []

    def add(self, records: Sequence[PredictionRecord]) -> None:
        self._waiting.extend(records)
        if len(self._waiting) >= BUFFERED_ROWS:
            self.count()

    def count(self) -> None:
        """Count what waits. A row that the reference cannot take is left out with a warning: it must not cost an answer."""
        waiting, self._waiting = self._waiting, []
        versions: dict[str, list[PredictionRecord]] = {}
        for record in waiting:
            versions.setdefault(record.mv, []).append(record)
        for version, records in versions.items():
            kept = self._shelf.find(version)
            if kept is None:
                continue
            reference, names = kept
            profiles = self._versions.setdefault(version, DayProfiles(reference))
            columns = _columns(reference, names, records)
            try:
                profiles.add([each.at for each in records], columns)
            except Invalid:
                logger.warning("rows left out of the profile", extra={"version": version, "rows": len(records)}, exc_info=True)

    def to_json(self) -> dict[str, Any]:  # Any: JSON
        """`{version: DayProfiles as JSON}`, with everything counted."""
        self.count()
        return {version: profiles.to_json() for version, profiles in sorted(self._versions.items())}


def _columns(reference: Reference, names: Sequence[str], records: Sequence[PredictionRecord]) -> dict[str, Values]:
    """Inputs by name with the prediction; numbers as one matrix, which takes a third of the time."""
    outputs = [each.output for each in records]
    rows = [each.inputs for each in records]
    if all(cells.kind != "text" for cells in reference.columns):
        try:
            matrix = np.array(rows, dtype=np.float64)
            return {**{name: matrix[:, place] for place, name in enumerate(names)}, PREDICTION: np.array(outputs)}
        except ValueError:  # a text among the numbers: found again, and named, column by column
            pass
    return {**dict(zip(names, zip(*rows, strict=True), strict=True)), PREDICTION: outputs}


class PredictionLog:
    """Appends predictions and remembers them by id. One process writes; `read_log` reads from any process.

    What `append` has returned survives the death of this process. Opening it seals what a former process wrote and writes the profiles
    that are missing, from the records themselves. Use it from one thread. Raises Conflict where another process writes this log.
    """

    def __init__(self, folder: Path, endpoint: str, *, segment_bytes: int = SEGMENT_BYTES, remembered: int = REMEMBERED) -> None:
        self.folder = folder / endpoint
        self.shelf = ReferenceShelf(self.folder / "references")
        self._journal = Journal(folder, endpoint, segment_bytes=1 << 40)
        self._segment_bytes, self._remembered = segment_bytes, remembered
        self._places: dict[str, int] = {}
        self._profiles = SegmentProfiles(self.shelf)
        self._end = Position(self._journal.seal(), 0)
        self.bytes = 0
        self._remember_all()
        self.write_missing_profiles()

    @property
    def segment(self) -> int:
        """The number of the segment that is written now."""
        return self._end.segment

    @property
    def remembered(self) -> int:
        return len(self._places)

    def append(self, records: Sequence[PredictionRecord]) -> None:
        """Keep all records or none. Raises Unavailable when the disk takes no more; then nothing was kept."""
        if self._end.offset >= self._segment_bytes:
            self.seal()
        end = self._journal.append([_encode(record) for record in records])
        start = self._end if end.segment == self._end.segment else Position(end.segment, 0)
        place = start.segment << _OFFSET_BITS | start.offset
        for record in records:
            self._remember(record.id, place)
        self.bytes += end.offset - start.offset
        self._end = end
        self._profiles.add(records)

    def find_all(self, ids: Sequence[str]) -> dict[str, PredictionRecord]:
        """The first record of each id that is remembered. Reads each segment concerned once."""
        wanted: dict[int, dict[str, int]] = {}
        for id in ids:
            place = self._places.get(id)
            if place is not None:
                wanted.setdefault(place >> _OFFSET_BITS, {})[id] = place & (1 << _OFFSET_BITS) - 1
        found: dict[str, PredictionRecord] = {}
        for segment, offsets in wanted.items():
            missing = set(offsets)
            for _, content in self._journal.read(Position(segment, min(offsets.values()))):
                record = _decode(content)
                if record.id in missing:
                    found[record.id] = record
                    missing.discard(record.id)
                    if not missing:
                        break
        return found

    def count_profiles(self) -> None:
        """Count the rows that wait in the buffer (called about once a second)."""
        self._profiles.count()

    def seal(self) -> int:
        """Close the segment, write its profile beside it; gives the number of the segment that is written from now on."""
        former = self._end
        number = self._journal.seal()
        if number != former.segment:
            profiles, self._profiles = self._profiles, SegmentProfiles(self.shelf)
            self._end = Position(number, 0)
            self._write_profile(former.segment, profiles)
        return number

    def write_missing_profiles(self) -> None:
        """Make the profile of every sealed segment that has none (the process was killed, or the disk was full)."""
        for segment in self._journal.segments():
            if segment.sealed and not profile_file(self.folder, segment.number).exists():
                profiles = SegmentProfiles(self.shelf)
                profiles.add(list(_records_of(self._journal, segment.number)))
                self._write_profile(segment.number, profiles)

    def close(self) -> None:
        self.seal()
        self._journal.close()

    def _write_profile(self, number: int, profiles: SegmentProfiles) -> None:
        try:
            replace_file(profile_file(self.folder, number), msgspec.json.encode(profiles.to_json()))
        except Unavailable:
            logger.warning("profile not written, it will be made from the log", extra={"segment": number}, exc_info=True)

    def _remember(self, id: str, place: int) -> None:
        self._places[id] = place
        if len(self._places) > self._remembered:
            del self._places[next(iter(self._places))]

    def _remember_all(self) -> None:
        before = START
        for position, content in self._journal.read():
            start = before if before.segment == position.segment else Position(position.segment, 0)
            id = _decode(content).id
            if id not in self._places:
                self._remember(id, start.segment << _OFFSET_BITS | start.offset)
            before = position


def read_log(folder: Path, endpoint: str, after: Position = START) -> Iterator[tuple[Position, PredictionRecord]]:
    """Records after a position, oldest first, each with the position behind it."""
    for position, content in Journal(folder, endpoint).read(after):
        yield position, _decode(content)


def read_segment(folder: Path, endpoint: str, number: int) -> list[PredictionRecord]:
    """All records of one segment, oldest first."""
    return list(_records_of(Journal(folder, endpoint), number))


def log_segments(folder: Path, endpoint: str) -> list[Segment]:
    """The segments of a log, oldest first."""
    return Journal(folder, endpoint).segments()


def drop_segments_before(folder: Path, endpoint: str, number: int) -> None:
    """Delete the sealed segments below a number, with their profiles."""
    journal = Journal(folder, endpoint)
    for segment in journal.segments():
        if segment.sealed and segment.number < number:
            profile_file(journal.path, segment.number).unlink(missing_ok=True)
    journal.drop_before(number)


def profile_file(folder: Path, number: int) -> Path:
    return folder / f"{number:012d}.profile.json"


def find_profile(folder: Path, endpoint: str, number: int) -> dict[str, Any] | None:  # Any: JSON
    """`{version: DayProfiles as JSON}` of a sealed segment; None where it is not written yet."""
    try:
        value: dict[str, Any] = msgspec.json.decode(profile_file(folder / endpoint, number).read_bytes())
    except FileNotFoundError:
        return None
    return value


def _records_of(journal: Journal, number: int) -> Iterator[PredictionRecord]:
    for position, content in journal.read(Position(number, 0)):
        if position.segment != number:
            return
        yield _decode(content)
