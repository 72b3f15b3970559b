from __future__ import annotations

import json
import logging
import sys

import pytest

from meguri.app.logs import formatter


def entry(message: str, error: Exception | None = None, **fields: object) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.getLogger("meguri.part").makeRecord("meguri.part", logging.WARNING, "f", 1, message, (), info, extra=fields)


def raised() -> Exception:
    try:
        raise ValueError("GET /x with Authorization: Bearer ses_0123456789abcdef0123456789abcdef0123456789")
    except ValueError as error:
        return error


def test_json_is_one_object_a_line_with_the_fields() -> None:
    line = formatter("json").format(entry("delivery failed", consumer="automation", sequence=12))
    read = json.loads(line)
    assert read.pop("timestamp").endswith("Z")
    assert read == {"level": "warning", "logger": "meguri.part", "event": "delivery failed", "consumer": "automation", "sequence": 12}


def test_json_takes_any_value() -> None:
    assert json.loads(formatter("json").format(entry("x", path=sys)))["path"] == str(sys)


def test_prose_names_level_message_and_fields() -> None:
    line = formatter("prose").format(entry("delivery failed", consumer="automation"))
    assert "\n" not in line and "\x1b" not in line
    assert all(part in line for part in ("warning", "delivery failed", "consumer=automation"))


@pytest.mark.parametrize("form", ["prose", "json"])
def test_no_secret_is_written(form: str) -> None:
    line = formatter(form).format(  # type: ignore[arg-type]  # parametrize gives plain texts
        entry(
            "cannot connect to postgresql+psycopg://meguri:hunter2@db:5432/meguri",
            raised(),
            authorization="abcdefghijk",
            token="abcdefghijklmnopq",
            url="http://127.0.0.1:8321/#login=one-time-code",
        )
    )
    assert "ValueError" in line
    for secret in ("hunter2", "abcdefghijk", "0123456789abcdef", "one-time-code"):
        assert secret not in line
