"""What an event and its dates may be: the bounds a plan has to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from events.rules.breaks import Pause
from events.rules.recurrence import Rhythm, Unit

HORIZON_DAYS = 548
MOST_MINUTES = 24 * 60
MOST_MINUTES_COMMUNITY = 7 * 24 * 60
MOST_SEATS = 10_000
MOST_APART = {Unit.DAY: 366, Unit.WEEK: 52, Unit.MONTH: 24}
MOST_PAUSES = 12
MOST_DATES = 60
MOST_SERIES = 12
YEARS_BACK = 5
YEARS_AHEAD = 2


class PlanRefusal(StrEnum):
    """Why a plan cannot be."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    TOO_FAR_BACK = "too-far-back"
    TOO_FAR_AHEAD = "too-far-ahead"
    ENDS_BEFORE_START = "ends-before-start"
    NO_DATES = "no-dates"
    TOO_FAR_APART = "too-far-apart"
    COHORT_NEEDS_END = "cohort-needs-end"
    COHORT_STAYS = "cohort-stays"
    CAPACITY = "capacity"
    UNKNOWN_VENUE = "unknown-venue"
    UNKNOWN_EVENT = "unknown-event"
    UNKNOWN_DATE = "unknown-date"
    UNKNOWN_SERIES = "unknown-series"
    PAUSE = "pause"
    TOO_MANY_DATES = "too-many-dates"
    ROOM_EXISTS = "room-exists"
    ROOM_IN_USE = "room-in-use"
    DOUBLE_BOOKED = "double-booked"
    CHANGED_MEANWHILE = "changed-meanwhile"
    CLOSED = "closed"


@dataclass(frozen=True)
class Bounds:
    """The first and last local date anything may be planned on."""

    first: date
    last: date


def bounds(today: date) -> Bounds:
    """Five years back to two ahead of a local date, by the calendar's own reach."""
    return Bounds(date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31))


def horizon(today: date) -> date:
    """The last local date that has rows for every series that goes on."""
    return today + timedelta(days=HORIZON_DAYS)


def length_fault(minutes: int, *, community: bool) -> PlanRefusal | None:
    """What is wrong with a length: a minute to a day, a week for a community event."""
    if minutes < 1:
        return PlanRefusal.TOO_SHORT
    most = MOST_MINUTES_COMMUNITY if community else MOST_MINUTES
    return PlanRefusal.TOO_LONG if minutes > most else None


def day_fault(day: date, today: date) -> PlanRefusal | None:
    """What is wrong with a local date."""
    reach = bounds(today)
    if day < reach.first:
        return PlanRefusal.TOO_FAR_BACK
    return PlanRefusal.TOO_FAR_AHEAD if day > reach.last else None


def rhythm_fault(rhythm: Rhythm, today: date, *, cohort: bool) -> PlanRefusal | None:
    """What is wrong with a rhythm; a cohort is signed up for dates that are all known."""
    if rhythm.interval > MOST_APART[rhythm.unit]:
        return PlanRefusal.TOO_FAR_APART
    if rhythm.until is None:
        return PlanRefusal.COHORT_NEEDS_END if cohort else day_fault(rhythm.starts_on, today)
    if rhythm.until < rhythm.starts_on:
        return PlanRefusal.ENDS_BEFORE_START
    return day_fault(rhythm.starts_on, today) or day_fault(rhythm.until, today)


def pause_fault(pauses: Sequence[Pause]) -> PlanRefusal | None:
    """What is wrong with the pauses of a series: each ends on or after its first day."""
    backwards = any(one.last < one.first for one in pauses)
    return PlanRefusal.PAUSE if backwards or len(pauses) > MOST_PAUSES else None


def capacity_fault(capacity: int | None) -> PlanRefusal | None:
    """What is wrong with a number of seats; None is unlimited."""
    within = capacity is None or 0 <= capacity <= MOST_SEATS
    return None if within else PlanRefusal.CAPACITY
