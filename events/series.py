"""Series as they are planned: rhythm, length, breaks and place, and their dates as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from events.holiday_calendars import holidays_between
from events.horizon import breaks_of, extend_to_horizon, local_day, rhythm_of
from events.models import Event, Joining, Kind, Series
from events.rules.breaks import Breaks, HolidayPolicy, Pause, PlannedDate, last_of, planned_dates
from events.rules.planning import (
    HORIZON_DAYS,
    PlanRefusal,
    horizon,
    length_fault,
    pause_fault,
    rhythm_fault,
)
from events.rules.recurrence import Rhythm, Unit

DAYS_OF = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31}


@dataclass(frozen=True)
class SeriesPlan:
    """A series to be. `minutes` is its length; of whole days when it is `all_day`. Venue and room
    None are the event's."""

    rhythm: Rhythm
    minutes: int
    all_day: bool = False
    pauses: tuple[Pause, ...] = ()
    holidays: HolidayPolicy = HolidayPolicy.KEEP
    holiday_calendar: str = ""
    venue_id: int | None = None
    room_id: int | None = None


def breaks_of_plan(plan: SeriesPlan, first: date, last: date) -> Breaks:
    """What interrupts a planned series between two local days."""
    if plan.holidays == HolidayPolicy.KEEP:
        return Breaks(plan.pauses)
    found = holidays_between(plan.holiday_calendar, first, last + timedelta(days=31))
    return Breaks(plan.pauses, plan.holidays, found)


def planned_of(plan: SeriesPlan, first: date, last: date) -> list[PlannedDate]:
    """The dates of a planned series between two local days, both included."""
    return list(planned_dates(plan.rhythm, breaks_of_plan(plan, first, last), first, last))


def until_of_count(plan: SeriesPlan, number: int) -> date | None:
    """The last local day of a series of so many dates; None when there are not so many."""
    start = plan.rhythm.starts_on
    years = timedelta(days=number * DAYS_OF[plan.rhythm.unit] * plan.rhythm.interval * 2 + 800)
    reach = date.fromordinal(min(start.toordinal() + years.days, date.max.toordinal() - 60))
    return last_of(plan.rhythm, breaks_of_plan(plan, start, reach), number)


def series_fault(plan: SeriesPlan, kind: Kind, joining: Joining, today: date) -> PlanRefusal | None:
    """What is wrong with a planned series, as far as it can be told without the database."""
    return (
        rhythm_fault(plan.rhythm, today, cohort=joining == Joining.COHORT)
        or pause_fault(plan.pauses)
        or length_fault(plan.minutes, community=kind == Kind.COMMUNITY_EVENT)
    )


def describe(series: Series, plan: SeriesPlan) -> None:
    """Step: a series says what the plan says."""
    rhythm = plan.rhythm
    series.starts_on, series.until = rhythm.starts_on, rhythm.until
    series.start_time, series.duration_minutes = rhythm.start_time, plan.minutes
    series.all_day, series.end_known = plan.all_day, True
    series.unit, series.interval = rhythm.unit, rhythm.interval
    series.weekdays = sorted(rhythm.weekdays)
    series.nths, series.month_days = sorted(rhythm.nths), sorted(rhythm.month_days)
    series.pauses = [[one.first.isoformat(), one.last.isoformat()] for one in plan.pauses]
    series.holidays, series.holiday_calendar = plan.holidays, plan.holiday_calendar
    series.venue_id, series.room_id = plan.venue_id, plan.room_id


def plan_of(series: Series) -> SeriesPlan:
    """A series as a plan."""
    breaks = breaks_of(series, series.starts_on, series.starts_on)
    return SeriesPlan(
        rhythm_of(series),
        series.duration_minutes,
        series.all_day,
        breaks.pauses,
        HolidayPolicy(series.holidays),
        series.holiday_calendar,
        series.venue_id,
        series.room_id,
    )


def reach_of(rhythm: Rhythm, timezone: str, now: datetime, *, cohort: bool) -> date:
    """The last local day to make rows for: the horizon, or as far as the first date of a rarer
    rhythm, or all of a cohort's."""
    last = horizon(local_day(now, timezone))
    if cohort and rhythm.until is not None:
        return max(last, rhythm.until)  # who joins a cohort joins all of its dates
    step = timedelta(days=min(DAYS_OF[rhythm.unit] * rhythm.interval, HORIZON_DAYS))
    return max(last, rhythm.starts_on + step)


def add_series(session: Session, event: Event, plan: SeriesPlan, uid: str, now: datetime) -> int:
    """Step: a series with its dates; how many there are."""
    rhythm = plan.rhythm
    series = Series(
        event_id=event.id,
        uid=uid,
        timezone=event.timezone,
        extended_to=rhythm.starts_on - timedelta(days=1),
        created_at=now,
        updated_at=now,
    )
    describe(series, plan)
    session.add(series)
    session.flush()
    cohort = event.joining == Joining.COHORT
    last = reach_of(rhythm, event.timezone, now, cohort=cohort)
    return extend_to_horizon(series, last, now)
