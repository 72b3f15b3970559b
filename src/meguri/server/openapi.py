"""The OpenAPI document, made from the routes and the types that they decode and answer with."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from meguri.access.routes import OPEN, Route
from meguri.core.json import JsonObject

_KINDS = {str: "string", int: "integer", float: "number", bool: "boolean", list: "string"}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {name: {"type": "integer" if name == "status" else "string"} for name in ("type", "title", "status", "detail", "code")},
}


def document(routes: Sequence[Route], version: str) -> JsonObject:
    """OpenAPI 3.1 of all routes."""
    types = [each for route in routes for each in (route.body, route.answer) if each is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip((id(each) for each in types), schemas, strict=True))
    paths: dict[str, JsonObject] = {}
    for route in sorted(routes, key=lambda each: (each.path, each.method)):
        path = re.sub(r":path}", "}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "meguri", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, schema_of: dict[int, JsonObject]) -> JsonObject:
    inputs = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)(?::path)?}", route.path)
    ] + [{"name": name, "in": "query", "schema": {"type": _KINDS[kind]}} for name, kind in route.query.items()]
    operation: JsonObject = {
        "summary": route.summary,
        "operationId": f"{route.method.lower()}_" + re.sub(r"\W+", "_", route.path.removeprefix("/api/v1/")).strip("_"),
        "tags": [route.permission.partition(":")[0]],
        "x-permission": route.permission,
        "responses": {
            **_answer(route, schema_of),
            "default": {
                "description": "a problem",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if inputs:
        operation["parameters"] = inputs
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_of[id(route.body)]}}}
    if route.permission != OPEN:
        operation["security"] = [{"token": []}]
    return operation


def _answer(route: Route, schema_of: dict[int, JsonObject]) -> JsonObject:
    """What a route answers when it succeeds: 204 without content where it has no type."""
    if route.answer is None:
        return {"204": {"description": "done"}}
    schema = {"type": "string", "format": "binary"} if route.answer is bytes else schema_of[id(route.answer)]
    return {str(route.status): {"description": "done", "content": {route.media_type: {"schema": schema}}}}
