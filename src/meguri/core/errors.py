"""Errors: a class each (the code), a message for people and fields for programs.

The text says what, which one, and what to do next; never a secret or a stack.
"""

from __future__ import annotations

from typing import Any


class MeguriError(Exception):
    """The parent of everything that meguri raises on purpose."""

    def __init__(self, message: str, **fields: Any) -> None:  # Any: fields are JSON for programs
        super().__init__(message)
        self.message = message
        self.fields = fields


class Invalid(MeguriError):
    """A value that cannot be accepted: `field` names it, `why` says what is wrong and what to send instead."""

    def __init__(self, field: str, why: str, **more: Any) -> None:  # Any: as above
        super().__init__(f"{field}: {why}", field=field, why=why, **more)


class TooLarge(Invalid):
    """The body of a request is larger than its route takes."""


class NotFound(MeguriError):
    """There is no item of that kind with that key, or the caller may not see it."""

    def __init__(self, kind: str, key: str, hint: str = "") -> None:
        text = f"no {kind.replace('_', ' ')} {key!r}"
        super().__init__(f"{text}: {hint}" if hint else text, kind=kind, key=key)


class AlreadyExists(MeguriError):
    """There is an item of that kind with that key already."""

    def __init__(self, kind: str, key: str, hint: str = "") -> None:
        text = f"{kind.replace('_', ' ')} {key!r} exists already"
        super().__init__(f"{text}: {hint}" if hint else text, kind=kind, key=key)


class Conflict(MeguriError):
    """The item is in a state that does not allow this."""


class RunFinished(Conflict):
    """A finished run takes no more points, parameters or artifacts."""

    def __init__(self, run: str) -> None:
        super().__init__(f"run {run!r} is finished and takes nothing more: start a new run with meguri.init()", run=run)


class NotPromotable(Conflict):
    """The version did not pass a validation gate."""

    def __init__(self, version: str, gate: str, why: str) -> None:
        super().__init__(f"{version} is not promotable, gate {gate!r}: {why}", version=version, gate=gate, why=why)


class HomeInUse(Conflict):
    """Another process owns the home directory."""


class Unauthenticated(MeguriError):
    """No valid token or session came with the request."""


class Forbidden(MeguriError):
    """The caller may not do this."""

    def __init__(self, action: str, resource: str, why: str = "") -> None:
        text = f"{action} on {resource} is not allowed"
        super().__init__(f"{text}: {why}" if why else text, action=action, resource=resource)


class LimitExceeded(MeguriError):
    """A bound was reached; try again after `retry_after` seconds."""

    def __init__(self, limit: str, retry_after: float) -> None:
        super().__init__(f"over the limit: {limit}", limit=limit, retry_after=retry_after)


class Unavailable(MeguriError):
    """A dependency does not answer or cannot store anything (a database, a full disk, a worker)."""

    def __init__(self, dependency: str, why: str = "") -> None:
        super().__init__(f"{dependency} is unavailable: {why}" if why else f"{dependency} is unavailable", dependency=dependency)


class Unsupported(MeguriError):
    """A feature that this version of meguri does not have."""

    def __init__(self, feature: str, hint: str = "") -> None:
        super().__init__(f"{feature} is not supported: {hint}" if hint else f"{feature} is not supported", feature=feature)


class Broken(MeguriError):
    """A defect in meguri itself; the server's log has the details."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"{method} {path} failed inside meguri: the server's log says why; nothing that was acknowledged is lost")
