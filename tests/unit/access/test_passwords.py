from __future__ import annotations

import pytest

from meguri.access.passwords import LONGEST, SHORTEST, hash_password, verify_password
from meguri.core.errors import Invalid


def test_a_password_is_verified_by_its_hash_alone() -> None:
    hashed = hash_password("correct horse battery")
    assert hashed.startswith("$argon2id$") and "correct" not in hashed
    assert verify_password("correct horse battery", hashed)
    assert not verify_password("correct horse batterz", hashed)
    assert hash_password("correct horse battery") != hashed  # another salt


@pytest.mark.parametrize("password", ["", "x" * (SHORTEST - 1), "x" * (LONGEST + 1)])
def test_passwords_that_are_too_short_or_too_long_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        hash_password(password)


def test_without_a_hash_or_with_a_broken_one_no_password_is_right() -> None:
    assert not verify_password("anything at all", None)
    assert not verify_password("anything at all", "not a hash")
    assert not verify_password("x" * (LONGEST + 1), hash_password("x" * LONGEST))
