"""How a client reaches the owner of a home: over HTTP where one listens, else by becoming the owner, in this process.

A token that was given is sent to the address that was given, and the token of a home to the live owner of that home alone: before each
request the owner's lock is tested, because a killed owner leaves its address behind, and another user of the machine may listen there by
then.
"""

from __future__ import annotations

import atexit
import os
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from meguri.core.errors import HomeInUse, Unavailable, Unsupported
from meguri.core.lockfile import LOCK, Owner, find_owner
from meguri.core.retries import retrying
from meguri.core.settings import read_settings

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
STARTING_SECONDS = 10.0
"""How long to wait for an owner that holds the lock and does not answer yet."""

EMBEDDED_URL = "http://localhost"
_GROUP = "meguri.transports"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect: to `url` if there is one, else to the owner of `home`. Without `token`, the owner of the home gets the one in the
    home, and any other server none."""

    home: Path
    url: str | None = None
    token: str | None = None

    @staticmethod
    def read(
        environment: Mapping[str, str] = os.environ,
        *,
        url: str | None = None,
        token: str | None = None,
        home: str | os.PathLike[str] | None = None,
    ) -> Target:
        """What is given, else MEGURI_URL, MEGURI_TOKEN and MEGURI_HOME, else `meguri.toml`, else the folder `.meguri`. A home that is
        given and no address means the owner of that home, whatever MEGURI_URL says."""
        folder = read_settings(environment, Path.cwd()).home if home is None else Path(home)
        address = url or (environment.get("MEGURI_URL") if home is None else None)
        return Target(folder.expanduser().absolute(), address.rstrip("/") if address else None, token or environment.get("MEGURI_TOKEN"))

    def read_token(self) -> str | None:
        if self.token is not None:
            return self.token
        try:
            return (self.home / "token").read_text().strip()
        except OSError:
            return None


def find_server(target: Target) -> str | None:
    """The address of the server at a target: the one that is given, else that of the home's live owner; None where none listens."""
    if target.url is not None:
        return target.url
    owner = find_owner(target.home / LOCK)
    return owner.url or None if owner else None


class Connection:
    """Sends requests to a target, from any thread; when the owner of the home has moved to another port, it is found again.

    Raises Unavailable where no server answers, and HomeInUse where a home belongs to a process that does not listen.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._embedded: httpx.BaseTransport | None = None
        self._owner: Owner | None = None
        self._http = self._open()

    @property
    def url(self) -> str:
        return str(self._http.base_url)

    def send(
        self,
        method: str,
        path: str,
        *,
        content: Any = None,  # Any: bytes or an iterable of bytes, as httpx takes them
        query: Mapping[str, Any] | None = None,  # Any: text, numbers and booleans
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> httpx.Response:
        """One request. Where no connection could be made, the owner is looked for once more, so content that can be read only once may
        arrive empty then. Raises Unavailable."""
        if os.getpid() != self._pid:
            self._after_fork()
        for attempt in (1, 2):
            http = self._http if self._owner is None else self._http_of_owner()
            request = http.build_request(method, path, content=content, params=query, headers=headers)
            try:
                return http.send(request, stream=stream)
            except httpx.ConnectError as error:
                if attempt == 2 or self._owner is None:
                    raise Unavailable("server", f"{http.base_url} does not answer ({error})") from error
            except httpx.TransportError as error:
                raise Unavailable("server", f"{http.base_url} broke off ({type(error).__name__}: {error})") from error
        raise AssertionError  # the loop returns or raises

    def close(self) -> None:
        if os.getpid() != self._pid:
            return
        self._http.close()
        if self._embedded is not None:
            _give_back(self.target.home)

    def _open(self) -> httpx.Client:
        owner, url = find_owner(self.target.home / LOCK), self.target.url
        if url is not None and (self.target.token is not None or owner is None or owner.url != url):
            return _client(url, self.target.token)
        if owner is None or not owner.url:
            transport, owner = _embed_or_wait(self.target.home)
            self._embedded = transport
            if owner is None:
                return _client(EMBEDDED_URL, self.target.read_token(), transport=transport)
        self._owner = owner
        return self._client_of(owner)

    def _after_fork(self) -> None:
        """Connections are not shared between processes."""
        if self._embedded is not None:
            raise Unavailable("server", "it runs in the process that this one was forked from, which alone can reach it")
        self._lock, self._pid = threading.Lock(), os.getpid()
        self._http = self._client_of(self._owner) if self._owner else _client(self.url, self.target.token)

    def _client_of(self, owner: Owner) -> httpx.Client:
        return _client(owner.url, self.target.read_token(), certificate=owner.certificate)

    def _http_of_owner(self) -> httpx.Client:
        """The client of the process that owns the home now. Raises Unavailable where none does, or none that listens."""
        owner = find_owner(self.target.home / LOCK)
        if owner is None or not owner.url:
            raise Unavailable("server", f"no server runs on home {self.target.home}: start `meguri server`")
        with self._lock:
            if owner != self._owner:
                self._http.close()
                self._http, self._owner = self._client_of(owner), owner
            return self._http


@dataclass(slots=True)
class _Shared:
    """A home that this process owns, and how many connections use it."""

    transport: httpx.BaseTransport
    connections: int


_owned: dict[Path, _Shared] = {}
_owned_lock = threading.Lock()
_owner_pid = 0


def _client(url: str, token: str | None, *, certificate: str = "", transport: httpx.BaseTransport | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    near = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    mounted = _Borrowed(transport) if transport is not None else None
    verify = trust_only(certificate) if certificate else True
    return httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, transport=mounted, trust_env=not near, verify=verify)


def trust_only(certificate: str) -> ssl.SSLContext:
    """Accept exactly this certificate, which the owner wrote into its lock file, whatever host name it is for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


