"""The dates of a series are rows, made ahead to a horizon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.db import db
from events import closing
from events.holiday_calendars import holidays_between
from events.models import Occurrence, OccurrenceStatus, Series
from events.rules.breaks import (
    FURTHEST_MOVE,
    Breaks,
    HolidayPolicy,
    Pause,
    PlannedDate,
    planned_dates,
)
from events.rules.closing import Closing
from events.rules.recurrence import Rhythm, Unit, key_of, to_utc

AT_ONCE = 5000
_DATES = Occurrence.metadata.tables["occurrence"].insert()


def local_day(moment: datetime, timezone: str) -> date:
    """The local date of a moment in an IANA zone."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def rhythm_of(series: Series) -> Rhythm:
    """The rhythm of a series as a value."""
    return Rhythm(
        series.starts_on,
        series.start_time,
        tuple(series.weekdays),
        series.interval,
        series.until,
        Unit(series.unit),
        tuple(series.nths),
        tuple(series.month_days),
    )


def breaks_of(series: Series, first: date, last: date) -> Breaks:
    """What interrupts a series between two local days."""
    pauses = tuple(
        Pause(date.fromisoformat(first), date.fromisoformat(last)) for first, last in series.pauses
    )
    policy = HolidayPolicy(series.holidays)
    if policy == HolidayPolicy.KEEP:
        return Breaks(pauses)
    beyond = last + timedelta(days=FURTHEST_MOVE)  # a date may be moved over the new year
    return Breaks(pauses, policy, holidays_between(series.holiday_calendar, first, beyond))


def ends_of(starts: datetime, minutes: int, timezone: str, *, all_day: bool) -> datetime:
    """When a date that starts at a naive local time ends, in UTC.

    A length is real time; whole days end at a local midnight, however long they were.
    """
    if all_day:
        return to_utc(starts + timedelta(minutes=minutes), timezone)
    return to_utc(starts, timezone) + timedelta(minutes=minutes)


def date_values(series: Series, planned: PlannedDate) -> dict[str, Any]:
    """The columns of an occurrence that its series decides."""
    starts_at = to_utc(planned.starts, series.timezone)
    minutes = series.duration_minutes
    return {
        "event_id": series.event_id,
        "series_id": series.id,
        "key": key_of(planned.original),
        "local_date": local_day(starts_at, series.timezone),
        "starts_at": starts_at,
        "ends_at": ends_of(planned.starts, minutes, series.timezone, all_day=series.all_day),
        "end_known": series.end_known,
        "all_day": series.all_day,
        "timezone": series.timezone,
        "holiday": planned.holiday,
        "venue_id": series.venue_id,
        "room_id": series.room_id,
    }


def occurrence_rows(
    series: Series,
    first: date,
    last: date,
    now: datetime,
    closings: Sequence[Closing] | None = None,
) -> list[dict[str, Any]]:
    """What to insert for the dates of a series from `first` to `last`, both local and included.

    Args:
        closings: every closure (`closing.closings`), where the caller has them already; dates
            that one covers are closed.
    """
    fresh = {
        "status": OccurrenceStatus.SCHEDULED,
        "cancel_reason": "",
        "closure_id": None,
        "created_at": now,
        "updated_at": now,
    }
    breaks = breaks_of(series, first, last)
    rows = [
        date_values(series, planned) | fresh
        for planned in planned_dates(rhythm_of(series), breaks, first, last)
    ]
    known = closing.closings(db.session()) if closings is None else closings
    closing.mark(rows, known, db.session())
    return rows


def insert_dates(rows: list[dict[str, Any]]) -> None:
    """Step: dates as `occurrence_rows` gives them, without what an ORM object costs each."""
    for start in range(0, len(rows), AT_ONCE):
        db.session.connection().execute(_DATES, rows[start : start + AT_ONCE])


def extend_to_horizon(
    series: Series, last: date, now: datetime, closings: Sequence[Closing] | None = None
) -> int:
    """Step: the rows of a series up to the local date `last`; how many there are new.

    The caller holds the series or has just made it. A start that the event has already (a
    single date, say) is not made twice.

    Args:
        closings: every closure, where the caller has them already.
    """
    if last <= series.extended_to:
        return 0
    rows = occurrence_rows(series, series.extended_to + timedelta(days=1), last, now, closings)
    series.extended_to = last
    if not rows:
        return 0
    taken = set(
        db.session.scalars(
            select(Occurrence.key).where(
                Occurrence.event_id == series.event_id,
                Occurrence.key.between(rows[0]["key"], rows[-1]["key"]),
            )
        )
    )
    fresh = [row for row in rows if row["key"] not in taken]
    if len(fresh) < len(rows):
        series.updated_at = now  # its calendar entry excepts those days from now on
    insert_dates(fresh)
    return len(fresh)
