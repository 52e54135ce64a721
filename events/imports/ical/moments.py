"""The moments an entry names, by the wall clock of a zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events.imports.ical.entries import Fault
from events.imports.ical.zones import Zones
from events.rules.recurrence import to_utc

FIRST_YEAR, LAST_YEAR = 1970, 2100
ASSUMED_MINUTES = 60
MOST_DAYS = 31
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """A naive wall-clock time and its IANA zone; a whole day starts at 00:00."""

    wall: datetime
    zone: str
    all_day: bool = False

    def on(self, zone: str) -> datetime:
        """The naive wall-clock time in another zone; a day is the same day everywhere."""
        if self.all_day or zone == self.zone:
            return self.wall
        return to_utc(self.wall, self.zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@dataclass(frozen=True)
class Length:
    """How long, in minutes; not `known` when the file gives no end and an hour is assumed."""

    minutes: int
    known: bool = True
    note: str = ""


def _year(value: date, name: str) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Fault(f"{name} is in {value.year}, outside {FIRST_YEAR}–{LAST_YEAR}")


def moment_of(value: date | datetime, tzid: str | None, zones: Zones, name: str) -> Moment:
    """What a date or time of a property says.

    Args:
        tzid: its TZID parameter.
        name: the property, for the fault.

    Raises:
        Fault: its year or its zone cannot be used.
    """
    _year(value, name)
    if not isinstance(value, datetime):
        return Moment(datetime.combine(value, time()), zones.home, all_day=True)
    wall = value.replace(tzinfo=None, second=0, microsecond=0)
    if tzid:
        return Moment(wall, zones.of(tzid, value.year))
    return Moment(wall, "UTC" if value.tzinfo is not None else zones.home)


def _params(prop: Any) -> str | None:
    params = getattr(prop, "params", None) or {}
    return params.get("TZID")


def moment(prop: Any, zones: Zones, name: str) -> Moment:
    """The moment of DTSTART, DTEND or RECURRENCE-ID.

    Raises:
        Fault: it is no date, or cannot be used.
    """
    value = getattr(prop, "dt", None)
    if not isinstance(value, date):
        raise Fault(f"{name} is not a date")
    return moment_of(value, _params(prop), zones, name)


def listed_moments(props: list[Any], zones: Zones, name: str) -> Iterator[tuple[Moment, Any]]:
    """(moment, length or end or None) of every value of EXDATE or RDATE, periods included."""
    for prop in props:
        for one in getattr(prop, "dts", ()):
            value, rest = one.dt if isinstance(one.dt, tuple) else (one.dt, None)
            if isinstance(value, date):
                yield moment_of(value, _params(prop), zones, name), rest


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60


def _between(start: Moment, end: Moment) -> int:
    if start.all_day:
        return _minutes(end.wall - start.wall) if end.all_day else 0
    return _minutes(to_utc(end.wall, end.zone) - to_utc(start.wall, start.zone))


def length_of(start: Moment, end: Moment | None, duration: timedelta | None) -> Length:
    """How long an entry takes. Days are whole; without a usable end a day or an hour is assumed.

    Raises:
        Fault: it takes more than 31 days.
    """
    minutes = 0
    if end is not None:
        minutes = _between(start, end)
    elif duration is not None:
        minutes = _minutes(duration)
    if minutes > MOST_DAYS * _minutes(DAY):
        raise Fault(f"it takes more than {MOST_DAYS} days")
    if start.all_day:
        return Length(max(1, -(-minutes // _minutes(DAY))) * _minutes(DAY))
    if minutes >= 1:
        return Length(minutes)
    backwards = end is not None and minutes < 0
    note = "it ends before it starts: an hour was assumed" if backwards else ""
    return Length(ASSUMED_MINUTES, known=False, note=note)