class _Borrowed(httpx.BaseTransport):
    """A transport that is not closed with the client: other connections of this process use it too."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transport.handle_request(request)


def _embed_or_wait(home: Path) -> tuple[httpx.BaseTransport | None, Owner | None]:
    """Own the home (a transport), or wait for the owner that has just started. Raises HomeInUse, Unsupported."""

    def attempt() -> tuple[httpx.BaseTransport | None, Owner | None]:
        try:
            return _borrow(home), None
        except HomeInUse:
            owner = find_owner(home / LOCK)
            if owner is None or not owner.url:
                raise
            return None, owner

    return retrying(HomeInUse, within_seconds=STARTING_SECONDS, first_seconds=0.1, longest_seconds=0.1)(attempt)


def _borrow(home: Path) -> httpx.BaseTransport:
    global _owner_pid
    with _owned_lock:
        if _owner_pid != os.getpid():
            _owner_pid = os.getpid()
            _owned.clear()  # what a parent process owns does not work in a forked one
            atexit.register(_close_all, _owner_pid)
        shared = _owned.get(home)
        if shared is None:
            shared = _owned[home] = _Shared(_opener()(home), 0)
        shared.connections += 1
        return shared.transport


def _give_back(home: Path) -> None:
    with _owned_lock:
        shared = _owned.get(home)
        if shared is None:
            return
        shared.connections -= 1
        if shared.connections:
            return
        del _owned[home]
    shared.transport.close()


def _close_all(pid: int) -> None:
    """At the end of the process: give up the homes whose connections were not closed. A forked process owns none of them."""
    if os.getpid() == pid:
        with _owned_lock:
            left = list(_owned.values())
            _owned.clear()
        for shared in left:
            shared.transport.close()


def _opener() -> Callable[[Path], httpx.BaseTransport]:
    why = "no server answers, and this installation has none to run in process: start `meguri server`, or pip install 'meguri[server]'"
    for found in entry_points(group=_GROUP):
        try:
            opener: Callable[[Path], httpx.BaseTransport] = found.load()
        except ImportError as error:
            raise Unsupported("an embedded server", f"{why} ({error})") from error
        return opener
    raise Unsupported("an embedded server", why)
