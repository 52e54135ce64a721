"""Links in a page: found, and led to the copy or to the living site."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from static_copy.addresses import SPANISH

_ATTRIBUTE = re.compile(r'(\s(href|src|srcset|action|content|value)=")([^"]*)"')
_STYLE_URL = re.compile(r'url\("?([^")]+)"?\)')
_LOCATION = re.compile(r"<loc>([^<]+)</loc>")
_ADDRESS = re.compile(r'https?://[^\s"<>\\]+')


@dataclass(frozen=True)
class Sites:
    """Where the copy will stand and where the living site is, both without a slash at the end."""

    copy: str
    living: str


def _split(value: str, sites: Sites) -> tuple[str, str] | None:
    """Path and query of an address of this site; None for any other."""
    for start in (sites.copy, "webcal://" + sites.copy.split("://", 1)[-1]):
        if value == start or value.startswith(f"{start}/"):
            value = value.removeprefix(start) or "/"
            break
    if not value.startswith("/") or value.startswith("//"):
        return None
    parts = urlsplit(value)
    return parts.path, parts.query


def _known(path: str, query: str, known: Collection[str]) -> str | None:
    """The path of the copy that shows what an address asks for, or None."""
    if query == "lang=es" and SPANISH + path in known:
        return SPANISH + path
    if query and not query.startswith("v="):  # a fingerprint: the file is the same
        return None
    return path if path in known else None


def links_in(body: str, path: str, kind: str, sites: Sites) -> Iterator[tuple[str, str]]:
    """Path and query of everything of this site that a document leads to."""
    if kind == "text/html":
        for _before, name, value in _ATTRIBUTE.findall(body):
            values = value.split(", ") if name == "srcset" else [value]
            for one in values:
                found = _split(unescape(one).split(" ")[0], sites)
                if found and name != "action":
                    yield found
    elif kind == "text/css":
        for value in _STYLE_URL.findall(body):
            parts = urlsplit(urljoin(path, value))
            yield parts.path, parts.query
    else:
        pattern = _LOCATION if "xml" in kind else _ADDRESS
        for value in pattern.findall(body):
            if (found := _split(unescape(value), sites)) is not None:
                yield found


def readdressed(body: str, sites: Sites, known: Collection[str]) -> str:
    """JSON or XML whose addresses lead to the living site where the copy has nothing for them."""

    def lead(found: re.Match[str]) -> str:
        split = _split(unescape(found[0]), sites)
        if split is None or _known(*split, known) is not None:
            return found[0]
        return found[0].replace(sites.copy, sites.living, 1)

    return _ADDRESS.sub(lead, body)


def relinked(body: str, sites: Sites, known: Collection[str]) -> str:
    """A page whose links stay in the copy where it has what they lead to; forms, and all else of
    this site, lead to the living one."""

    def lead(found: re.Match[str]) -> str:
        start, name, value = found.groups()
        split = _split(unescape(value), sites) if name != "srcset" else None
        if split is None or (name in {"content", "value"} and value.startswith("/")):
            return found[0]
        path, query = split
        there = None if name == "action" else _known(path, query, known)
        if there == path:
            return found[0]
        fragment = urlsplit(unescape(value)).fragment
        tail = f"#{fragment}" if fragment else ""
        if there is not None:
            place = unescape(value).partition(path)[0] + there
        else:
            place = f"{sites.living}{path}" + (f"?{query}" if query else "")
        return f'{start}{escape(place + tail)}"'

    return _ATTRIBUTE.sub(lead, body)
