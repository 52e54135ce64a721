"""The zone a file means: an IANA name from whatever name, or from the offsets, it gives."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.imports.ical.blocks import Calendar
from events.imports.ical.entries import Fault

LONGEST_NAME = 100
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])0?(\d{1,2})(?::?00)?", re.IGNORECASE)
_EVERY = timedelta(days=5)
_YEARS = 2


@lru_cache
def _by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


@lru_cache(maxsize=1000)
def named_zone(name: str) -> str | None:
    """The IANA zone of a name: IANA's own, Windows', a vendor's path to one, or `GMT-0700`."""
    name = name.strip().strip('"').strip()
    if not name or len(name) > LONGEST_NAME:
        return None
    known = _by_lower_case()
    if name.lower() in known:
        return known[name.lower()]
    windows = {key.lower(): value for key, value in WINDOWS_TO_OLSON.items()}
    if name.lower() in windows:
        return windows[name.lower()]
    parts = name.strip("/").lower().split("/")
    for start in range(1, len(parts)):  # /freeassociation.sourceforge.net/America/New_York
        found = known.get("/".join(parts[start:]))
        if found and "/" in found:
            return found
    return _fixed(name)


def _fixed(name: str) -> str | None:
    found = _OFFSET.fullmatch(name.replace(" ", ""))
    if found is None:
        return None
    sign = "-" if found[1] == "+" else "+"  # Etc/GMT+7 is seven hours behind
    return _by_lower_case().get(f"etc/gmt{sign}{int(found[2])}")


def _said(zone: list[str], name: str) -> str:
    start = name + ":"
    for line in zone:
        if line.upper().startswith(start):
            return line[len(start) :].strip()
    return ""


def _offsets(zone: tzinfo, year: int) -> list[timedelta | None]:
    moment, found = datetime(year, 1, 1, 12, tzinfo=UTC), []
    while moment.year < year + _YEARS:
        found.append(moment.astimezone(zone).utcoffset())
        moment += _EVERY
    return found


@lru_cache(maxsize=2000)
def _known_offsets(name: str, year: int) -> list[timedelta | None]:
    return _offsets(ZoneInfo(name), year)


def _candidates(preferred: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys((*preferred, *WINDOWS_TO_OLSON.values()))


def zone_like(lines: list[str], year: int, preferred: Iterable[str]) -> str | None:
    """The first zone whose offsets from `year` on are those a VTIMEZONE gives."""
    rules = [line for line in lines if line.upper().startswith("RRULE")]
    if any("FREQ=YEARLY" not in line.upper() for line in rules):
        return None  # no clock changes more than once a year by one rule
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            zone = Timezone.from_ical("\r\n".join(lines) + "\r\n")
            assert isinstance(zone, Timezone)
            wanted = _offsets(zone.to_tz(tzp, lookup_tzid=False), year)
    except Exception:  # noqa: BLE001 - whatever the library stumbles over is no zone
        return None
    for name in _candidates(preferred):
        if _known_offsets(name, year) == wanted:
            return name
    return None


class Zones:
    """The zones of one VCALENDAR. `program` is the zone of times that name none, unless the
    calendar itself names it (X-WR-TIMEZONE)."""

    def __init__(self, calendar: Calendar, program: str) -> None:
        said = calendar.facts.get("X-WR-TIMEZONE", "").partition(":")[2]
        self.home = named_zone(said) or program
        self._preferred = (self.home, program)
        self._own = {_said(lines, "TZID"): lines for lines in calendar.zones}
        self._found: dict[str, str] = {}

    def of(self, name: str, year: int) -> str:
        """The IANA zone of a TZID.

        Raises:
            Fault: it can be told neither from its name nor from the file.
        """
        if name not in self._found:
            found = named_zone(name) or self._by_file(name, year)
            if found is None:
                raise Fault(f"its time zone {name[:60]!r} is not known")
            self._found[name] = found
        return self._found[name]

    def _by_file(self, name: str, year: int) -> str | None:
        lines = self._own.get(name)
        if lines is None:
            return None
        told = named_zone(_said(lines, "X-LIC-LOCATION"))
        return told or zone_like(lines, year, self._preferred)
