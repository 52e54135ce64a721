"""When a series meets: wall-clock starts from a rhythm, and what they are in UTC.

A rhythm knows neither zone nor clock: 18:30 stays 18:30 across a change of the clocks. Its days
agree with an RFC 5545 rule (section 3.3.10) that starts on `starts_on`, with WKST=MO.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

_WEEK = 7
_YEAR = 12
_LAST = -1
_MOST_NTH = 5
_MOST_DAY = 31
_KEY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2})([0-9]{2})")


class Unit(StrEnum):
    """What a rhythm counts in. A year is twelve months."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Rhythm:
    """Every `interval` units at `start_time`, wall clock, on days that the unit asks for.

    Weeks ask for `weekdays`, which count from Monday = 0. Months ask for either `month_days`
    (1–31, or -1 for the last day; a month without such a day is passed over) or `nths` (1–5, or
    -1 for the last) of the `weekdays` in the month. `starts_on` is the first day a date may fall
    on, and its day, week or month is the first one; `until` is the last, both included, None for
    no end.

    Raises:
        ValueError: a number is out of range or there twice, or the unit lacks what it asks for.
    """

    starts_on: date
    start_time: time
    weekdays: tuple[int, ...] = ()
    interval: int = 1
    until: date | None = None
    unit: Unit = Unit.WEEK
    nths: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.interval < 1:
            raise ValueError("the interval is at least one")
        for numbers, allowed in (
            (self.weekdays, range(_WEEK)),
            (self.nths, (*range(1, _MOST_NTH + 1), _LAST)),
            (self.month_days, (*range(1, _MOST_DAY + 1), _LAST)),
        ):
            if len(set(numbers)) != len(numbers) or not set(numbers) <= set(allowed):
                raise ValueError(f"{numbers} has a number out of range or twice")
        if self.unit == Unit.WEEK and not self.weekdays:
            raise ValueError("a weekly rhythm has weekdays")
        by_weekday = bool(self.weekdays and self.nths)
        if self.unit == Unit.MONTH and by_weekday == bool(self.month_days):
            raise ValueError("a monthly rhythm has either days of the month or nth weekdays")


def _weekly_days(rhythm: Rhythm, first: int, last: int) -> Iterator[int]:
    """Days as ordinals, which do not overflow at the end of the calendar."""
    step = rhythm.interval * _WEEK
    monday = rhythm.starts_on.toordinal() - rhythm.starts_on.weekday()
    monday += max(0, first - monday) // step * step
    while monday <= last:
        for weekday in sorted(rhythm.weekdays):
            yield monday + weekday
        monday += step


def _daily_days(rhythm: Rhythm, first: int, last: int) -> Iterator[int]:
    start = rhythm.starts_on.toordinal()
    missed = max(0, first - start)
    yield from range(
        start + -(-missed // rhythm.interval) * rhythm.interval, last + 1, rhythm.interval
    )


def days_of_month(rhythm: Rhythm, year: int, month: int) -> list[int]:
    """The days of one month that a monthly rhythm asks for, in order."""
    first_weekday, length = monthrange(year, month)
    found = {length if day == _LAST else day for day in rhythm.month_days}
    for weekday in rhythm.weekdays if rhythm.nths else ():
        first = (weekday - first_weekday) % _WEEK + 1
        number = (length - first) // _WEEK + 1
        found |= {first + _WEEK * ((number if nth == _LAST else nth) - 1) for nth in rhythm.nths}
    return sorted(day for day in found if day <= length)


def _monthly_days(rhythm: Rhythm, first: int, last: int) -> Iterator[int]:
    start = rhythm.starts_on.year * _YEAR + rhythm.starts_on.month - 1
    since = date.fromordinal(first)
    number = (
        start
        + max(0, since.year * _YEAR + since.month - 1 - start) // rhythm.interval * rhythm.interval
    )
    until = date.fromordinal(last)
    while number <= until.year * _YEAR + until.month - 1:
        year, month = divmod(number, _YEAR)
        for day in days_of_month(rhythm, year, month + 1):
            yield date(year, month + 1, day).toordinal()
        number += rhythm.interval


_DAYS = {Unit.DAY: _daily_days, Unit.WEEK: _weekly_days, Unit.MONTH: _monthly_days}


def local_starts(rhythm: Rhythm, first: date, last: date) -> Iterator[datetime]:
    """The naive wall-clock starts on the local dates from `first` to `last`, both included.

    In order. A start may name a time that its zone skips or has twice; `to_utc` answers that.
    """
    first = max(first, rhythm.starts_on)
    last = last if rhythm.until is None else min(last, rhythm.until)
    for day in _DAYS[rhythm.unit](rhythm, first.toordinal(), last.toordinal()):
        if first.toordinal() <= day <= last.toordinal():
            yield datetime.combine(date.fromordinal(day), rhythm.start_time)


@lru_cache(maxsize=32_768)  # a county has thousands of meetings at the same moments
def to_utc(local: datetime, timezone: str) -> datetime:
    """The moment of a naive wall-clock time in an IANA zone, in UTC.

    A time that the clocks skip moves forward by the gap (02:30 becomes 03:30); one that comes
    twice is the first. RFC 5545, section 3.3.5, asks for both.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
        OverflowError: the moment lies outside the years 1–9999.
    """
    return local.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(UTC)


def key_of(local: datetime) -> str:
    """What a date is known by within its event: `YYYY-MM-DDTHHMM` of its original local start."""
    return f"{local.date().isoformat()}T{local.hour:02}{local.minute:02}"


def parse_key(key: str) -> datetime | None:
    """The naive local start a key stands for; None when it is no key or no date."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}:{found[3]}")
    except ValueError:
        return None
