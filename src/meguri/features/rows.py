"""Events as values: how they are read from JSON, how they are compared, and their packed form in the online store.

A packed event is its layout's id (8 bytes), its arrival (8 bytes), its identity (8 bytes), a bitmap of missing values, 8 bytes for each
column that is not text, and the texts in msgpack. Layouts are stored beside the events, so that events written under an older declaration
of a source stay readable.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from meguri.core.definitions.features import DType, SourceDefinition
from meguri.core.errors import Invalid
from meguri.core.times import from_micros, iso, micros, parse_time

Value: TypeAlias = float | int | str | bool | None
"""A column's value; a moment is an int of microseconds since 1970 (UTC)."""

Key: TypeAlias = str | int
"""What names an entity."""

ALWAYS = -(1 << 63)
"""The arrival of an event that counts as having arrived at the moment at which it was known."""

LONGEST_TEXT = 65_536
_LARGEST_INT = 1 << 63

_ARRIVED = struct.Struct("<q")
_HEAD = 24
_MISSING = "missing"

_msgpack = msgspec.msgpack.Encoder()


UnfitKind = Literal["type", "missing", "non_finite", "range", "future", "hour", "unseen"]


class Unfit(Exception):
    """A value that does not fit its column. `kind` is for counting; `why` names what is wrong and what to send."""

    def __init__(self, kind: UnfitKind, why: str) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a source: entity key, event time in microseconds, and the values in the order of a layout.

    `identity` is a hash of the content. `arrived` is the moment of arrival in microseconds (ALWAYS: it does not count). `order` is a number
    that grows with each row of one source: of the rows with one key and event time, the later ones are corrections.
    """

    entity: Key
    at: int
    values: tuple[Value, ...]
    identity: bytes
    arrived: int = ALWAYS
    order: int = 0

    @property
    def order_key(self) -> bytes:
        """`order` as 8 bytes that sort as the number does."""
        return self.order.to_bytes(8)


@dataclass(frozen=True, slots=True)
class Column:
    """Values, each with a flag: present or missing. What `values` has at a missing place has no meaning."""

    values: npt.NDArray[Any]  # Any: float64, int64, bool or object (text)
    present: npt.NDArray[np.bool_]

    def take(self, index: npt.NDArray[np.int64]) -> Column:
        """The values at some places; a place of -1 is a missing value."""
        if not len(self.values):
            return Column(np.zeros(len(index), self.values.dtype), np.zeros(len(index), np.bool_))
        return Column(self.values[index], self.present[index] & (index >= 0))


@dataclass(frozen=True)
class Layout:
    """Names and types of an event's values, in order: the declared columns, then `known_at` where the source has one."""

    columns: tuple[tuple[str, DType], ...]

    @staticmethod
    def of(source: SourceDefinition) -> Layout:
        known: tuple[tuple[str, DType], ...] = ((source.known_at, "datetime"),) if source.known_at is not None else ()
        return Layout((*source.columns.items(), *known))

    @cached_property
    def id(self) -> bytes:
        return hashlib.blake2b(self.to_bytes(), digest_size=8).digest()

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    def to_bytes(self) -> bytes:
        return _msgpack.encode(self.columns)

    @staticmethod
    def from_bytes(content: bytes) -> Layout:
        return Layout(msgspec.msgpack.decode(content, type=tuple[tuple[str, DType], ...]))

    def event(self, entity: Key, at: int, values: Sequence[Value]) -> Event:
        """An event with its identity: equal events, whatever the order of their columns, have equal identities."""
        present = sorted((name, value) for name, value in zip(self.names, values, strict=True) if value is not None)
        digest = hashlib.blake2b(_msgpack.encode((entity, at, present)), digest_size=8).digest()
        return Event(entity, at, tuple(values), bytes((digest[0] & 0x7F,)) + digest[1:])  # so that it sorts alike as bytes and as int64

    def pack(self, event: Event) -> bytes:
        missing, fixed, texts = 0, [], []
        for position, ((_, dtype), value) in enumerate(zip(self.columns, event.values, strict=True)):
            if value is None:
                missing |= 1 << position
            if dtype == "str":
                texts.append(value)
            else:
                fixed.append(value or 0)
        bitmap = missing.to_bytes(self._bitmap_bytes, "little")
        head = self.id + _ARRIVED.pack(event.arrived) + event.identity
        return head + bitmap + self._struct.pack(*fixed) + (_msgpack.encode(texts) if texts else b"")

    def unpack(self, packed: Sequence[bytes], wanted: Container[str]) -> dict[str, Column]:
        """The wanted columns of many packed events of this layout, in their order."""
        end = self._dtype.itemsize
        records = np.frombuffer(b"".join([each[:end] for each in packed]), self._dtype)
        texts = [msgspec.msgpack.decode(each[end:]) for each in packed] if any(name in wanted for name in self._texts) else []
        found: dict[str, Column] = {}
        for position, (name, dtype) in enumerate(self.columns):
            if name not in wanted:
                continue
            present = (records[_MISSING][:, position // 8] & (1 << position % 8)) == 0
            if dtype == "str":
                place = self._texts.index(name)
                found[name] = Column(_objects([each[place] for each in texts]), present)
            else:
                values = records[str(position)]
                found[name] = Column(values.astype(np.bool_) if dtype == "bool" else values, present)
        return found

    @cached_property
    def _texts(self) -> list[str]:
        return [name for name, dtype in self.columns if dtype == "str"]

    @cached_property
    def _bitmap_bytes(self) -> int:
        return max(1, -(-len(self.columns) // 8))

    @cached_property
    def _struct(self) -> struct.Struct:
        return struct.Struct("<" + "".join("d" if dtype == "float" else "q" for _, dtype in self.columns if dtype != "str"))

    @cached_property
    def _dtype(self) -> np.dtype[Any]:  # Any: a structured type
        """Fields are called by the position of their column: a column may have any name."""
        kinds = [
            (str(position), "<f8" if dtype == "float" else "<i8") for position, (_, dtype) in enumerate(self.columns) if dtype != "str"
        ]
        return np.dtype([("head", f"V{_HEAD}"), (_MISSING, "u1", (self._bitmap_bytes,)), *kinds])


def layout_of(packed: bytes) -> bytes:
    """The id of the layout in which an event was packed."""
    return packed[:8]


def identity_of(packed: bytes) -> bytes:
    return packed[16:_HEAD]


def arrivals_of(packed: Sequence[bytes]) -> npt.NDArray[np.int64]:
    """When packed events arrived, in microseconds; ALWAYS where it does not count."""
    return np.frombuffer(b"".join([each[8:16] for each in packed]), "<i8").astype(np.int64)


def order_of(identity: bytes) -> int:
    """The order of an event that an older release stored without one: a number below 2**49, where those of today are about 2**51.

    `datasets.sources` makes the same number of the same identity.
    """
    return int.from_bytes(identity) >> 14


def empty_column(dtype: DType, size: int = 0) -> Column:
    """A column without a value that is there."""
    kinds: dict[DType, type] = {"float": np.float64, "int": np.int64, "datetime": np.int64, "bool": np.bool_, "str": object}
    return Column(np.zeros(size, kinds[dtype]), np.zeros(size, np.bool_))


def read_value(value: object, dtype: DType) -> Value:
    """A JSON value converted to the type of a column; null stays null. Raises Unfit."""
    return None if value is None else _READERS[dtype](value)


def read_key(value: object, dtype: DType, name: str) -> Key:
    """The value that names an entity, as a request may carry it (an int also as text, and the other way). Raises Invalid."""
    if dtype == "int":
        try:
            return int(str(value))
        except ValueError as error:
            raise Invalid(name, f"{value!r} is no whole number, and that is what names this entity") from error
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, bool | float) or not isinstance(value, str | int) or value == "":
        raise Invalid(name, f"{value!r} is no text, and that is what names this entity")
    return str(value)


def stream_of(project: str, source: str, entity: Key) -> bytes:
    """The online stream of one entity: 8 bytes of its source, 16 of its key, so keys may be as long as they like."""
    return source_of(project, source) + hashlib.blake2b(_msgpack.encode(entity), digest_size=16).digest()


def source_of(project: str, source: str) -> bytes:
    """The first 8 bytes of a source's streams. The number is that of the packed form: events of another form are not read."""
    return hashlib.blake2b(_msgpack.encode((project, source, 2)), digest_size=8).digest()


def former_source_of(project: str, source: str) -> bytes:
    """The same of the form that releases before 0.2 wrote."""
    return hashlib.blake2b(_msgpack.encode((project, source)), digest_size=8).digest()


def _read_int(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit("type", f"{_show(value)} is no whole number")
    if not -_LARGEST_INT <= value < _LARGEST_INT:
        raise Unfit("range", f"{value} does not fit in 64 bits")
    return value


def _read_float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit("type", f"{_show(value)} is no number")
    try:
        number = float(value)
    except OverflowError as error:
        raise Unfit("range", f"{_show(value)} is too large") from error
    if not math.isfinite(number):
        raise Unfit("non_finite", f"{number} is not finite: send null for a value that is missing")
    return number + 0.0  # no negative zero: it would be another value to a digest and the same to everyone else


def _read_bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit("type", f"{_show(value)} is not true or false")
    return value


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit("type", f"{_show(value)} is no text")
    if len(value) > LONGEST_TEXT:
        raise Unfit("range", f"a text of {len(value):,} characters, more than {LONGEST_TEXT:,}")
    return value


def _read_moment(value: object) -> int:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return micros(value)
    if isinstance(value, str):
        try:
            return micros(parse_time(value))
        except Invalid as error:
            raise Unfit("type", str(error.fields["why"])) from error
    raise Unfit("type", f"{_show(value)} is no time: send ISO 8601 with a zone, such as {iso(_as_epoch(value))}")


def _as_epoch(value: object) -> datetime:
    """What a number may mean: seconds, milliseconds, microseconds or nanoseconds since 1970, by its size; for the hint of an error."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1e8 <= abs(value) < 1e19:
        return datetime(2011, 5, 1, tzinfo=UTC)
    unit = next(unit for unit in (1, 1e3, 1e6, 1e9) if abs(value) / unit < 1e10)
    return from_micros(round(value / unit) * 1_000_000)


_READERS: Mapping[DType, Callable[[object], Value]] = {
    "int": _read_int,
    "float": _read_float,
    "bool": _read_bool,
    "str": _read_text,
    "datetime": _read_moment,
}


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _objects(values: Sequence[object]) -> npt.NDArray[np.object_]:
    array = np.empty(len(values), object)
    array[:] = values
    return array
