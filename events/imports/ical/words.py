"""What an entry says in words: its title, its text, where it is and how one joins online.

How to join is parted from what may be shown: links and codes of a conference are for those who
signed up.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import nh3

from events.imports.ical.entries import Location
from events.imports.passcodes import part_link, part_text

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
LONGEST_URL = 500
LONGEST_PRIVATE = 500
LONGEST_NAME, LONGEST_ADDRESS = 200, 300
MOST_TAGS, LONGEST_TAG = 20, 60
_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"'\\]+", re.IGNORECASE)
_CONFERENCES = re.compile(
    r"(?:^|\.)(?:zoom\.us|zoom\.com|zoomgov\.com|meet\.google\.com|teams\.microsoft\.com"
    r"|teams\.live\.com|webex\.com|gotomeeting\.com|gotomeet\.me|goto\.com|whereby\.com"
    r"|meet\.jit\.si|bluejeans\.com|skype\.com)$"
)
_MAPS = re.compile(r"(?:^|\.)(?:maps\.\w+\.\w+|goo\.gl|openstreetmap\.org)$|google\.\w+$")
_DIALLED = re.compile(r"\d,,+\*?\d|\bmeeting id\b|\bid de (?:la )?reuni[oó]n\b", re.IGNORECASE)
_ONLINE = re.compile(
    r"\W*(?:online|on-line|virtual(?:ly)?|zoom|google meet|microsoft teams|teams|webex|skype"
    r"|phone|teleconference|en l[ií]nea|video ?call|video ?conference)"
    r"(?:\W+(?:meeting|only|event|call|room|group))*\W*",
    re.IGNORECASE,
)
_CANCELLED = re.compile(r"\s*cancel+ed\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """What an entry says, ready to be kept."""

    description: str
    private: str
    online_url: str | None
    location: Location | None
    mode: str
    notes: tuple[str, ...]


def plain(text: str, longest: int) -> str:
    """Text without markup, its lines trimmed and at most one of them empty in a row."""
    text = text[: longest * 4]
    if "<" in text:
        text = nh3.clean(_BREAKS.sub("\n", text), tags=set())
    text = html.unescape(text).replace("\r", "\n").replace("\xa0", " ")
    lines = [" ".join(line.split()) for line in text.split("\n")]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    shown = "".join(
        sign for sign in "\n".join(kept) if sign == "\n" or sign.isprintable() or sign == "\u200d"
    )
    return shown.strip()[:longest].strip()


def title_of(text: str, otherwise: str, *, cancelled: bool) -> str:
    """A title on one line; a cancelled entry's without the word before it."""
    title = " ".join(plain(text, LONGEST_TITLE * 2).split())[:LONGEST_TITLE].strip()
    title = _CANCELLED.sub("", title, count=1) if cancelled else title
    return title or otherwise


def tags_of(values: Iterable[str]) -> tuple[str, ...]:
    """Categories as tags, each once, in their order."""
    found = (plain(value, LONGEST_TAG) for value in values)
    return tuple(dict.fromkeys(tag for tag in found if tag))[:MOST_TAGS]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_conference(url: str) -> bool:
    return bool(_CONFERENCES.search(_host(url)))


def _part_lines(text: str) -> tuple[list[str], list[str], list[str]]:
    """Lines that may be shown, lines that tell how to join, and the links in these."""
    shown: list[str] = []
    secret: list[str] = []
    links: list[str] = []
    for line in text.split("\n"):
        found = [url.rstrip(".,;)>]") for url in _URL.findall(line)]
        meeting = [url for url in found if _is_conference(url)]
        if meeting or _DIALLED.search(line):
            secret.append(line)
            links += meeting
        else:
            shown.append(line)
    return shown, secret, links


def _place_of(text: str, geo: tuple[float, float] | None) -> Location | None:
    lines = [line.strip(" ,;") for line in text.split("\n") if line.strip(" ,;")]
    if not lines:
        return None
    name, rest = lines[0], ", ".join(lines[1:])
    if not rest and "," in name:
        head, _comma, tail = name.partition(",")
        numbered = head.strip()[:1].isdigit()
        name, rest = head.strip(), name if numbered else tail.strip()
    elif not rest and name[:1].isdigit():
        rest = name
    latitude, longitude = geo or (None, None)
    return Location(name[:LONGEST_NAME], rest[:LONGEST_ADDRESS], latitude, longitude)


def _within(lines: Iterable[str], longest: int) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line) + 1
        if size <= longest + 1:
            yield line


def _private(lines: list[str], notes: list[str]) -> str:
    lines = list(dict.fromkeys(line for line in lines if line))
    kept = list(_within(lines, LONGEST_PRIVATE))
    if len(kept) < len(lines):
        notes.append("what it says about joining was shortened")
    return "\n".join(kept)


def location_of(text: str, geo: tuple[float, float] | None) -> tuple[Location | None, list[str]]:
    """The place of a LOCATION, if it is one, and the links in it."""
    text = plain(text, LONGEST_ADDRESS + LONGEST_NAME)
    links = [url.rstrip(".,;)>]") for url in _URL.findall(text)]
    left = _URL.sub(" ", text).strip(" ,;|-–\n")
    if _ONLINE.fullmatch(left):
        left = ""
    return _place_of(left, geo), links


def said_of(
    description: str,
    location: str,
    geo: tuple[float, float] | None,
    conferences: Iterable[str],
    page: str,
) -> Said:
    """What an entry says.

    Args:
        conferences: links that are given as the way to join.
        page: the address of a page about it, or ''.
    """
    notes: list[str] = []
    place, in_location = location_of(location, geo)
    maps = [url for url in in_location if _MAPS.search(_host(url)) and not _is_conference(url)]
    whole = plain(description, LONGEST_TEXT)
    shown, secret, in_text = _part_lines(whole)
    text, codes = part_text("\n".join(shown))
    joining = [url for url in conferences if _host(url)]
    joining += [url for url in in_location if url not in maps]
    joining += [page] if _is_conference(page) else []
    links = [url for url in dict.fromkeys(joining + in_text) if len(url) <= LONGEST_URL]
    online_url, whole_link = part_link(links[0]) if links else (None, "")
    more = [page] if _host(page) and not _is_conference(page) else []
    for url in [*maps, *more]:
        text = text if url in text else f"{text}\n\n{url}".strip()
    online = bool(links) or bool(_ONLINE.fullmatch(plain(location, LONGEST_ADDRESS)))
    mode = ("hybrid" if place else "online") if online else "in-person"
    private = _private([whole_link, *secret, *codes.split("\n")], notes)
    return Said(text, private, online_url, place, mode, tuple(notes))
