"""When a series does not meet although its rhythm says so: pauses and holidays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from events.rules.recurrence import Rhythm, local_starts

FURTHEST_MOVE = 7
YEARS_OF_A_COUNT = 30


class HolidayPolicy(StrEnum):
    """What becomes of a date on a holiday."""

    KEEP = "keep"
    SKIP = "skip"
    MOVE = "move"  # to the next day that is free
    ASK = "ask"  # kept, and put before the coordinators


@dataclass(frozen=True)
class Pause:
    """Local days without dates, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Breaks:
    """What interrupts a rhythm. `holidays` are names by local day."""

    pauses: tuple[Pause, ...] = ()
    policy: HolidayPolicy = HolidayPolicy.KEEP
    holidays: Mapping[date, str] = field(default_factory=dict)

    def paused(self, day: date) -> bool:
        """Whether a day lies in a pause."""
        return any(pause.first <= day <= pause.last for pause in self.pauses)


NO_BREAKS = Breaks()


@dataclass(frozen=True)
class PlannedDate:
    """A date to be: `original` is what the rhythm says, `starts` when it takes place, both naive
    local. `holiday` is the one somebody has to decide about, or empty."""

    original: datetime
    starts: datetime
    holiday: str = ""


def _free_day(rhythm: Rhythm, breaks: Breaks, after: date) -> date | None:
    """The next day within a week that is no holiday, in no pause and no date of the rhythm."""
    for number in range(1, FURTHEST_MOVE + 1):
        day = after + timedelta(days=number)
        taken = next(local_starts(rhythm, day, day), None) is not None
        if not (taken or breaks.paused(day) or day in breaks.holidays):
            return day
    return None


def _on_holiday(rhythm: Rhythm, breaks: Breaks, start: datetime) -> PlannedDate | None:
    if breaks.policy == HolidayPolicy.SKIP:
        return None
    if breaks.policy == HolidayPolicy.MOVE:
        day = _free_day(rhythm, breaks, start.date())
        return PlannedDate(start, datetime.combine(day, start.time())) if day else None
    asked = breaks.policy == HolidayPolicy.ASK
    return PlannedDate(start, start, breaks.holidays[start.date()] if asked else "")


def planned_dates(rhythm: Rhythm, breaks: Breaks, first: date, last: date) -> Iterator[PlannedDate]:
    """The dates of a rhythm from `first` to `last`, both local and included, in order of what the
    rhythm says; those in a pause and holidays to be skipped are left out."""
    for start in local_starts(rhythm, first, last):
        day = start.date()
        if breaks.paused(day):
            continue
        planned: PlannedDate | None = PlannedDate(start, start)
        if day in breaks.holidays:
            planned = _on_holiday(rhythm, breaks, start)
        if planned is not None:
            yield planned


def last_of(rhythm: Rhythm, breaks: Breaks, number: int) -> date | None:
    """The local day of the `number`th date that takes place; None when there are not so many
    within thirty years."""
    reach = min(rhythm.starts_on.toordinal() + YEARS_OF_A_COUNT * 366, date.max.toordinal())
    found = planned_dates(rhythm, breaks, rhythm.starts_on, date.fromordinal(reach))
    one = next(islice(found, number - 1, None), None)
    return one.original.date() if one else None
