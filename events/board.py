"""What the week board shows. It reaches persons: only views with a permission may call it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select

from core.db import db
from events.desk import DeskDate, complete, date_columns
from events.models import Event, EventStatus, Joining, Kind, Mode, Occurrence, OccurrenceStatus
from events.queries import LISTED, OURS
from events.rooms import PLACE

MOST_IN_A_WEEK = 300
_LIVE = Event.status == EventStatus.PUBLISHED
_SCHEDULED = Occurrence.status == OccurrenceStatus.SCHEDULED
_IN_TIME = (Occurrence.starts_at, Occurrence.id)


@dataclass(frozen=True)
class BoardDay:
    """A day of the board: the program's own dates, and how many listings from elsewhere."""

    day: date
    dates: tuple[DeskDate, ...]
    listed: int


def week(first: date, last: date) -> tuple[list[DeskDate], dict[date, int]]:
    """The program's own dates between two local days, and the listed ones counted per day."""
    within = and_(_LIVE, Occurrence.local_date.between(first, last))
    own = complete(date_columns().where(within, OURS).order_by(*_IN_TIME).limit(MOST_IN_A_WEEK))
    counted = (
        select(Occurrence.local_date, func.count())
        .join(Event, Event.id == Occurrence.event_id)
        .where(within, LISTED)
        .group_by(Occurrence.local_date)
    )
    return own, {row[0]: int(row[1]) for row in db.session.execute(counted)}


def by_day(days: list[date], dates: list[DeskDate], listed: dict[date, int]) -> list[BoardDay]:
    """Dates put into their days."""
    found: dict[date, list[DeskDate]] = defaultdict(list)
    for one in dates:
        found[one.local_date].append(one)
    return [BoardDay(day, tuple(found[day]), listed.get(day, 0)) for day in days]


def is_full(one: DeskDate) -> bool:
    """Whether every place of a date is taken, or people wait."""
    if one.status != OccurrenceStatus.SCHEDULED or one.joining == Joining.DROP_IN:
        return False
    return one.waiting > 0 or (one.capacity is not None and one.taken >= one.capacity)


def full_dates(now: datetime, last: date) -> list[DeskDate]:
    """The program's own dates up to a local day that are full, soonest first."""
    query = date_columns().where(
        _LIVE,
        OURS,
        _SCHEDULED,
        Occurrence.starts_at > now,
        Occurrence.local_date <= last,
        Event.joining != Joining.DROP_IN,
        Event.kind != Kind.ONE_TO_ONE,  # a place for one is meant to be full
    )
    return [one for one in complete(query.order_by(*_IN_TIME)) if is_full(one)]


def homeless_dates(now: datetime, last: date, limit: int) -> list[DeskDate]:
    """The program's own dates up to a local day that people come to, but nobody knows where."""
    nowhere = PLACE.is_(None)
    query = date_columns().where(
        _LIVE,
        OURS,
        _SCHEDULED,
        nowhere,
        Event.mode != Mode.ONLINE,
        Occurrence.starts_at > now,
        Occurrence.local_date <= last,
    )
    return complete(query.order_by(*_IN_TIME).limit(limit))


def holiday_dates(now: datetime, limit: int) -> list[tuple[DeskDate, str]]:
    """Dates on holidays that nobody has decided about, soonest first, with the holiday's name."""
    asked = and_(_LIVE, _SCHEDULED, Occurrence.holiday != "", Occurrence.starts_at > now)
    found = complete(date_columns().where(asked).order_by(*_IN_TIME).limit(limit))
    names = select(Occurrence.id, Occurrence.holiday).where(
        Occurrence.id.in_([one.id for one in found])
    )
    said = {row[0]: row[1] for row in db.session.execute(names)}
    return [(one, said[one.id]) for one in found]


def drafts(limit: int) -> list[tuple[int, str]]:
    """Events that are not on the calendar yet: ids and titles, the latest first."""
    query = (
        select(Event.id, Event.title)
        .where(Event.status == EventStatus.DRAFT)
        .order_by(Event.updated_at.desc(), Event.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
