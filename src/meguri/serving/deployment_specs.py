"""The spec of an endpoint: all that its process needs, kept in one file, so that it serves and starts without the control plane."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from meguri.core.definitions.features import FeatureSet
from meguri.core.definitions.models import GoldenRow, ModelInput
from meguri.core.errors import Invalid, NotFound, Unavailable


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model's bytes (by digest), their format (`onnx` or `skops`), and its inputs in the order in which it takes them."""

    digest: str
    format: str
    inputs: tuple[ModelInput, ...]


@dataclass(frozen=True, slots=True)
class DeploymentSpec:
    """What an endpoint serves. A later revision replaces an earlier one.

    `name` and `number`: the version as people call it (`bikes` and 7). `reference`: JSON of its reference profile
    (`meguri.profiles.reference`), None to keep no profiles.
    """

    revision: int
    project: str
    endpoint: str
    port: int
    deployment: str
    version: str
    model: ServedModel
    feature_set: FeatureSet
    reference: dict[str, Any] | None = None  # Any: JSON
    golden: tuple[GoldenRow, ...] = ()
    name: str = ""
    number: int = 0
    on_event_time: bool = False

    @property
    def address(self) -> str:
        """`project/name` of the endpoint."""
        return f"{self.project}/{self.endpoint}"

    @property
    def label(self) -> str:
        """`bikes 7`."""
        return f"{self.name} {self.number}" if self.name else self.version

    def to_json(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")

    @staticmethod
    def from_json(content: bytes, origin: str) -> DeploymentSpec:
        """Raises Invalid for text that is no spec."""
        try:
            return msgspec.json.decode(content, type=DeploymentSpec)
        except msgspec.DecodeError as error:
            raise Invalid("spec", f"{origin} cannot be read ({error}): deploy the endpoint again") from error


def spec_file(home: Path, endpoint: str) -> Path:
    """The file of an endpoint, by its id."""
    return home / "specs" / f"{endpoint}.json"


def process_lock(home: Path, endpoint: str) -> Path:
    """The lock file of the process of an endpoint (by its id), with its address and the secret for its controls (see `core.lockfile`)."""
    return home / "specs" / f"{endpoint}.lock"


def find_endpoint_id(home: Path, address: str) -> str:
    """The id of a deployed endpoint by `project/name`, by its name where only one project has that, or by the id itself.

    Reads the spec files only, so it works while no server runs. Raises NotFound, and Invalid where several projects have the name.
    """
    if spec_file(home, address).is_file():
        return address
    project, _, name = address.rpartition("/")
    found = dict(_readable_specs(home))
    chosen = {id: spec for id, spec in found.items() if spec.endpoint == name and project in ("", spec.project)}
    if not chosen:
        known = ", ".join(sorted(spec.address for spec in found.values())) or "none"
        raise NotFound("endpoint", address, f"deployed in {home} are {known}: deploy a version to the endpoint first")
    if len(chosen) > 1:
        candidates = ", ".join(sorted(spec.address for spec in chosen.values()))
        raise Invalid("endpoint", f"several projects have an endpoint {name!r}: name one of {candidates}")
    return next(iter(chosen))


def _readable_specs(home: Path) -> Iterator[tuple[str, DeploymentSpec]]:
    """Endpoint ids with their specs, without those that cannot be read."""
    for file in sorted((home / "specs").glob("ep_*.json")):
        if "." not in file.stem:
            with suppress(Invalid):
                yield file.stem, read_spec(file)


def read_spec(file: Path) -> DeploymentSpec:
    """Raises NotFound where there is none, Invalid, Unavailable."""
    try:
        return DeploymentSpec.from_json(file.read_bytes(), str(file))
    except FileNotFoundError as error:
        raise NotFound("deployment_spec", file.stem, f"{file} does not exist: deploy a version to the endpoint first") from error
    except OSError as error:
        raise Unavailable("home", f"{file} cannot be read ({error.strerror})") from error


def write_spec(file: Path, spec: DeploymentSpec) -> None:
    """Replace the file whole: a reader sees the former spec or this one. Raises Unavailable."""
    replace_file(file, spec.to_json())


def replace_file(file: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all. Raises Unavailable."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unavailable("home", f"{file} cannot be written ({error.strerror}): free space or check the owner of the folder") from error
