"""What feeds ask of a weekly rhythm: is this a date of it, how many, and which are next to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from events.rules.recurrence import Rhythm, local_starts

WEEK = timedelta(days=7)


def days_between(rhythm: Rhythm, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, both included, in order."""
    return (start.date() for start in local_starts(rhythm, first, last))


def has(rhythm: Rhythm, day: date) -> bool:
    """Whether the rhythm has a date on a day."""
    return next(days_between(rhythm, day, day), None) is not None


def count(rhythm: Rhythm, first: date, last: date) -> int:
    """How many days there are from `first` to `last`, without walking through them."""
    first = max(first, rhythm.starts_on)
    last = last if rhythm.until is None else min(last, rhythm.until)
    monday = rhythm.starts_on - timedelta(days=rhythm.starts_on.weekday())
    step = WEEK.days * rhythm.interval
    total = 0
    for weekday in rhythm.weekdays:
        origin = monday + timedelta(days=weekday)
        skipped = -(-(first - origin).days // step)
        total += max(0, (last - origin).days // step - skipped + 1)
    return total


def after(rhythm: Rhythm, day: date) -> date | None:
    """The next day after a day, or None when the rhythm has ended."""
    reach = max(day, rhythm.starts_on) + (rhythm.interval + 1) * WEEK
    return next(days_between(rhythm, day + timedelta(days=1), reach), None)


def before(rhythm: Rhythm, day: date) -> date | None:
    """The last day before a day, or None when there is none."""
    end = day - timedelta(days=1)
    if rhythm.until is not None:
        end = min(end, rhythm.until)
    found = list(days_between(rhythm, end - (rhythm.interval + 1) * WEEK, end))
    return found[-1] if found else None
