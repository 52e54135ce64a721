"""Asks the application for its public side, page by page, and writes it down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from static_copy.addresses import SEEDS, Span, belongs, file_of
from static_copy.folder import CopyFolder, replacing
from static_copy.links import Sites, links_in, readdressed, relinked

DATA = ("application/xml", "application/json", "application/atom+xml")
READ = ("text/html", "text/css", *DATA)
MISSING = "/404"
STATIC = "/static/"
Progress = Callable[[Iterable[str]], Iterable[str]]


@dataclass(frozen=True)
class Copied:
    """How many files a copy has, and their bytes."""

    files: int
    size: int


@dataclass(frozen=True)
class _Found:
    kind: str
    body: bytes


def asked(client: FlaskClient, path: str) -> TestResponse:
    """The answer to a visitor's request, apart from the context of the command that asks: within
    one, every page would be in the language of the first."""
    return Context().run(client.get, path)


class _Reader:
    """Public documents of the application, each asked for once."""

    def __init__(self, client: FlaskClient, span: Span, sites: Sites, spare: Path) -> None:
        self._client, self._span, self._sites, self._spare = client, span, sites, spare
        self._waiting = list(dict.fromkeys(SEEDS))
        self._seen = set(self._waiting)
        self.kinds: dict[str, str] = {}

    def paths(self) -> Iterator[str]:
        """Every address that belongs in the copy, as it is found; its body is kept aside."""
        while self._waiting:
            path = self._waiting.pop(0)
            found = self._ask(path)
            if found is None:
                continue
            self.kinds[path] = found.kind
            file = self._spare / str(len(self.kinds))
            file.write_bytes(found.body)
            if found.kind in READ:
                self._follow(path, found)
            yield path

    def bodies(self) -> Iterator[tuple[str, str, bytes]]:
        """Path, kind and body of everything found."""
        for number, (path, kind) in enumerate(self.kinds.items(), 1):
            yield path, kind, (self._spare / str(number)).read_bytes()

    def _ask(self, path: str) -> _Found | None:
        with asked(self._client, path) as answer:
            public = "public" in answer.headers.get("Cache-Control", "")
            if answer.status_code != 200 or not (public or path.startswith(STATIC)):
                return None
            return _Found(answer.mimetype or "", answer.get_data())

    def _follow(self, path: str, found: _Found) -> None:
        text = found.body.decode("utf-8")
        for there, query in links_in(text, path, found.kind, self._sites):
            if query == "lang=es":
                there = f"/es{there}"
            elif query and not query.startswith("v="):
                continue
            if there not in self._seen and belongs(there, self._span):
                self._seen.add(there)
                self._waiting.append(there)


def export_site(
    app: Flask, target: Path, living: str, span: Span, progress: Progress = iter
) -> Copied:
    """Operation of the operator: the public side of `app` as files in `target`.

    The application's SITE_URL is where the copy will stand; `living` is where people sign up.
    Same rows, same bytes. Nothing but what anybody may see is asked for.

    Raises:
        NotACopyError: `target` holds something else.
    """
    sites = Sites(app.config["SITE_URL"], living)
    app.config["COPY_OF"] = living
    with replacing(target) as folder:
        spare = folder.folder / ".found"
        spare.mkdir()
        reader = _Reader(app.test_client(), span, sites, spare)
        for _path in progress(reader.paths()):
            pass
        _write(folder, reader, sites)
        _write_missing(folder, app, sites, reader.kinds)
        for file in spare.iterdir():
            file.unlink()
        spare.rmdir()
        return Copied(folder.count, folder.size)


def _write(folder: CopyFolder, reader: _Reader, sites: Sites) -> None:
    known = frozenset(reader.kinds)
    for path, kind, body in reader.bodies():
        if kind == "text/html":
            body = relinked(body.decode("utf-8"), sites, known).encode("utf-8")
        elif kind in DATA:
            body = readdressed(body.decode("utf-8"), sites, known).encode("utf-8")
        folder.write(file_of(path), body)


def _write_missing(folder: CopyFolder, app: Flask, sites: Sites, known: Iterable[str]) -> None:
    page = asked(app.test_client(), MISSING).get_data(as_text=True)
    whole = relinked(page, sites, frozenset(known))
    folder.write(PurePosixPath("404.html"), whole.encode("utf-8"))
