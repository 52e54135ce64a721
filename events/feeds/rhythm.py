"""A weekly rhythm as dates: what a calendar program will make of our RRULE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = timedelta(days=7)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every `interval` weeks on `weekdays` (Monday = 0), between two days, both included."""

    starts_on: date
    weekdays: tuple[int, ...]
    interval: int = 1
    until: date | None = None

    def has(self, day: date) -> bool:
        """Whether the rhythm has a date on this day."""
        if day < self.starts_on or (self.until is not None and day > self.until):
            return False
        weeks = (_monday(day) - _monday(self.starts_on)).days // 7
        return day.weekday() in self.weekdays and weeks % self.interval == 0

    def between(self, first: date, last: date) -> Iterator[date]:
        """The dates from `first` to `last`, both included, in order."""
        first = max(first, self.starts_on)
        last = last if self.until is None else min(last, self.until)
        step = self.interval * WEEK
        behind = (_monday(first) - _monday(self.starts_on)).days // (7 * self.interval)
        monday = _monday(self.starts_on) + behind * step
        while monday <= last:
            for weekday in self.weekdays:
                day = monday + timedelta(days=weekday)
                if first <= day <= last:
                    yield day
            monday += step

    def count(self, first: date, last: date) -> int:
        """How many dates there are from `first` to `last`, without walking through them."""
        first = max(first, self.starts_on)
        last = last if self.until is None else min(last, self.until)
        step = 7 * self.interval
        total = 0
        for weekday in self.weekdays:
            origin = _monday(self.starts_on) + timedelta(days=weekday)
            skipped = -(-(first - origin).days // step)
            total += max(0, (last - origin).days // step - skipped + 1)
        return total

    def after(self, day: date) -> date | None:
        """The next date after a day, or None when the rhythm has ended."""
        reach = (self.interval + 1) * WEEK
        return next(self.between(day + timedelta(days=1), max(day, self.starts_on) + reach), None)

    def before(self, day: date) -> date | None:
        """The last date before a day, or None when there is none."""
        reach = (self.interval + 1) * WEEK
        end = day - timedelta(days=1)
        if self.until is not None:
            end = min(end, self.until)
        found = list(self.between(end - reach, end))
        return found[-1] if found else None
