"""Who is on the dates of a series, and how they stand: what a change of it has to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.db import db
from events.models import (
    Assignment,
    AttendanceMark,
    AttendanceRecord,
    Event,
    HeadCount,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    SignupState,
)
from events.rules.recurrence import key_of, parse_key
from events.rules.replanning import StandingDate
from events.series import (
    plan_of,
    planned_of,
)
from people.models import Person

_RECORDS = (AttendanceMark, AttendanceRecord, HeadCount)


@dataclass(frozen=True)
class Crowd:
    """Who is on a date: sign-ups that stand, those with an address, whether anyone was marked."""

    signups: int = 0
    reachable: int = 0
    attended: bool = False


@dataclass(frozen=True)
class Reading:
    """What the database has of a series when it is about to change."""

    series: Series
    event: Event
    rows: Sequence[Occurrence]  # from `since` on, in order of their keys
    history: int
    standing: Sequence[StandingDate]
    taken: frozenset[datetime]
    crowds: Mapping[int, Crowd]


def wall(moment: datetime, timezone: str) -> datetime:
    """A moment as a zone's wall clock shows it, without the zone."""
    return moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)


def original_of(key: str) -> datetime:
    """The original local start that a key says, without the zone.

    Raises:
        ValueError: it is no key.
    """
    found = parse_key(key)
    if found is None:
        raise ValueError(f"{key!r} is no key")
    return found


def _crowds(session: Session, ids: Sequence[int]) -> dict[int, Crowd]:
    """Who is on which dates; a fixed number of statements."""
    counted = session.execute(
        select(Signup.occurrence_id, func.count(Signup.id), func.count(Person.email))
        .join(Person, Person.id == Signup.person_id)
        .where(Signup.occurrence_id.in_(ids), Signup.state != SignupState.CANCELLED)
        .group_by(Signup.occurrence_id)
    )
    found = {one: Crowd(int(people), int(told)) for one, people, told in counted}
    for table in _RECORDS:
        column = table.occurrence_id
        for one in session.scalars(select(column).where(column.in_(ids)).distinct()):
            found[one] = replace(found.get(one, Crowd()), attended=True)
    return found


def _used(session: Session, ids: Sequence[int]) -> set[int]:
    """Dates that anybody is or was on, in whatever way: these rows are never deleted."""
    found: set[int] = set()
    for table in (*_RECORDS, Signup, Assignment):
        column = table.occurrence_id
        found.update(one for one in session.scalars(select(column).where(column.in_(ids))) if one)
    return found


def _standing(
    series: Series, rows: Sequence[Occurrence], used: set[int], now: datetime
) -> list[StandingDate]:
    plan = plan_of(series)
    found = []
    if rows:
        first, last = (original_of(rows[at].key).date() for at in (0, -1))
        ruled = {one.original: one.starts for one in planned_of(plan, first, last)}
    for row in rows:
        original = original_of(row.key)
        starts = wall(row.starts_at, row.timezone)
        ends = wall(row.ends_at, row.timezone)
        usual = starts + timedelta(minutes=series.duration_minutes)
        by_hand = starts != ruled.get(original) or (
            ends != usual and row.ends_at - row.starts_at != usual - starts
        )
        found.append(
            StandingDate(
                row.id,
                original,
                starts,
                by_hand=by_hand,
                cancelled=row.status == OccurrenceStatus.CANCELLED,
                over=row.starts_at <= now,
                people=row.id in used,
            )
        )
    return found


def read_series(session: Session, series: Series, since: date, now: datetime) -> Reading:
    """A series and its dates from a local day on, as far as a change of it needs them."""
    event = session.get_one(Event, series.event_id)
    mine = Occurrence.series_id == series.id
    first = key_of(datetime.combine(since, datetime.min.time()))
    rows = list(
        session.scalars(
            select(Occurrence).where(mine, Occurrence.key >= first).order_by(Occurrence.key)
        )
    )
    before = select(func.count()).select_from(Occurrence).where(mine, Occurrence.key < first)
    ids = [row.id for row in rows]
    others = session.scalars(
        select(Occurrence.key).where(
            Occurrence.event_id == event.id,
            or_(Occurrence.series_id.is_(None), ~mine, Occurrence.key < first),
        )
    )
    return Reading(
        series,
        event,
        rows,
        int(session.scalar(before) or 0),
        _standing(series, rows, _used(session, ids), now),
        frozenset(original_of(key) for key in others),
        _crowds(session, ids),
    )


def first_day_to_change(series_id: int, now: datetime) -> date | None:
    """The original local day of the first date of a series that has not begun; None without any."""
    key = db.session.scalar(
        select(func.min(Occurrence.key)).where(
            Occurrence.series_id == series_id, Occurrence.starts_at > now
        )
    )
    return original_of(key).date() if key else None
