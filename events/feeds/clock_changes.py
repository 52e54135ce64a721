"""Dates across a change of the clocks, whose end programs do not agree on.

A date of a rule lasts as long as the first one in real time (RFC 5545, 3.8.5.3), and a time that
comes twice is the first (3.3.5). ical.js and Evolution count the wall clock instead, and take the
second: a night from 22:00 to 03:00 ends an hour off. Said with start and end of its own, such a
date is right everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from events.feeds import rhythm
from events.feeds.entries import FeedSeries
from events.rules.recurrence import to_utc

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _found_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment of the change between two moments, in UTC and to the minute."""
    old = _offset(before, zone)
    while after - before > MINUTE:
        middle = before + (after - before) // 2
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after.replace(second=0, microsecond=0)


@lru_cache(maxsize=1024)
def changes_in(timezone: str, year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """When the clocks of a zone change in a year, in UTC, and by how much, forward or back."""
    zone = ZoneInfo(timezone)
    found = []
    moment = datetime(year, 1, 1, tzinfo=UTC)
    while moment.year == year:
        by = _offset(moment + DAY, zone) - _offset(moment, zone)
        if by:
            found.append((_found_between(moment, moment + DAY, zone), abs(by)))
        moment += DAY
    return tuple(found)


def _is_left_out(starts: datetime, series: FeedSeries) -> bool:
    """Whether a rule names a time that its clocks pass over. Said apart it would be there twice in
    libical, said by the rule it is an hour early in ical.js: nothing is right for all."""
    return starts.astimezone(ZoneInfo(series.timezone)).time() != series.rhythm.start_time


def across(series: FeedSeries, first: date, last: date) -> Iterator[date]:
    """The days of a rule, from `first` to `last`, whose dates touch a change of the clocks or a
    time that comes twice."""
    if series.all_day:
        return
    zone = ZoneInfo(series.timezone)
    for year in range(first.year, last.year + 1):
        for moment, by in changes_in(series.timezone, year):
            earliest, latest = moment - by - series.duration, moment + by
            day, end = earliest.astimezone(zone).date(), latest.astimezone(zone).date()
            while day <= end:
                starts = to_utc(datetime.combine(day, series.rhythm.start_time), series.timezone)
                if (
                    earliest <= starts < latest
                    and not _is_left_out(starts, series)
                    and first <= day <= last
                    and rhythm.has(series.rhythm, day)
                ):
                    yield day
                day += DAY
