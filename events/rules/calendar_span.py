"""Which stretch of days a calendar page shows, and how far back and ahead pages go."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

YEARS_BACK = 5
YEARS_AHEAD = 2
DAYS_IN_WEEK = 7


@dataclass(frozen=True)
class Span:
    """From `first` to `last`, both included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Every day of the span."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)

    def weeks(self) -> Iterator[list[date]]:
        """The days of the span in sevens."""
        days = list(self.days())
        for start in range(0, len(days), DAYS_IN_WEEK):
            yield days[start : start + DAYS_IN_WEEK]


def in_range(day: date, today: date) -> bool:
    """Whether the calendar has a page for the day: five years back, two ahead."""
    return today.year - YEARS_BACK <= day.year <= today.year + YEARS_AHEAD


def month_span(year: int, month: int) -> Span:
    """The days of a month.

    Raises:
        ValueError: there is no such month.
    """
    first = date(year, month, 1)
    return Span(first, first.replace(day=monthrange(year, month)[1]))


def week_span(year: int, week: int) -> Span:
    """Monday to Sunday of an ISO 8601 week.

    Raises:
        ValueError: the year has no such week.
    """
    monday = date.fromisocalendar(year, week, 1)
    return Span(monday, monday + timedelta(days=DAYS_IN_WEEK - 1))


def whole_weeks(span: Span, first_weekday: int) -> Span:
    """The span widened to whole weeks that begin on `first_weekday` (Monday is 0)."""
    before = (span.first.weekday() - first_weekday) % DAYS_IN_WEEK
    after = (first_weekday - 1 - span.last.weekday()) % DAYS_IN_WEEK
    return Span(span.first - timedelta(days=before), span.last + timedelta(days=after))


def part_of_day(hour: int) -> str:
    """night (before 5), morning, midday (11–14), afternoon, evening (from 17)."""
    for until, part in ((5, "night"), (11, "morning"), (14, "midday"), (17, "afternoon")):
        if hour < until:
            return part
    return "evening"
