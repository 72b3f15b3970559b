"""What may be a name: it stands in addresses, in file names and in the names of tables."""

from __future__ import annotations

import re

from meguri.core.errors import Invalid

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def ensure_slug(kind: str, name: str) -> str:
    """A name of a project, entity, source, view, service, endpoint, monitor or trigger. Raises Invalid."""
    if not _SLUG.fullmatch(name):
        raise Invalid(kind, f"{name[:80]!r} is no name for it: up to 63 lower-case letters, digits, '-' and '_', a letter or digit first")
    return name


def ensure_function_name(kind: str, name: str) -> str:
    """A name of a pipeline, which is that of its function. Raises Invalid."""
    if not name.isidentifier() or len(name) > 63:
        raise Invalid(kind, f"{name[:80]!r} is no name for it: up to 63 letters, digits and '_', as a function is named")
    return name
