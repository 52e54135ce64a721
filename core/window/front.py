"""The front: an RSGI application for granian, plain WSGI middleware for any other server.

Kept documents are given out on the event loop. The application runs in threads behind it: a few
that render public addresses, so that the calendar never queues behind a rush of sign-ups, and
more for everything else.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import parse_http_list

from sqlalchemy import Engine

from core.window.calling import (
    MalformedError,
    call,
    environment,
    plain,
    whole,
    without_secrets,
)
from core.window.edition import editions
from core.window.flights import Shown, is_for_all
from core.window.receiving import NotTakenError, Receiver
from core.window.responses import Answer, Asked, Document, Finished, Version
from core.window.showing import ROOM_BYTES, Window
from core.window.store import Key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)
READS = frozenset({"GET", "HEAD"})
SIGNED_IN_COOKIES = ("groundswell_session", "remember_token")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
LONGEST_ADDRESS = 2_000
VISITS = 16
RENDERINGS = 4
MOST_WAITING = 256
BUSY = plain(503, "The site is busy. Please try again in a moment.", ("retry-after", "2"))


def is_of_someone(cookie: str | None) -> bool:
    """Whether a Cookie header may belong to somebody signed in."""
    return cookie is not None and any(name in cookie for name in SIGNED_IN_COOKIES)


def effective(forwarded: str, proxies: int) -> str:
    """What trusted proxies say in an X-Forwarded header, read as werkzeug's ProxyFix does."""
    values = parse_http_list(forwarded)
    return values[-proxies] if len(values) >= proxies else ""


def _may_be_kept(host: str | None, path: str, query: str) -> bool:
    """Whether an address is one spelling of a page, not one of the endless others of it."""
    if not host or "//" in path:  # routing reads `//page` as `/page`
        return False
    return len(host) + len(path) + len(query) <= LONGEST_ADDRESS


def answer_to(asked: Asked, shown: Shown) -> Answer:
    """What goes out for what was rendered or kept."""
    if isinstance(shown, Finished):
        if asked.method not in READS or not shown.is_document:
            return shown.as_it_is(asked)
        shown = Document(shown)
    return shown.answer(asked)


