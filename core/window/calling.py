"""Calling a WSGI application: the environment it gets, and its whole response."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from core.window.responses import Finished, Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

# What the front answers itself. A kept response must not depend on it, any other need not.
CONDITIONS = (
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_RANGE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
)
OF_A_VISITOR = ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_AUTHORIZATION")
FORWARDED = "HTTP_X_FORWARDED_"
ASKED_AGAIN = (
    "PATH_INFO",
    "QUERY_STRING",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "REQUEST_METHOD",
    "wsgi.version",
    "wsgi.url_scheme",
    "wsgi.input_terminated",
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
)
LONG_WORD = re.compile(r"[\w-]{20,}", re.ASCII)
PLAIN_TEXT = (
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'"),
)


class MalformedError(Exception):
    """A request that no application should see; the message says why."""


def without_secrets(path: str) -> str:
    """A path as it may be logged: long words in it may be keys."""
    return LONG_WORD.sub("…", path)


def plain(status: int, words: str, *more: tuple[str, str]) -> Finished:
    """A response of the front's own."""
    return Finished(status, [*PLAIN_TEXT, *more], f"{words}\n".encode())


def header_variables(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers as CGI variables (RFC 3875, 4.1.18), repeated ones joined.

    Names with an underscore are left out: `X_Forwarded_For` would pass for the real one.

    Raises:
        MalformedError: two Host headers.
    """
    variables: dict[str, str] = {}
    for name, value in headers:
        if "_" in name:
            continue
        variable = name.upper().replace("-", "_")
        if variable not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            variable = f"HTTP_{variable}"
        before = variables.get(variable)
        if before is None:
            variables[variable] = value
        elif variable == "HTTP_HOST":
            raise MalformedError("two Host headers")
        elif variable != "CONTENT_LENGTH":
            variables[variable] = before + ("; " if variable == "HTTP_COOKIE" else ",") + value
    return variables


def environment(scope: Any, body: bytes, *, proxies: int) -> WSGIEnvironment:
    """The WSGI environment (PEP 3333) of an RSGI request.

    Args:
        scope: granian's RSGI scope.
        proxies: how many proxies are trusted; with none, nothing was forwarded.

    Raises:
        MalformedError: the headers contradict themselves.
    """
    address, _, _port = scope.client.rpartition(":")
    server, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": address.strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ.update(header_variables(scope.headers.items()))
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # the body is whole
    environ["CONTENT_LENGTH"] = str(len(body)) if body else ""
    if not proxies:
        for name in [name for name in environ if name.startswith(FORWARDED)]:
            del environ[name]
    return environ


def as_anyone(environ: Mapping[str, Any]) -> WSGIEnvironment:
    """The same GET, asked by nobody in particular."""
    hidden = {*CONDITIONS, *OF_A_VISITOR}
    anyone = {name: value for name, value in environ.items() if name not in hidden}
    return anyone | {"REQUEST_METHOD": "GET"}


def bare(environ: Mapping[str, Any]) -> WSGIEnvironment:
    """What is needed to ask for a kept document again, and nothing of the one who asked for it."""
    kept = {name: environ[name] for name in ASKED_AGAIN if name in environ}
    return kept | {"REMOTE_ADDR": "", "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr}


def whole(environ: Mapping[str, Any]) -> WSGIEnvironment:
    """The same request without conditions, and as a GET if it is a HEAD."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return dict(environ)
    kept = {name: value for name, value in environ.items() if name not in CONDITIONS}
    return kept | {"REQUEST_METHOD": "GET"}


def call(application: WSGIApplication, environ: WSGIEnvironment) -> Finished:
    """The application's whole response; an exception becomes a plain 500 and a log entry."""
    started: list[tuple[str, Headers]] = []
    written: list[bytes] = []

    def start(status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
        started.append((status, headers))
        return written.append

    try:
        parts = application(environ, start)
        try:
            written.extend(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
    except Exception:
        path = without_secrets(environ["PATH_INFO"])
        log.exception("%s %s failed", environ["REQUEST_METHOD"], path)
        return plain(500, "Something went wrong on our side. Nothing was lost.")
    named = [(name.lower(), value) for name, value in headers]
    return Finished(int(status.split(" ", 1)[0]), named, b"".join(written))
