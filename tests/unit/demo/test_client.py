from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from meguri.core.errors import MeguriError, Unavailable
from meguri.demo.client import RetryingClient


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: list[int]
    bodies: list[bytes]

    def do_POST(self) -> None:
        type(self).bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.script.pop(0)
        if status == 0:
            self.close_connection = True
            return
        content = b'{"ok": true}' if status == 200 else b"no"
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    _Answers.script, _Answers.bodies = [], []
    made = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def _wire(server: HTTPServer, within_seconds: float = 5.0) -> RetryingClient:
    return RetryingClient(lambda: f"http://127.0.0.1:{server.server_port}", {}, within_seconds=within_seconds)


@pytest.mark.parametrize("trouble", [0, 503, 429])
def test_what_was_not_answered_is_sent_again_and_counted(server: HTTPServer, trouble: int) -> None:
    _Answers.script = [trouble, 200]
    wire = _wire(server)
    assert wire.post("/x", {"id": 1}) == {"ok": True}
    assert (wire.failed, _Answers.bodies) == (1, [b'{"id":1}', b'{"id":1}'])
    wire.close()


def test_a_refused_request_is_not_sent_again(server: HTTPServer) -> None:
    _Answers.script = [422]
    wire = _wire(server)
    with pytest.raises(MeguriError, match="status 422: no"):
        wire.post("/x", {})
    assert (wire.failed, len(_Answers.bodies)) == (1, 1)
    wire.close()


def test_patience_ends() -> None:
    wire = RetryingClient(lambda: "http://127.0.0.1:1", {}, within_seconds=0.0)
    with pytest.raises(Unavailable, match="was not answered within 0 s"):
        wire.post("/x", {})
