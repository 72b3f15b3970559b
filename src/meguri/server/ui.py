"""The UI's files, its session, and a sign-in page for browsers that have none."""

from __future__ import annotations

import html
import time
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from meguri.access.tokens import SESSION_SECONDS, Tokens
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
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>meguri</title><style>:root{{color-scheme:light dark}}
body{{font:14px/1.6 system-ui,"Noto Sans JP",sans-serif;max-width:34rem;margin:18vh auto;padding:0 1rem}}
input,button{{font:inherit;padding:.4rem .6rem}}input{{width:20rem}}code{{font-family:ui-monospace,monospace}}</style></head>
<body><main><h1>meguri</h1>{body}</main></body></html>"""
_SIGN_IN = """<p lang="en">Open the address that <code>meguri server</code> printed, or paste the token from the file <code>token</code> in
the home folder.</p><p lang="ja"><code>meguri server</code> が表示したアドレスを開くか、ホームフォルダの <code>token</code>
ファイルの内容を貼り付けてください。</p>{wrong}<form method="post" action="login"><label for="t">Token</label>
<input id="t" name="token" type="password" autocomplete="current-password" required> <button>Sign in / サインイン</button></form>"""
_MISSING = """<p lang="en">The API runs, but the web UI was not built into this install. Install the released wheel, or run
<code>make demo</code> in a clone.</p><p lang="ja">API は動いていますが、この環境には画面が組み込まれていません。
配布版を入れるか、<code>make demo</code> を実行してください。</p>"""


def ui_folder() -> Path:
    """Where the built UI lies in this install."""
    return Path(str(files("meguri"))) / "_ui"


def ui_routes(guard: Guard, tokens: Tokens, folder: Path) -> list[Route]:
    """The pages (one HTML for all of them), their assets, and sign-in."""

    def page(request: Request) -> Response:
        index = folder / "index.html"
        if not index.is_file():
            return HTMLResponse(_PAGE.format(body=_MISSING), 503, HEADERS)
        session = guard.session(request)
        if session is None:
            return HTMLResponse(_PAGE.format(body=_SIGN_IN.format(wrong="")), 401, HEADERS)
        head = f'<head><base href="{_base(request)}"><meta name="csrf" content="{html.escape(session.csrf)}">'
        return HTMLResponse(index.read_text().replace("<head>", head, 1), headers=HEADERS)

    async def sign_in(request: Request) -> Response:
        if request.method == "POST":
            form = await request.body()
            token = next((part[6:] for part in form.decode(errors="replace").split("&") if part.startswith("token=")), "")
        else:
            token = request.query_params.get("token", "")
        if not tokens.accepts(token.strip()):
            wrong = "<p><b>That is not the token of this home. / トークンが違います。</b></p>"
            return HTMLResponse(_PAGE.format(body=_SIGN_IN.format(wrong=wrong)), 401, HEADERS)
        session = tokens.open_session(int(time.time()))
        answer = RedirectResponse(_base(request), 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        answer.set_cookie(guard.cookie, session.value, max_age=SESSION_SECONDS, httponly=True, samesite="strict", path="/")
        return answer

    def asset(request: Request) -> Response:
        root = (folder / "assets").resolve()
        file = (root / request.path_params["name"]).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return Response(status_code=404)
        return FileResponse(file, headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"})

    async def guarded(request: Request, inner: str) -> Response:
        try:
            guard.check_origin(request)
        except MeguriError as error:
            return problem(error)
        if inner == "login":
            return await sign_in(request)
        return asset(request) if inner == "asset" else page(request)

    async def login_endpoint(request: Request) -> Response:
        return await guarded(request, "login")

    async def asset_endpoint(request: Request) -> Response:
        return await guarded(request, "asset")

    async def page_endpoint(request: Request) -> Response:
        return await guarded(request, "page")

    return [
        Route("/login", login_endpoint, methods=["GET", "POST"]),
        Route("/assets/{name:path}", asset_endpoint, methods=["GET"]),
        Route("/{page:path}", page_endpoint, methods=["GET"]),
    ]


def _base(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/") + "/"
