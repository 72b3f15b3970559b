"""From our errors to HTTP: one table, RFC 9457 bodies."""

from __future__ import annotations

import math

import msgspec
from starlette.responses import Response

from meguri.core.errors import (
    AlreadyExists,
    Conflict,
    Forbidden,
    Invalid,
    LimitExceeded,
    MeguriError,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unsupported,
)

STATUS: dict[type[MeguriError], int] = {
    TooLarge: 413,
    Invalid: 422,
    NotFound: 404,
    AlreadyExists: 409,
    Conflict: 409,
    Forbidden: 403,
    Unauthenticated: 401,
    LimitExceeded: 429,
    Unsupported: 501,
    Unavailable: 503,
}


def status_of(error: MeguriError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem(error: MeguriError) -> Response:
    """The answer to a request that raised."""
    code, status = type(error).__name__, status_of(error)
    reserved = {"type", "title", "status", "detail", "code"}
    body = {
        "type": f"urn:meguri:error:{code}",
        "title": (type(error).__doc__ or code).splitlines()[0],
        "status": status,
        "detail": error.message,
        "code": code,
        **{name: value for name, value in error.fields.items() if name not in reserved},
    }
    headers = {}
    if isinstance(error, LimitExceeded):
        headers = {"Retry-After": f"{math.ceil(error.fields['retry_after'])}"}
    elif isinstance(error, Unauthenticated):
        headers = {"WWW-Authenticate": 'Bearer realm="meguri"'}
    if isinstance(error, TooLarge | Unauthenticated):
        headers["Connection"] = "close"  # the body was not read, and is not waited for
    return Response(msgspec.json.encode(body), status, headers, media_type="application/problem+json")
