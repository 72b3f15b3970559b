"""The process of one endpoint: `python -m meguri.app.endpoint --home HOME --endpoint PROJECT/NAME` (or the endpoint's id).

It needs nothing but the home: the spec file, blobs, the online store (read) and its prediction log (written). The control plane may be
down, before it starts and while it serves.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from meguri.access.origin import is_loopback, shown_host
from meguri.adapters.blobs.local import LocalBlobs
from meguri.adapters.online.lmdb import LmdbOnline
from meguri.app.child import die_with_parent
from meguri.app.listener import Server, listen, server_config
from meguri.app.logs import set_up_logging
from meguri.app.runners import load_runner
from meguri.core.definitions.features import FeatureSet
from meguri.core.errors import Conflict, MeguriError, NotFound, Unavailable
from meguri.core.ids import new_id
from meguri.core.lockfile import LockFile
from meguri.core.times import utc_now
from meguri.features.online import OnlineFeatures
from meguri.protocols.inference.guard import Guard
from meguri.protocols.inference.meter import Meter
from meguri.protocols.inference.rest import InferenceApp
from meguri.serving.callers import CallerCheck, callers_file, read_callers
from meguri.serving.deployment_specs import DeploymentSpec, find_endpoint_id, process_lock, read_spec, spec_file, write_spec
from meguri.serving.gateway import Gateway
from meguri.serving.live import Live, Lookup, make_live
from meguri.serving.model import LogState, ProcessState, RefusedSpec
from meguri.serving.segments import PredictionLog

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
COUNT_SECONDS = 1.0
DRAIN_SECONDS = 5
ABSENT = (0, 0)


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """`port` None: the one of the spec file; 0: any free one. `supervised`: end with the parent process."""

    home: Path
    endpoint: str
    host: str = "127.0.0.1"
    port: int | None = None
    allowed_hosts: tuple[str, ...] = ()
    supervised: bool = False


class EndpointProcess:
    """The gateway with its spec: takes a new revision of the file when it is good, keeps the former one when it is not. `host`: where the
    process listens."""

    def __init__(self, home: Path, id: str, spec: DeploymentSpec, host: str) -> None:
        self.home, self.id, self.endpoint = home, id, spec.address
        self.meter = Meter()
        self.log = PredictionLog(home / "log", id)
        self.gateway = Gateway(spec.endpoint, self.log, lambda: time.time_ns() // 1_000, new_id)
        self.address: tuple[str, int] = ("", 0)
        self.callers = CallerCheck(_token(home), may_be_open=is_loopback(host), renew=self.renew_callers)
        self._callers_file, self._callers_seen = callers_file(home), ABSENT
        self._file = spec_file(home, id)
        self._last_good = self.log.folder / "live.json"
        self._seen = ABSENT
        self._refused: RefusedSpec | None = None
        self._turn = asyncio.Lock()
        self._started_at = utc_now()
        self._blobs = LocalBlobs(home / "blobs")
        self._online: LmdbOnline | None = None

    async def start(self) -> None:
        """Go live with the spec file, or with the last good spec where that one is refused."""
        await self.reload()
        if self.gateway.find_live() is None and self._last_good.exists():
            await self._take(self._last_good)
            self.read_callers()

    async def reload(self) -> None:
        """Take the spec file if its revision is new and it is good. Nothing is raised: `state` says what was refused, and why."""
        async with self._turn:
            self._seen = _stamp(self._file)
            await self._take(self._file)
        self.read_callers()

    def read_callers(self) -> None:
        """Take the file of those who may call. Nothing is raised: a file that cannot be read changes nothing."""
        self._callers_seen = _stamp(self._callers_file)
        live = self.gateway.find_live()
        try:
            self.callers.change(read_callers(self._callers_file), live.spec.project if live else "")
        except MeguriError as error:
            logger.warning("callers not read", extra={"endpoint": self.endpoint, "why": error.message})

    def renew_callers(self) -> bool:
        """Take the file of those who may call if it has changed; returns whether it has."""
        has_changed = _stamp(self._callers_file) != self._callers_seen
        if has_changed:
            self.read_callers()
        return has_changed

    async def poll(self) -> None:
        """Take the spec and the callers when their files change, for as long as the process lives."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if _stamp(self._file) != self._seen:
                await self.reload()
            else:
                self.renew_callers()

    async def count(self) -> None:
        """Count buffered rows into their profiles, for as long as the process lives."""
        while True:
            await asyncio.sleep(COUNT_SECONDS)
            self.log.count_profiles()

    def seal(self) -> int:
        number = self.log.seal()
        self.log.write_missing_profiles()
        return number

    def state(self) -> ProcessState:
        live = self.gateway.find_live()
        spec = live.spec if live else None
        return ProcessState(
            endpoint=self.endpoint,
            pid=os.getpid(),
            port=self.address[1],
            revision=spec.revision if spec else None,
            deployment=spec.deployment if spec else None,
            version=spec.version if spec else None,
            refused=self._refused,
            requests=self.meter.requests,
            errors=self.meter.errors,
            predictions=self.gateway.counts.predictions,
            repeated=self.gateway.counts.repeated,
            lookups=self.gateway.counts.lookups,
            seconds=self.meter.seconds,
            log=LogState(self.log.segment, self.log.bytes, self.log.remembered),
            started_at=self._started_at,
        )

    def close(self) -> None:
        with contextlib.suppress(Unavailable):  # a full disk: the profile is made from the log at the next start
            self.log.close()

    async def _take(self, file: Path) -> None:
        revision = None
        try:
            spec = await asyncio.to_thread(read_spec, file)
            revision = spec.revision
            live = self.gateway.find_live()
            if live is not None and spec.revision <= live.spec.revision:
                return
            self.gateway.swap(await asyncio.to_thread(self._prepare, spec))
        except Unavailable as error:  # a full disk, a store that is busy: it may pass, so the next look tries again
            logger.warning("spec not taken yet", extra={"endpoint": self.endpoint, "revision": revision, "why": error.message})
            self._seen = ABSENT
        except MeguriError as error:
            self._refuse(revision, error.message)
        except Exception as error:  # a model or a file may be broken in any way; what serves now must go on
            logger.exception("spec not taken", extra={"endpoint": self.endpoint, "revision": revision})
            self._refuse(revision, f"{type(error).__name__}: {error}")
        else:
            self._refused = None if file == self._file else self._refused
            logger.info("live", extra={"endpoint": self.endpoint, "revision": spec.revision, "version": spec.version})

    def _prepare(self, spec: DeploymentSpec) -> Live:
        if spec.address != self.endpoint:
            raise NotFound("spec", self.endpoint, f"the file is one of endpoint {spec.address!r}")
        live = make_live(spec, self._blobs.read, load_runner, self._open_lookup)
        self.log.shelf.put(spec)
        write_spec(self._last_good, spec)
        return live

    def _open_lookup(self, project: str, feature_set: FeatureSet) -> Lookup:
        if self._online is None:
            self._online = LmdbOnline.reader(self.home / "online")
        return OnlineFeatures(self._online, project, feature_set)

    def _refuse(self, revision: int | None, why: str) -> None:
        self._refused = RefusedSpec(revision, why)
        self.gateway.why_not = why
        logger.warning("spec refused", extra={"endpoint": self.endpoint, "revision": revision, "why": why})


