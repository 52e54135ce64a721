"""Whether all that an event will hold can be said as one repeating entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select

from core.db import db
from events.feeds.lines import utc
from events.feeds.rhythm import days_between, rule_parts
from events.horizon import local_day, rhythm_of
from events.models import Event, Occurrence, OccurrenceStatus, Series, Venue
from events.rules.recurrence import key_of, to_utc

FEWEST = 2

_Date = Row[str, int | None, OccurrenceStatus, int | None, datetime, datetime, str]


@dataclass(frozen=True, slots=True)
class Repeating:
    """The next date, and the parts of an RRULE (RFC 5545, section 3.3.10) for the rest."""

    starts_at: datetime
    ends_at: datetime
    timezone: str
    all_day: bool
    rule: tuple[str, ...]
    venue: Venue | None


def _as_ruled(series: Series, dates: Sequence[_Date]) -> bool:
    """Whether the dates are exactly the rule's, none cancelled, moved, elsewhere or missing."""
    rhythm = rhythm_of(series)
    first, last = (local_day(dates[at].starts_at, series.timezone) for at in (0, -1))
    wanted = [datetime.combine(day, series.start_time) for day in days_between(rhythm, first, last)]
    return [one.key for one in dates] == [key_of(start) for start in wanted] and all(
        one.series_id == series.id
        and one.status == OccurrenceStatus.SCHEDULED
        and one.venue_id in {None, series.venue_id}
        and one.starts_at == to_utc(start, series.timezone)
        for one, start in zip(dates, wanted, strict=True)
    )


def repeating(event: Event, now: datetime) -> Repeating | None:
    """The one entry that says every date to come of an event, or None. One statement."""
    series = [
        one
        for one in event.series
        if one.until is None or one.until >= local_day(now, one.timezone)
    ]
    if len(series) != 1:
        return None
    dates = db.session.execute(
        select(
            Occurrence.key,
            Occurrence.series_id,
            Occurrence.status,
            Occurrence.venue_id,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.timezone,
        )
        .where(Occurrence.event_id == event.id, Occurrence.ends_at > now)
        .order_by(Occurrence.starts_at)
    ).all()
    if len(dates) < FEWEST or not _as_ruled(series[0], dates):
        return None
    rule = rule_parts(rhythm_of(series[0]))
    if series[0].until is not None:
        rule.append(f"UNTIL={_until(series[0], dates[-1].starts_at)}")
    following = dates[0]
    return Repeating(
        following.starts_at,
        following.ends_at,
        following.timezone,
        series[0].all_day,
        tuple(rule),
        series[0].venue or event.venue,
    )


def _until(series: Series, last: datetime) -> str:
    day = local_day(last, series.timezone)
    return f"{day:%Y%m%d}" if series.all_day else utc(last)
