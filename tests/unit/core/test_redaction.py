"""Secrets do not get into what is kept."""

from __future__ import annotations

import pytest

from meguri.core.redaction import redact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("--dsn=postgresql://u:pw@h:5432/db", "--dsn=postgresql://h:5432/db"),
        ("postgresql+psycopg://meguri:p@ss@localhost/meguri", "postgresql+psycopg://localhost/meguri"),
        ("postgresql://u:pa/ss@h/db", "postgresql://h/db"),
        ("https://token@git.example/team/loop.git", "https://git.example/team/loop.git"),
        ("host=db user=u password=hunter2 dbname=m", "host=db user=u password=[hidden] dbname=m"),
        ("host=db password='two words'", "host=db password=[hidden]"),
        ("postgresql://h/db?user=u&password=hunter2&sslmode=require", "postgresql://h/db?user=u&password=[hidden]&sslmode=require"),
        ('+DB_PASSWORD = "hunter2"', "+DB_PASSWORD = [hidden]"),
        ("-  'api_key': 'abc-123',", "-  'api_key': [hidden],"),
        ("+export AWS_SECRET_ACCESS_KEY=abc/def+ghi", "+export AWS_SECRET_ACCESS_KEY=[hidden]"),
        ("curl -H 'Authorization: Bearer abcdefghijklmnop.qrs'", "curl -H 'Authorization: Bearer [hidden]'"),
        ("open http://127.0.0.1:8321/#login=one-time-code now", "open http://127.0.0.1:8321/#login=[hidden] now"),
        (f"sent ses_{'a1-_' * 11} and meguri_{'a1-_' * 11}", "sent [hidden] and [hidden]"),
        ("key = AKIAABCDEFGHIJKLMNOP", "key = [hidden]"),
        ("+-----BEGIN PRIVATE KEY-----\n+MIIB\n+-----END PRIVATE KEY-----\n+x = 1", "+[hidden]\n+x = 1"),
    ],
)
def test_a_secret_is_hidden(text: str, kept: str) -> None:
    assert redact(text) == kept


def test_a_long_line_without_spaces_takes_no_more_time_than_its_length() -> None:
    for piece in ("a.b-", "http://a:b/", "token", "eyJ"):
        redact(piece * 100_000)


@pytest.mark.parametrize(
    "text",
    [
        "see https://example.com/a?b=c and http://localhost:8321/health",
        "+    token = read_token(home)",
        "+    tokens = tokenize(text, token_limit)",
        "+def login(password: str, token: str = None) -> None:",
        "python train.py --rate 0.1 --epochs=10 someone@example.com",
        "+    return connect(token=token_of(home), password=password)",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text
