"""When a series meets: wall-clock starts from a rhythm, and what they are in UTC.

A rhythm knows neither zone nor clock: 18:30 stays 18:30 across a change of the clocks. Its days
agree with an RFC 5545 rule `FREQ=WEEKLY;INTERVAL=…;BYDAY=…;WKST=MO` that starts on `starts_on`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

_WEEK = 7
_KEY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2})([0-9]{2})")


@dataclass(frozen=True)
class Rhythm:
    """Every `interval` weeks on `weekdays` at `start_time`, wall clock.

    `weekdays` counts from Monday = 0. `starts_on` is the first day a date may fall on and its
    week is the first week; `until` is the last, both included, None for no end.

    Raises:
        ValueError: no weekday, a weekday twice or out of range, or an interval below one.
    """

    starts_on: date
    start_time: time
    weekdays: tuple[int, ...]
    interval: int = 1
    until: date | None = None

    def __post_init__(self) -> None:
        days = set(self.weekdays)
        if not days or len(days) != len(self.weekdays) or not days <= set(range(_WEEK)):
            raise ValueError("weekdays are distinct numbers from 0 (Monday) to 6")
        if self.interval < 1:
            raise ValueError("the interval is at least one week")


def _weekly_days(rhythm: Rhythm, first: int, last: int) -> Iterator[int]:
    """Days as ordinals, which do not overflow at the end of the calendar."""
    step = rhythm.interval * _WEEK
    start = rhythm.starts_on.toordinal()
    monday = start - rhythm.starts_on.weekday()
    monday += max(0, first - monday) // step * step
    first = max(first, start)
    while monday <= last:
        for weekday in sorted(rhythm.weekdays):
            if first <= monday + weekday <= last:
                yield monday + weekday
        monday += step


def local_starts(rhythm: Rhythm, first: date, last: date) -> Iterator[datetime]:
    """The naive wall-clock starts on the local dates from `first` to `last`, both included.

    In order. A start may name a time that its zone skips or has twice; `to_utc` answers that.
    """
    if rhythm.until is not None:
        last = min(last, rhythm.until)
    for day in _weekly_days(rhythm, first.toordinal(), last.toordinal()):
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
