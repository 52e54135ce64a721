"""Compact VTIMEZONE blocks from a zone's own rule (RFC 5545, 3.6.5).

The rule is the last line of the zone's TZif file (RFC 8536, 3.3), a POSIX TZ string such as
`PST8PDT,M3.2.0,M11.1.0`: what holds from now on. Lists of past changes would be longer than a
calendar, and some programs are an hour off after reading them.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path

_NAME = r"(?:<[^>]+>|[A-Za-z]{3,})"
_OFFSET = r"[+-]?\d{1,2}(?::\d{2}){0,2}"
_CHANGE = r"M\d{1,2}\.\d\.\d(?:/[+-]?\d{1,3}(?::\d{2}){0,2})?"
_RULE = re.compile(
    rf"(?P<standard>{_NAME})(?P<offset>{_OFFSET})"
    rf"(?:(?P<daylight>{_NAME})(?P<saving>{_OFFSET})?,(?P<on>{_CHANGE}),(?P<off>{_CHANGE}))?$"
)
_DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SINCE = 1970  # onsets begin here: before anything a calendar of ours can hold
_LAST_WEEK = 5


class UnknownZoneError(Exception):
    """There is no such zone, or its rule is of a form that no zone has today."""


@dataclass(frozen=True)
class _Change:
    """A yearly change: the `week`th `weekday` (Sunday = 0) of a month, `at` after its midnight."""

    month: int
    week: int
    weekday: int
    at: timedelta


@dataclass(frozen=True)
class _State:
    name: str
    offset: timedelta


def _duration(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = ([int(part) for part in text.lstrip("+-").split(":")] + [0, 0])[:3]
    return sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _change(text: str) -> _Change:
    rule, _slash, at = text.partition("/")
    month, week, weekday = (int(part) for part in rule.removeprefix("M").split("."))
    return _Change(month, week, weekday, _duration(at or "2"))


def _tzif(name: str) -> bytes:
    zoneinfo.ZoneInfo(name)  # refuses names that lead out of the folder
    for folder in zoneinfo.TZPATH:
        file = Path(folder) / name
        if file.is_file():
            return file.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def _footer(name: str) -> str:
    try:
        return _tzif(name).rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(name) from error


def _utc_offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign = "-" if seconds < 0 else "+"
    hours, rest = divmod(abs(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours:02d}{minutes:02d}" + (f"{seconds:02d}" if seconds else "")


def _yearly(change: _Change) -> tuple[str, datetime]:
    """The RRULE of a change and its first onset.

    Times past midnight or before it belong to a neighbouring day: the rule then names that day
    by its place in the month. Where that would leave the month, the last second of the day is
    near enough.
    """
    length = _MONTH_LENGTHS[change.month - 1]
    earliest = length - 6 if change.week == _LAST_WEEK else 7 * change.week - 6
    shift, at = change.at // timedelta(days=1), change.at % timedelta(days=1)
    if shift > 0 and earliest + 6 + shift > length:
        shift, at = 0, timedelta(hours=23, minutes=59, seconds=59)
    day = _DAYS[(change.weekday + shift) % 7]
    if shift == 0:
        place = f"BYDAY={-1 if change.week == _LAST_WEEK else change.week}{day}"
    else:
        days = ",".join(str(earliest + shift + number) for number in range(7))
        place = f"BYMONTHDAY={days};BYDAY={day}"
    first = datetime(_SINCE, change.month, earliest + shift)
    ahead = (change.weekday + shift - (first.weekday() + 1)) % 7
    return f"FREQ=YEARLY;BYMONTH={change.month};{place}", first + timedelta(days=ahead) + at


def _part(kind: str, before: _State, state: _State, change: _Change | None) -> list[str]:
    rule, onset = _yearly(change) if change else ("", datetime(_SINCE, 1, 1))
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset:%Y%m%dT%H%M%S}",
        *([f"RRULE:{rule}"] if rule else []),
        f"TZOFFSETFROM:{_utc_offset(before.offset)}",
        f"TZOFFSETTO:{_utc_offset(state.offset)}",
        f"TZNAME:{state.name.strip('<>')}",
        f"END:{kind}",
    ]


@lru_cache(maxsize=512)
def vtimezone(name: str) -> tuple[str, ...]:
    """The lines of the VTIMEZONE of an IANA zone.

    Raises:
        UnknownZoneError: there is no such zone.
    """
    rule = _RULE.match(_footer(name))
    if rule is None:
        raise UnknownZoneError(name)
    usual = _State(rule["standard"], -_duration(rule["offset"]))
    if rule["daylight"] is None:
        parts = _part("STANDARD", usual, usual, None)
    else:
        saving = -_duration(rule["saving"]) if rule["saving"] else usual.offset + timedelta(hours=1)
        other = _State(rule["daylight"], saving)
        # Dublin calls its summer time standard: what is DAYLIGHT is decided by the offset.
        kinds = (
            ("DAYLIGHT", "STANDARD") if other.offset > usual.offset else ("STANDARD", "DAYLIGHT")
        )
        parts = [
            *_part(kinds[0], usual, other, _change(rule["on"])),
            *_part(kinds[1], other, usual, _change(rule["off"])),
        ]
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *parts, "END:VTIMEZONE")
