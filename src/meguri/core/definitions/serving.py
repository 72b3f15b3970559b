"""Endpoints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EndpointDefinition:
    """A stable name that serves the champion of `model` with the inputs of feature service `features`."""

    name: str
    model: str
    features: str
    description: str = ""
