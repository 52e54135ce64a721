"""What feeds ask of a rhythm: is this a date of it, how many, and which are next to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from events.rules.recurrence import Rhythm, Unit, local_starts

WEEK = timedelta(days=7)
YEAR = 12
LEAP_GAP = 8
SHORTEST = 28
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def days_between(rhythm: Rhythm, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, both included, in order."""
    return (start.date() for start in local_starts(rhythm, first, last))


def has(rhythm: Rhythm, day: date) -> bool:
    """Whether the rhythm has a date on a day."""
    return next(days_between(rhythm, day, day), None) is not None


def count(rhythm: Rhythm, first: date, last: date) -> int:
    """How many days there are from `first` to `last`, both included."""
    if rhythm.unit != Unit.WEEK:
        return sum(1 for _day in days_between(rhythm, first, last))
    first = max(first, rhythm.starts_on)
    last = last if rhythm.until is None else min(last, rhythm.until)
    monday = rhythm.starts_on - timedelta(days=rhythm.starts_on.weekday())
    step = WEEK.days * rhythm.interval
    total = 0
    for weekday in rhythm.weekdays:  # by arithmetic: a county has a hundred thousand of them
        origin = monday + timedelta(days=weekday)
        skipped = -(-(first - origin).days // step)
        total += max(0, (last - origin).days // step - skipped + 1)
    return total


def _reach(rhythm: Rhythm) -> timedelta:
    """No two neighbouring days are further apart; the 29th of February may pass over 8 years."""
    units = {Unit.DAY: 1, Unit.WEEK: WEEK.days, Unit.MONTH: 31 * LEAP_GAP}
    return timedelta(days=units[rhythm.unit] * (rhythm.interval + 1))


def after(rhythm: Rhythm, day: date) -> date | None:
    """The next day after a day, or None when the rhythm has ended."""
    start = max(day, rhythm.starts_on - timedelta(days=1))
    return next(days_between(rhythm, start + timedelta(days=1), start + _reach(rhythm)), None)


def before(rhythm: Rhythm, day: date) -> date | None:
    """The last day before a day, or None when there is none."""
    end = day - timedelta(days=1)
    if rhythm.until is not None:
        end = min(end, rhythm.until)
    found = list(days_between(rhythm, max(end - _reach(rhythm), rhythm.starts_on), end))
    return found[-1] if found else None


def rule_parts(rhythm: Rhythm) -> list[str]:
    """The parts of an RRULE that say a rhythm, without its end (RFC 5545, section 3.3.10)."""
    weekdays = [_WEEKDAYS[day] for day in sorted(rhythm.weekdays)]
    if rhythm.unit == Unit.DAY:
        return ["FREQ=DAILY", *_interval(rhythm.interval)]
    if rhythm.unit == Unit.WEEK:
        parts = ["FREQ=WEEKLY", *_interval(rhythm.interval)]
        parts += ["WKST=MO"] if rhythm.interval > 1 else []
        return [*parts, "BYDAY=" + ",".join(weekdays)]
    # ical.js takes the 29th to 31st that a year lacks for the first of March or December.
    if rhythm.interval % YEAR or max(rhythm.month_days, default=0) > SHORTEST:
        parts = ["FREQ=MONTHLY", *_interval(rhythm.interval)]
    else:
        parts = ["FREQ=YEARLY", *_interval(rhythm.interval // YEAR)]
        parts.append(f"BYMONTH={rhythm.starts_on.month}")
    if rhythm.month_days:
        return [*parts, "BYMONTHDAY=" + ",".join(str(day) for day in sorted(rhythm.month_days))]
    days = [f"{nth}{day}" for nth in sorted(rhythm.nths) for day in weekdays]
    return [*parts, "BYDAY=" + ",".join(days)]


def _interval(number: int) -> list[str]:
    return [f"INTERVAL={number}"] if number > 1 else []