class Pool:
    """Threads for the application, with a bounded queue."""

    def __init__(self, threads: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + MOST_WAITING
        self._taken = 0
        self._lock = threading.Lock()

    def run(self, work: Callable[[], None]) -> bool:
        """Have `work` done in a thread; False when too many wait already."""
        with self._lock:
            if self._taken >= self._most:
                return False
            self._taken += 1
        self._executor.submit(self._do, work)
        return True

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._lock:
                self._taken -= 1


class Front:
    """A window in front of its application.

    Args:
        window: what is shown to anonymous visitors.
        proxies: how many proxies in front may set X-Forwarded-Proto, -Host and -For; with none
            the application never sees them.
        most_bytes: the largest request body; a larger one is answered by 413.
    """

    def __init__(self, window: Window, *, proxies: int = 0, most_bytes: int = 5_000_000) -> None:
        self.window = window
        self.proxies = proxies
        self._receiver = Receiver(most_bytes)
        self._visits = Pool(VISITS, "visit")
        self._renderings = Pool(RENDERINGS, "render")

    # --- RSGI ----------------------------------------------------------------------------------

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian in each worker: it ends with the process that started it."""
        parent = multiprocessing.parent_process()
        if parent is not None:
            threading.Thread(target=_end_with, args=(parent,), daemon=True).start()

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request."""
        headers = scope.headers
        asked = Asked(
            scope.method,
            headers.get("accept-encoding"),
            headers.get("if-none-match"),
            headers.get("if-modified-since"),
        )
        key = self._key(scope, headers) if asked.method in READS else None
        version = None if key is None else self.window.version()
        shown: Shown | None = None
        if key is not None and version is not None:
            shown = self.window.fresh(key, version)
        if shown is None:
            shown = await self._behind(scope, proto, key)
        answer = answer_to(asked, shown)
        if answer.body:
            proto.response_bytes(answer.status, answer.headers, answer.body)
        else:
            proto.response_empty(answer.status, answer.headers)

    def _key(self, scope: Any, headers: Any) -> Key | None:
        """The address under which a document may be kept; None when this request must pass."""
        host = headers.get("host")
        path, query = scope.path, scope.query_string
        if (
            not _may_be_kept(host, path, query)
            or "authorization" in headers
            or any(is_of_someone(cookie) for cookie in headers.get_all("cookie"))
        ):
            return None
        forwarded = ""
        if self.proxies:
            forwarded = self._forwarded(
                ",".join(headers.get_all("x-forwarded-proto")),
                ",".join(headers.get_all("x-forwarded-host")),
            )
        return Key(scope.scheme, host, forwarded, path, query)

    def _forwarded(self, proto: str, host: str) -> str:
        return f"{effective(proto, self.proxies)}\n{effective(host, self.proxies)}"

    async def _behind(self, scope: Any, proto: Any, key: Key | None) -> Shown:
        """Ask the application."""
        try:
            async with self._receiver.body(scope, proto) as body:
                environ = environment(scope, body, proxies=self.proxies)
                if key is None or body:  # what a body asks for, no address can say
                    return await self._visit(environ)
                return await self._shown(key, environ)
        except MalformedError as error:
            return plain(HTTPStatus.BAD_REQUEST, f"This request has {error}.")
        except NotTakenError as refusal:
            return refusal.answer

    async def _visit(self, environ: WSGIEnvironment) -> Shown:
        own = whole(environ)
        return await self._in(self._visits, lambda: self._served(own))

    def _served(self, environ: WSGIEnvironment) -> Finished:
        """The application's answer; to a change, once its own maker would see it."""
        if environ["REQUEST_METHOD"] in READS:
            return call(self.window.application, environ)
        before = self.window.newest()
        finished = call(self.window.application, environ)
        self.window.settle(before)
        return finished

    async def _shown(self, key: Key, environ: WSGIEnvironment) -> Shown:
        window = self.window
        version = window.version()  # again: a body may have taken its time
        boarded = window.flights.board(key, version) if version is not None else None
        if version is None or boarded is None:
            return await self._in(self._visits, lambda: window.render(key, version, environ))
        flight, owed = boarded
        if owed and not self._renderings.run(lambda: _land(window, key, version, environ)):
            window.flights.land(key, version, BUSY)
        shown = await asyncio.shield(asyncio.wrap_future(flight))
        if is_for_all(shown) or owed:
            return shown
        return await self._in(self._visits, lambda: window.render(key, version, environ))

    async def _in(self, pool: Pool, work: Callable[[], Shown]) -> Shown:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Shown] = loop.create_future()

        def do() -> None:
            shown: Shown = plain(500, "Something went wrong on our side.")
            try:
                shown = work()
            finally:
                loop.call_soon_threadsafe(_settle, done, shown)

        return await done if pool.run(do) else BUSY

    # --- WSGI ----------------------------------------------------------------------------------

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request as WSGI middleware, in the server's own thread."""
        asked = Asked(
            environ["REQUEST_METHOD"],
            environ.get("HTTP_ACCEPT_ENCODING"),
            environ.get("HTTP_IF_NONE_MATCH"),
            environ.get("HTTP_IF_MODIFIED_SINCE"),
        )
        key = self._wsgi_key(environ) if asked.method in READS else None
        shown: Shown
        if key is None:
            shown = self._served(whole(environ))
        else:
            shown = self.window.shown(key, self.window.version(), environ)
        answer = answer_to(asked, shown)
        start(f"{answer.status} {_phrase(answer.status)}", answer.headers)
        return [answer.body]

    def _wsgi_key(self, environ: WSGIEnvironment) -> Key | None:
        host = environ.get("HTTP_HOST", "")
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        query = environ.get("QUERY_STRING", "")
        if (
            not _may_be_kept(host, path, query)
            or "HTTP_AUTHORIZATION" in environ
            or is_of_someone(environ.get("HTTP_COOKIE"))
            or environ.get("CONTENT_LENGTH", "") not in {"", "0"}
            or "HTTP_TRANSFER_ENCODING" in environ
        ):
            return None
        forwarded = ""
        if self.proxies:
            forwarded = self._forwarded(
                environ.get("HTTP_X_FORWARDED_PROTO", ""),
                environ.get("HTTP_X_FORWARDED_HOST", ""),
            )
        return Key(environ["wsgi.url_scheme"], host, forwarded, path, query)


def own_hosts(config: Mapping[str, Any]) -> set[str]:
    """The Host headers by which visitors ask for this site: SITE_URL's, and this machine's."""
    port = config.get("PORT")
    local = {f"{name}:{port}" for name in (config.get("HOST"), *LOOPBACK)}
    return {urlsplit(config.get("SITE_URL", "")).netloc, *local}


def in_front_of(application: WSGIApplication, engine: Engine, config: Mapping[str, Any]) -> Front:
    """A front for an application, by its settings; each of WORKERS has a share of the room."""
    window = Window(
        application,
        editions(engine),
        config["TIMEZONE"],
        ROOM_BYTES // max(1, config["WORKERS"]),
        own_hosts(config),
    )
    return Front(window, proxies=config["TRUSTED_PROXIES"], most_bytes=config["MAX_CONTENT_LENGTH"])


def _land(window: Window, key: Key, version: Version, environ: WSGIEnvironment) -> None:
    try:
        window.land(key, version, environ)
    except Exception:
        log.exception("%s could not be shown", without_secrets(key.path))


def _settle(done: asyncio.Future[Shown], shown: Shown) -> None:
    if not done.done():
        done.set_result(shown)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _end_with(parent: Any) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
