"""Logging to standard error, one entry a line, formatted by structlog: prose for people, JSON for machines."""

from __future__ import annotations

import logging
import re
import sys

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

from meguri.core.redaction import HIDDEN, redact
from meguri.core.settings import LogFormat

_SECRET_NAME = re.compile(r"(?i)authorization|cookie|passw|secret|token|api_?key|credential|dsn")


def set_up_logging(form: LogFormat) -> None:
    """Log to standard error in `prose` or `json`; fields of `extra` become fields of the entry, secrets in them are hidden."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(form))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "uvicorn", "dbos", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def formatter(form: LogFormat) -> logging.Formatter:
    """`12:00:01 [warning  ] delivery failed   consumer=automation` for `prose`, one JSON object for `json`."""
    times = structlog.processors.TimeStamper("iso", utc=True) if form == "json" else structlog.processors.TimeStamper("%H:%M:%S", utc=False)
    renderer: structlog.typing.Processor
    if form == "json":
        renderer = structlog.processors.JSONRenderer(serializer=lambda entry, **_: msgspec.json.encode(entry, enc_hook=str).decode())
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, times],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _hide_secrets,
            renderer,
        ],
    )


def _hide_secrets(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    return {name: _without_secrets(name, value) for name, value in entry.items()}


def _without_secrets(name: str, value: object) -> object:
    if _SECRET_NAME.search(name):
        return HIDDEN
    return redact(value) if isinstance(value, str) else value
