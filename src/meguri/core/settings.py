"""Settings: one frozen tree, read once from defaults < `meguri.toml` < `MEGURI_*`, handed down in slices."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from meguri.core.errors import Invalid

DEFAULT_PORT = 8321


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the home is and how the server listens.

    `home`: the folder of everything. `host`, `port`: the server's address (loopback by default; port 0 takes a free one).
    `database`: SQLAlchemy URL of the ledger; empty for SQLite in the home. `allowed_hosts`: further `Host` values to answer to.
    `worker_threads`: threads of a step worker's numeric libraries (fixed, so that results repeat).
    `watermark_seconds`: how often the watermark of a project on the wall clock is advanced. `log_format`: `prose` or `json`.
    """

    home: Path = field(default_factory=lambda: Path(".meguri"))
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    database: str = ""
    allowed_hosts: tuple[str, ...] = ()
    worker_threads: int = 1
    watermark_seconds: float = 5.0
    log_format: str = "prose"

    def with_values(self, values: Mapping[str, object], origin: str) -> Settings:
        """These settings with some replaced. Raises Invalid naming the setting and where it came from."""
        known = {each.name for each in fields(self)}
        read: dict[str, object] = {}
        for name, value in values.items():
            if name not in known:
                raise Invalid(name, f"{origin} has no such setting: known are {', '.join(sorted(known))}")
            read[name] = _read(name, value, origin)
        return replace(self, **read)  # type: ignore[arg-type]  # each value was read as its field's type just above


def read_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """Defaults, then `meguri.toml` in the folder, then `MEGURI_*`. Raises Invalid."""
    settings = Settings()
    file = folder / "meguri.toml"
    if file.is_file():
        try:
            settings = settings.with_values(tomllib.loads(file.read_text()), str(file))
        except tomllib.TOMLDecodeError as error:
            raise Invalid(str(file), f"is not TOML: {error}") from error
    known = {each.name for each in fields(Settings)}
    given = {name[7:].lower(): value for name, value in environment.items() if name.startswith("MEGURI_")}
    return settings.with_values({name: value for name, value in given.items() if name in known}, "the environment (MEGURI_*)")


def _read(name: str, value: object, origin: str) -> object:
    if name == "home":
        return Path(str(value)).expanduser()
    if name == "allowed_hosts":
        return (
            tuple(value.split(","))
            if isinstance(value, str)
            else tuple(str(each) for each in value)
            if isinstance(value, list | tuple)
            else ()
        )
    if name in ("port", "worker_threads"):
        try:
            return int(str(value))
        except ValueError as error:
            raise Invalid(name, f"{origin} says {value!r}, which is not a whole number") from error
    if name == "watermark_seconds":
        try:
            return float(str(value))
        except ValueError as error:
            raise Invalid(name, f"{origin} says {value!r}, which is not a number of seconds") from error
    return str(value)
