"""Tracking alone behind real HTTP, in this process: it can be stopped and started again on the same port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from meguri.access.home_token import home_token
from meguri.access.origin import OriginGuard
from meguri.access.projects import ProjectDirectory
from meguri.access.routes import OPEN, Route
from meguri.adapters.blobs.local import LocalBlobs
from meguri.adapters.series.sqlite import SqliteSeries
from meguri.core.ids import new_id
from meguri.core.lockfile import LockFile
from meguri.core.times import utc_now
from meguri.db.engine import Database
from meguri.db.metadata import metadata
from meguri.events.service import Events
from meguri.lineage.service import Lineage
from meguri.sdk.client import Client, connect
from meguri.testing.application import OneToken, application_of
from meguri.testing.ledger import load_tables
from meguri.tracking.routes import routes
from meguri.tracking.service import Tracking


class Site:
    """A server of tracking on a home."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, 0
        home.mkdir(exist_ok=True)
        load_tables()

    def start(self) -> None:
        db = Database.at(self.home / "meguri.db")
        metadata.create_all(db.engine)
        series, blobs = SqliteSeries(self.home / "series.db"), LocalBlobs(self.home / "blobs")
        events = Events(db, utc_now)
        directory = ProjectDirectory(events, utc_now)
        self.tracking = Tracking(db, events, Lineage(utc_now), directory, series, blobs, utc_now, new_id)
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        application = application_of(
            [*routes(self.tracking), Route("GET", "/health", OPEN, lambda _: {"status": "ok", "version": "0"}, "Whether it works")],
            db,
            directory,
            hosts=OriginGuard("127.0.0.1"),
            authentication=OneToken(home_token(self.home)),
        )
        self._server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        self._lock = LockFile.take(self.home / "owner.lock")
        self._lock.announce(self.url)

    def stop(self) -> None:
        self._lock.release()
        self._server.should_exit = True
        self._thread.join()
        self.tracking.series.close()
        self.tracking.db.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Client:
        return connect(home=self.home)


@pytest.fixture
def site(home: Path) -> Iterator[Site]:
    running = Site(home)
    running.start()
    yield running
    running.stop()
