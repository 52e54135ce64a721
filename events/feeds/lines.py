"""Content lines of iCalendar (RFC 5545, 3.1): escaped, folded at 75 octets, free of controls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar.parser import Contentline

MOST_OCTETS = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# One stray control character costs a subscriber the whole feed in several programs. U+2028,
# U+2029 and U+0085 are line ends to some of them.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def plain(value: str) -> str:
    """A text without control characters, its line ends as `\\n`."""
    if value.isascii() and value.isprintable():
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = value.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    return _CONTROLS.sub("", value.encode("utf-8", "ignore").decode("utf-8"))


def folded(line: str) -> bytes:
    """A whole content line as it is sent."""
    if not line.isascii():
        return bytes(Contentline(line).to_ical()) + b"\r\n"  # type: ignore[no-untyped-call]
    if len(line) <= MOST_OCTETS:
        return line.encode("ascii") + b"\r\n"
    return "\r\n ".join(_pieces(line)).encode("ascii") + b"\r\n"


def _pieces(line: str) -> Iterator[str]:
    """An ASCII line in pieces, each but the first with room for the space before it."""
    start, room = 0, MOST_OCTETS
    while start < len(line):
        end = start + room
        piece = line[start:end]
        if end < len(line) and (len(piece) - len(piece.rstrip("\\"))) % 2:
            end -= 1  # some programs unescape before they unfold
        yield line[start:end]
        start, room = end, MOST_OCTETS - 1


def text(name: str, value: str) -> str:
    """A property whose value is TEXT (RFC 5545, 3.3.11)."""
    return f"{name}:{plain(value).translate(_ESCAPED)}"


def uri(name: str, value: str) -> str:
    """A property whose value is a URI: never escaped, so never with a space or a line end."""
    return f"{name}:{''.join(plain(value).split())}"


def parameter(value: str) -> str:
    """A parameter's value, quoted; it has no way to hold a double quote."""
    return '"' + plain(value).replace("\n", " ").replace('"', "'") + '"'


def utc(moment: datetime) -> str:
    """A moment in UTC, as `20261124T023000Z`."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def day(moment: datetime, timezone: str) -> str:
    """A moment as the local day it lies on: the parameters and value of a DATE property."""
    return f";VALUE=DATE:{moment.astimezone(ZoneInfo(timezone)):%Y%m%d}"


def local(name: str, moment: datetime, timezone: str) -> str:
    """A moment on a zone's wall clock; in UTC where the wall clock shows that time twice."""
    wall = moment.astimezone(ZoneInfo(timezone))
    if wall.replace(fold=1 - wall.fold).utcoffset() != wall.utcoffset():
        return f"{name}:{utc(moment)}"  # programs disagree on which of the two is meant
    return f"{name};TZID={timezone}:{wall:%Y%m%dT%H%M%S}"


def recurrence_id(instance: datetime, timezone: str, *, all_day: bool) -> str:
    """Which date of a series a component is: its original start, naive local in a zone."""
    if all_day:
        return f"RECURRENCE-ID;VALUE=DATE:{instance:%Y%m%d}"
    return f"RECURRENCE-ID;TZID={timezone}:{instance:%Y%m%dT%H%M%S}"