async def serve(options: EndpointOptions) -> None:
    """Serve until SIGTERM, SIGINT or, when supervised, the end of the parent. Raises NotFound, Unavailable, Conflict at the start."""
    id = find_endpoint_id(options.home, options.endpoint)
    spec = read_spec(spec_file(options.home, id))
    port = spec.port if options.port is None else options.port
    lock = _take_lock(options.home, id, spec.address)
    listener = listen(options.host, port)
    process = EndpointProcess(options.home, id, spec, options.host)
    process.address = listener.getsockname()[:2]
    control = secrets.token_urlsafe(32)
    guard = Guard(options.host, process.callers, options.allowed_hosts, control=control)
    config = server_config(InferenceApp(process.gateway, guard, process.meter, process), drain_seconds=DRAIN_SECONDS)
    server = Server(config, lambda: _withdraw(lock))
    await process.start()
    gc.freeze()  # what lives as long as the process need not be looked at again and again while requests wait
    if options.supervised:
        loop = asyncio.get_running_loop()
        die_with_parent(lambda: loop.call_soon_threadsafe(server.stop), grace_seconds=DRAIN_SECONDS + 5)
    tasks = [asyncio.create_task(process.poll()), asyncio.create_task(process.count())]
    lock.announce(f"http://{shown_host(options.host)}:{process.address[1]}", secret=control)
    logger.info("serving", extra={"endpoint": spec.address, "host": options.host, "port": process.address[1]})
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in tasks:
            task.cancel()
        process.close()
        lock.release()


def _withdraw(lock: LockFile) -> None:
    """Before the port is free, so that nothing is sent to another process that takes it."""
    with contextlib.suppress(OSError):
        lock.announce("")


def _take_lock(home: Path, id: str, address: str) -> LockFile:
    """The lock of the endpoint's process; one that is ending is waited for. Raises Conflict, Unavailable."""
    file = process_lock(home, id)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return LockFile.take(file, wait_seconds=DRAIN_SECONDS + 5)
    except BlockingIOError as error:
        raise Conflict(f"another process serves endpoint {address!r} of {home}: stop that one first", endpoint=address) from error
    except OSError as error:
        raise Unavailable("home", f"{file} cannot be written ({error.strerror}): check its owner and mode") from error


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m meguri.app.endpoint", description="Serve one endpoint of a home.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--endpoint", required=True, help="project/name, a name that only one project has, or an id (ep_...)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="default: the endpoint's own; 0 for any free one")
    parser.add_argument("--allow-host", action="append", default=[], help="a further name that requests may be addressed to")
    parser.add_argument("--supervised", action="store_true", help="end when stdin ends")
    given = parser.parse_args(arguments)
    set_up_logging("json" if given.supervised else "prose")
    options = EndpointOptions(given.home.absolute(), given.endpoint, given.host, given.port, tuple(given.allow_host), given.supervised)
    return run(options)


def run(options: EndpointOptions) -> int:
    """Serve, and give the exit status: 0, or 1 with the reason on stderr."""
    try:
        uvloop.run(serve(options))
    except MeguriError as error:
        print(f"meguri: {error.message}", file=sys.stderr)  # noqa: T201  # this process has no other way to say why it ends
        return 1
    return 0


def _token(home: Path) -> str | None:
    try:
        return (home / "token").read_text().strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable("home", f"{home / 'token'} cannot be read ({error.strerror}): run this as the owner of the home") from error


def _stamp(file: Path) -> tuple[int, int]:
    """What differs after each replacement of a file: two within one tick of the clock have the same time, but not the same inode."""
    try:
        found = file.stat()
    except OSError:
        return ABSENT
    return found.st_mtime_ns, found.st_ino


if __name__ == "__main__":
    sys.exit(main())
