"""How a client reaches the owner of a home: over HTTP where one listens, else by becoming the owner, in this process."""

from __future__ import annotations

import atexit
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from meguri.core.errors import HomeInUse, Unavailable, Unsupported
from meguri.core.retries import retrying
from meguri.core.settings import read_settings

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
STARTING_SECONDS = 10.0
"""How long to wait for an owner that holds the lock and does not answer yet."""

EMBEDDED_URL = "http://localhost"
_GROUP = "meguri.transports"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect: to `url` if there is one, else to the owner of `home`. Without `token`, the one in the home is used."""

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
    return target.url if target.url is not None else _find_url(target.home)


class Connection:
    """Sends requests to a target, from any thread; when the owner of the home has moved to another port, it is found again.

    Raises Unavailable where nobody answers, and HomeInUse where a home belongs to a process that does not listen.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._embedded: httpx.BaseTransport | None = None
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
        """One request. Where no connection could be made, the owner is looked for once more; whoever sends content that can be read
        only once must know that. Raises Unavailable."""
        if os.getpid() != self._pid:
            self._after_fork()
        http = self._http
        for attempt in (1, 2):
            request = http.build_request(method, path, content=content, params=query, headers=headers)
            try:
                return http.send(request, stream=stream)
            except httpx.ConnectError as error:
                if attempt == 2 or self.target.url is not None:
                    raise Unavailable("server", f"{http.base_url} does not answer ({error})") from error
                http = self._find_again(http)
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
        if self.target.url is not None:
            return _client(self.target, self.target.url)
        found = _find_url(self.target.home)
        if found is not None:
            return _client(self.target, found)
        transport, url = _embed_or_wait(self.target.home)
        self._embedded = transport
        return _client(self.target, url, transport)

    def _after_fork(self) -> None:
        """Connections are not shared between processes."""
        if self._embedded is not None:
            raise Unavailable("server", "it runs in the process that this one was forked from, which alone can reach it")
        self._lock, self._pid = threading.Lock(), os.getpid()
        self._http = _client(self.target, self.url)

    def _find_again(self, former: httpx.Client) -> httpx.Client:
        with self._lock:
            if self._http is former:
                url = _announced(self.target.home)
                if not url:
                    raise Unavailable("server", f"nobody answers for {self.target.home}: start `meguri server`")
                self._http = _client(self.target, url)
            return self._http


@dataclass(slots=True)
class _Shared:
    """A home that this process owns, and how many links use it."""

    transport: httpx.BaseTransport
    links: int


_owned: dict[Path, _Shared] = {}
_owned_lock = threading.Lock()
_owner_pid = 0


def _client(target: Target, url: str, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    token = target.read_token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    near = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    mounted = _Borrowed(transport) if transport is not None else None
    return httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, transport=mounted, trust_env=not near)


class _Borrowed(httpx.BaseTransport):
    """A transport that is closed by whoever owns it, not with the client."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transport.handle_request(request)


def _announced(home: Path) -> str | None:
    """The address in the lock file: empty where its owner does not listen (yet), None where there is no owner."""
    try:
        return str(json.loads((home / "owner.lock").read_bytes())["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _find_url(home: Path) -> str | None:
    """The address of a live owner; a dead one leaves its address behind."""
    url = _announced(home)
    if not url:
        return None
    try:
        answer = httpx.get(f"{url}/health", timeout=TIMEOUT, trust_env=False)
        return url if answer.is_success and "version" in answer.json() else None  # the port may be another program's by now
    except (httpx.TransportError, ValueError):
        return None


def _embed_or_wait(home: Path) -> tuple[httpx.BaseTransport | None, str]:
    """Own the home, or wait for the owner that has just started. Raises HomeInUse, Unsupported."""

    def attempt() -> tuple[httpx.BaseTransport | None, str]:
        try:
            return _borrow(home), EMBEDDED_URL
        except HomeInUse:
            url = _find_url(home)
            if url is None:
                raise
            return None, url

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
        shared.links += 1
        return shared.transport


def _give_back(home: Path) -> None:
    with _owned_lock:
        shared = _owned.get(home)
        if shared is None:
            return
        shared.links -= 1
        if shared.links:
            return
        del _owned[home]
    shared.transport.close()


def _close_all(pid: int) -> None:
    """At the end of the process: give up the homes whose links nobody closed. A forked process owns none of them."""
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
