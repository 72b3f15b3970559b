"""JSON values as they are decoded."""

from __future__ import annotations

from typing import Any

Json = Any
"""Whatever JSON can hold."""

JsonObject = dict[str, Any]
"""A JSON object. For what is truly free, such as the payload of an event; everything else has a type of its own."""
