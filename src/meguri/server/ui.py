"""The UI's files: one HTML for all pages, and its assets. They hold no secret, so they need no session."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from meguri.core.errors import MeguriError
from meguri.server.errors import problem
from meguri.server.guard import Guard

POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_MISSING = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>meguri</title><style>:root{color-scheme:light dark}
body{font:14px/1.6 system-ui,"Noto Sans JP",sans-serif;max-width:34rem;margin:18vh auto;padding:0 1rem}
code{font-family:ui-monospace,monospace}</style></head><body><main><h1>meguri</h1>
<p lang="en">The API runs, but the web UI was not built into this install. Install the released wheel, or run
<code>make demo</code> in a clone.</p><p lang="ja">API は動いていますが、この環境には画面が組み込まれていません。
配布版を入れるか、<code>make demo</code> を実行してください。</p></main></body></html>"""


def ui_folder() -> Path:
    """Where the built UI lies in this install."""
    return Path(str(files("meguri"))) / "_ui"


def ui_routes(guard: Guard, folder: Path) -> list[Route]:
    """The pages and their assets."""

    def page(request: Request) -> Response:
        index = folder / "index.html"
        if not index.is_file():
            return HTMLResponse(_MISSING, 503, HEADERS)
        return HTMLResponse(index.read_text().replace("<head>", f'<head><base href="{_base(request)}">', 1), headers=HEADERS)

    def asset(request: Request) -> Response:
        root = (folder / "assets").resolve()
        file = (root / request.path_params["name"]).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return Response(status_code=404)
        return FileResponse(file, headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"})

    def guarded_page(request: Request) -> Response:
        try:
            guard.check_origin(request)
        except MeguriError as error:
            return problem(error)
        return page(request)

    def guarded_asset(request: Request) -> Response:
        try:
            guard.check_origin(request)
        except MeguriError as error:
            return problem(error)
        return asset(request)

    return [
        Route("/assets/{name:path}", guarded_asset, methods=["GET"]),
        Route("/{page:path}", guarded_page, methods=["GET"]),
    ]


def _base(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/") + "/"
