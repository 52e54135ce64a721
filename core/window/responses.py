"""Finished responses, and what a request gets of them: all, compressed, or that it has it."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

import brotli  # type: ignore[import-untyped]

from core.window.negotiation import CODINGS, coding, known_tag, unchanged_since

Headers: TypeAlias = list[tuple[str, str]]
Version: TypeAlias = tuple[int, int, int]  # generation, edition, local date

VALID_UNTIL = "x-groundswell-valid-until"
SMALLEST_COMPRESSED = 400  # below this the headers outweigh what is saved
COMPRESSED_TYPES = ("text/", "application/json", "application/xml", "application/javascript")
COMPRESSED_SUFFIXES = ("+xml", "+json")
_OWN = frozenset({"content-length", "etag", "vary", "connection", "transfer-encoding", "date"})
_IN_304 = ("access-control-", "cache-control", "cross-origin-resource-policy", "last-modified")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request decides how a finished response is given out."""

    method: str = "GET"
    accept_encoding: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out; header names in lower case."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Finished:
    """A response as the application gave it; header names in lower case."""

    status: int
    headers: Headers
    body: bytes

    def values(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for given, value in self.headers if given == name]

    def tokens(self, name: str) -> set[str]:
        """The comma-separated words of a header, in lower case."""
        return {
            word.strip().lower()
            for value in self.values(name)
            for word in value.split(",")
            if word.strip()
        }

    @property
    def is_public(self) -> bool:
        """Whether the view said that everyone gets these same bytes."""
        control = self.tokens("cache-control")
        return (
            self.status == HTTPStatus.OK
            and "public" in control
            and not control & {"no-store", "private", "no-cache"}
            and not self.values("set-cookie")
            and not self.values("content-encoding")
            and self.tokens("vary") <= {"accept-encoding"}
        )

    @property
    def is_document(self) -> bool:
        """Whether it may be compressed and answered by 304: public, or with a tag of its own."""
        return self.status == HTTPStatus.OK and (self.is_public or bool(self.values("etag")))

    @property
    def holds_until(self) -> float | None:
        """The unix second from which it no longer holds; None for as long as the edition."""
        given = self.values(VALID_UNTIL)
        try:
            return min(float(value) for value in given) if given else None
        except ValueError:
            return 0.0  # not to be read, so not to be relied on

    def as_it_is(self, asked: Asked) -> Answer:
        """The response unchanged, but for what never leaves the house and the body of a HEAD."""
        headers = [
            (name, value)
            for name, value in self.headers
            if name not in {"content-length", VALID_UNTIL, "transfer-encoding"}
        ]
        bodiless = self.status < 200 or self.status in {204, 304}
        if not bodiless:
            headers.append(("content-length", str(len(self.body))))
        return Answer(self.status, headers, b"" if asked.method == "HEAD" else self.body)


@dataclass(frozen=True, slots=True)
class Representation:
    """One encoding of a document, ready to go out."""

    headers: Headers
    body: bytes


class Document:
    """A finished 200 in every encoding worth having, each with a strong tag of the content."""

    __slots__ = ("_last_modified", "_not_modified", "_tags", "_ways", "size")

    def __init__(self, finished: Finished) -> None:
        common = [
            (name, value)
            for name, value in finished.headers
            if name not in _OWN and name != VALID_UNTIL
        ]
        vary = sorted(finished.tokens("vary") | {"accept-encoding"})
        common.append(("vary", ", ".join(vary)))
        bodies = {"identity": finished.body} | _compressed(finished)
        digest = hashlib.sha256(finished.body).hexdigest()[:32]
        self._last_modified = next(iter(finished.values("last-modified")), None)
        self._not_modified = [pair for pair in common if pair[0].startswith(("vary", *_IN_304))]
        self._tags = {name: _tag(digest, name) for name in bodies}
        self._ways = {
            name: Representation(_with_coding(common, name, self._tags[name], body), body)
            for name, body in bodies.items()
        }
        self.size = sum(map(len, bodies.values())) + 2_000 * len(bodies)

    def answer(self, asked: Asked) -> Answer:
        """200 or 304 for a GET or HEAD. RFC 9110, 13.2.2: tags before dates."""
        name = coding(asked.accept_encoding)
        way = self._ways.get(name) or self._ways["identity"]
        tag = self._known(asked, name)
        if tag is not None:
            return Answer(304, [*self._not_modified, ("etag", tag)], b"")
        return Answer(200, way.headers, b"" if asked.method == "HEAD" else way.body)

    def _known(self, asked: Asked, name: str) -> str | None:
        chosen = self._tags.get(name) or self._tags["identity"]
        if asked.if_none_match is not None:
            tags = (chosen, *(tag for tag in self._tags.values() if tag != chosen))
            return known_tag(asked.if_none_match, tags)
        if asked.if_modified_since is None or self._last_modified is None:
            return None
        return chosen if unchanged_since(asked.if_modified_since, self._last_modified) else None


def _tag(digest: str, coding_name: str) -> str:
    return f'"{digest}"' if coding_name == "identity" else f'"{digest}-{coding_name}"'


def _with_coding(common: Headers, name: str, tag: str, body: bytes) -> Headers:
    own = [("etag", tag), ("content-length", str(len(body)))]
    return [*common, *own] if name == "identity" else [*common, *own, ("content-encoding", name)]


def _compressed(finished: Finished) -> dict[str, bytes]:
    kind = next(iter(finished.values("content-type")), "").split(";")[0].strip().lower()
    worthwhile = kind.startswith(COMPRESSED_TYPES) or kind.endswith(COMPRESSED_SUFFIXES)
    if (
        not worthwhile
        or len(finished.body) < SMALLEST_COMPRESSED
        or finished.values("content-encoding")
        or "no-transform" in finished.tokens("cache-control")
    ):
        return {}
    ways = (
        brotli.compress(finished.body, quality=5),
        gzip.compress(finished.body, compresslevel=6, mtime=0),  # same bytes at any time
    )
    return {
        name: body
        for name, body in zip(CODINGS, ways, strict=True)
        if len(body) < len(finished.body)
    }
