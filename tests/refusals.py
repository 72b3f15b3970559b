"""Refusals are compared by what programs read: class and fields. The texts for people are tested in tests/integration/errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from meguri.core.errors import MeguriError


@contextmanager
def refused(error: type[MeguriError], /, **fields: object) -> Iterator[None]:
    """The block raises an error of that very class with at least these fields."""
    with pytest.raises(error) as raised:
        yield
    assert raised.type is error
    assert {name: raised.value.fields.get(name) for name in fields} == fields
