"""What every response and every write obeys: language, headers, same origin, caching."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, has_request_context, request, url_for

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LANGUAGES = ("en", "es")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


_UNFRAMED, _FRAMED = "frame-ancestors 'none'", "frame-ancestors *"


class LanguagePrefix:
    """WSGI: `/es/…` is the same site in Spanish, with the prefix kept in every link it makes."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/es" or path.startswith("/es/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/es"
            environ["PATH_INFO"] = path.removeprefix("/es") or "/"
            environ["groundswell.language"] = "es"
        return self.application(environ, start)


def language() -> str:
    """The language of this response: the path's, or for feeds the `lang` parameter."""
    if not has_request_context():
        return LANGUAGES[0]
    wanted = request.environ.get("groundswell.language") or request.args.get("lang")
    return wanted if wanted in LANGUAGES else "en"


def path(of: str) -> str:
    """A path of this site in the language of the page."""
    return request.script_root + of


def alternate_path(wanted: str) -> str:
    """The address of this page in another language."""
    rest = request.full_path.rstrip("?") if request.query_string else request.path
    return rest if wanted == "en" else f"/{wanted}{rest}"


def canonical(wanted: str) -> str:
    """The one full address of this page in a language, whatever its query narrows or repeats."""
    return absolute(request.path if wanted == LANGUAGES[0] else f"/{wanted}{request.path}")


def absolute(of: str) -> str:
    """The full address of a path as others see it."""
    return str(current_app.config["SITE_URL"]) + of


@lru_cache(maxsize=256)
def _fingerprint(file: Path, _modified: float) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def path_for_logs() -> str:
    """The path of this request without its secret: a `token` in an address is a key."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(str(token), "…") if token else request.path


def static_url(name: str) -> str:
    """A static file's address, with its content's fingerprint so that it may be kept for ever."""
    file = Path(current_app.static_folder or "static") / name
    return f"/static/{name}?v={_fingerprint(file, file.stat().st_mtime)}"


def _is_fingerprinted(of: str, given: str | None) -> bool:
    """Whether an address names a static file by the fingerprint it has now."""
    name = of.removeprefix("/static/")
    return given is not None and name != of and static_url(name).endswith(f"?v={given}")


def shown_to_all(
    response: Response,
    valid_until: datetime | None = None,
    known: Collection[str] = (),
) -> Response:
    """Mark a response as the same for everyone, so that it may be kept and asked for again.

    Args:
        valid_until: the moment from which it no longer holds ("starting soon").
        known: the query parameters that change it; an address with others is not kept, or
            anybody could fill the memory with copies of one page.
    """
    if not set(request.args) <= {*known, "lang"}:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    if valid_until is not None:
        response.headers["X-Groundswell-Valid-Until"] = str(int(valid_until.timestamp()))
    return response


def open_to_frames(response: Response) -> Response:
    """Let pages of any site frame a response; it has no forms, no scripts and no cookie."""
    policy = CONTENT_SECURITY_POLICY.replace(_UNFRAMED, _FRAMED)
    response.headers["Content-Security-Policy"] = policy.replace("script-src 'self'; ", "")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def is_cross_origin() -> bool:
    """Whether a browser says that another site makes this request.

    `Sec-Fetch-Site` where it is sent, else `Origin`; neither is sent by programs, which carry
    no cookie of ours unless they mean to.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc != request.host


def _refuse_cross_origin() -> None:
    if request.method not in SAFE_METHODS and is_cross_origin():
        abort(403, description="cross-origin")


def _refuse_unstorable_paths() -> None:
    if "\x00" in request.path:  # PostgreSQL cannot even compare it
        abort(404)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if _FRAMED not in headers["Content-Security-Policy"]:
        headers.setdefault("X-Frame-Options", "DENY")
    if current_app.config["GROUNDSWELL_ENV"] == "production":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if response.status_code == 200 and _is_fingerprinted(request.path, request.args.get("v")):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" not in headers or headers["Cache-Control"] == "no-cache":
        headers["Cache-Control"] = "no-store"
    if "public" not in headers["Cache-Control"]:
        headers.setdefault("X-Robots-Tag", "noindex")
    return response


def init_app(app: Flask) -> None:
    """Put the language prefix, the header rules and the template helpers on an app."""
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[assignment]
    app.before_request(_refuse_cross_origin)
    app.before_request(_refuse_unstorable_paths)
    app.after_request(_add_headers)
    app.jinja_env.globals.update(
        static_url=static_url,
        path=path,
        alternate_url=alternate_path,
        canonical_url=canonical,
        absolute_url=absolute,
        lang_of_page=language,
        url_for=url_for,
    )
