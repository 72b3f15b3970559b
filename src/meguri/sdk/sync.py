"""Sends what runs have recorded: the requests of each kind of record, and the spool files that ended processes left behind."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from meguri.core.errors import Forbidden, Invalid, LimitExceeded, MeguriError, Unauthenticated, Unavailable
from meguri.sdk.client import Client, connect
from meguri.sdk.spool import ENDING, Header, Record, Spool, next_batch

logger = logging.getLogger("meguri")

RETRYABLE = (Unavailable, LimitExceeded, Unauthenticated, Forbidden)
"""Errors after which the same request may succeed later."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What `sync` did, as names of spool files. `sent`: the server has everything of them. `refused`: the server does not accept them; they
    are renamed to end in `.refused`, and the reason follows the name. `waiting`: they could not be sent now."""

    sent: tuple[str, ...]
    refused: tuple[str, ...]
    waiting: tuple[str, ...]


def sync(client: Client | None = None, *, run: str | None = None) -> SyncReport:
    """Send what ended processes logged and could not send: the spool files of the home directory that no running process holds.

    `init` does the same in a background thread. Only files that were written for the same server are sent.

    Args:
        client: The client to send with; by default one made by `connect`.
        run: The id of a run, to send only its files.

    Returns:
        A report with the tuples `sent`, `refused` and `waiting`.

    Raises:
        HomeInUse: Without `client`: another process owns the home directory and does not listen.
        Unsupported: Without `client`: no server is running, and the installation has none to run.

    Example:
        report = mg.sync()
        assert report.refused == () and report.waiting == ()
    """
    if client is None:
        with connect() as connected:
            return sync(connected, run=run)
    place = client.connection.target
    outcomes: dict[str, list[str]] = {"sent": [], "refused": [], "waiting": []}
    for path in sorted((place.home / "spool").glob(f"{run or '*'}.*{ENDING}")):
        spool = Spool.adopt(path)
        if spool is None:
            continue
        if spool.header.url != place.url:
            spool.close(delete=False)
            continue
        outcome, text = _deliver(client, spool)
        outcomes[outcome].append(text)
    return SyncReport(tuple(outcomes["sent"]), tuple(outcomes["refused"]), tuple(outcomes["waiting"]))


def send(client: Client, header: Header, record: Record) -> None:
    """Send one batch. Raises what the server answers."""
    kind, first, content = record
    path = f"/api/v1/runs/{header.run}"
    if kind == "points":
        client.post(f"{path}/points", {"points": content, "writer": header.writer, "first": first})
    elif kind == "lines":
        client.post(f"{path}/logs", {"lines": content, "writer": header.writer, "first": first})
    elif kind == "end":
        client.patch(path, {"status": content[0], "error": content[1]})
    else:
        client.post(f"{path}/{kind}", content)


def _deliver(client: Client, spool: Spool) -> tuple[str, str]:
    offset = spool.start
    name = spool.path.name
    while (batch := next_batch(spool.read(offset))) is not None:
        try:
            send(client, spool.header, batch.merged())
        except RETRYABLE as error:
            spool.close(delete=False)
            return "waiting", f"{name}: {error.message}"
        except Invalid as error:
            logger.warning("meguri: %s of %s were refused and are dropped: %s", batch.kind, name, error.message)
        except MeguriError as error:
            spool.set_aside()
            spool.close(delete=False)
            return "refused", f"{spool.path.name}: {error.message}"
        offset = batch.end
    spool.close(delete=True)
    return "sent", name
