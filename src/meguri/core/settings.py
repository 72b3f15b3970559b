"""Settings: one frozen value, read from defaults, `meguri.toml`, `MEGURI_*` and the command line, in this order."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec

from meguri.core.errors import Invalid

DEFAULT_PORT = 8321

Auth = Literal["on", "off"]
LogFormat = Literal["prose", "json"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the home directory is and how the server listens.

    `home`: the home directory, which holds everything. `host`, `port`: the server's address (loopback by default; port 0 takes a free one).
    `database`: SQLAlchemy URL of the ledger; empty for SQLite in the home directory. `allowed_hosts`: further `Host` values to answer to.
    `trusted_proxies`: addresses or networks (`127.0.0.1`, `10.0.0.0/8`) of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are
    believed; none by default, since every program on such an address can choose the address that it seems to come from.
    In an environment variable the members of a list are separated by commas.
    `auth`: `off` makes everybody on this machine the administrator (on loopback only). `rate_limit`: requests a second that one
    user may send, twice as many at once; 0 for no limit.
    `worker_threads`: threads of a step worker's numeric libraries (fixed, so that results repeat).
    `pass_environment`: environment variables that steps and endpoints get beside the few that every program needs (`HF_HOME`, `AWS_*`).
    `tls_cert`, `tls_key`: PEM files; with both the server answers HTTPS.
    `watermark_seconds`: how often the watermark of a project on the wall clock is advanced. `log_format`: `prose` or `json`.
    """

    home: Path = field(default_factory=lambda: Path(".meguri"))
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    database: str = ""
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    auth: Auth = "on"
    rate_limit: Annotated[float, msgspec.Meta(ge=0)] = 1_000.0
    worker_threads: int = 1
    pass_environment: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    watermark_seconds: float = 5.0
    log_format: LogFormat = "prose"

    def with_values(self, values: Mapping[str, object], origin: str) -> Settings:
        """These settings with some replaced; texts are read as what the setting is. Raises Invalid naming the setting and its origin."""
        types = get_type_hints(Settings, include_extras=True)
        read: dict[str, Any] = {}  # Any: each setting's own type
        for name, value in values.items():
            if name not in types:
                raise Invalid(name, f"{origin} has no such setting: known are {', '.join(sorted(types))}")
            if isinstance(value, str) and types[name] == tuple[str, ...]:
                value = [each.strip() for each in value.split(",") if each.strip()]
            try:
                read[name] = msgspec.convert(value, types[name], strict=False, dec_hook=_read_path)
            except msgspec.ValidationError as error:
                raise Invalid(name, f"{origin} says {value!r}: {error}") from error
        return replace(self, **read)


def read_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """Defaults, then `meguri.toml` in the folder, then `MEGURI_*`. Raises Invalid."""
    settings = Settings()
    file = folder / "meguri.toml"
    if file.is_file():
        try:
            settings = settings.with_values(tomllib.loads(file.read_text()), str(file))
        except tomllib.TOMLDecodeError as error:
            raise Invalid(str(file), f"is not TOML: {error}") from error
    given = {each.name: environment[name] for each in fields(Settings) if (name := f"MEGURI_{each.name.upper()}") in environment}
    return settings.with_values(given, "the environment (MEGURI_*)")


def _read_path(kind: type, value: object) -> Path:
    if kind is not Path or not isinstance(value, str | Path):
        raise msgspec.ValidationError(f"Expected a path, got {type(value).__name__}")
    return Path(value).expanduser()
