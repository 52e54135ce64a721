"""Reads of the desk. They reach persons; only views that require a permission may call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from core.db import db
from events.models import (
    Assignment,
    Event,
    EventStatus,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
    Venue,
)
from events.queries import OURS, STANDING
from events.rooms import PLACE, SEATS
from people.models import Person

TAKEN = (SignupState.SEATED, SignupState.OFFERED)
PAGE = 50
MOST_WORDS = 8


@dataclass(frozen=True)
class DeskDate:
    """A date as the desk lists it: seats taken with guests, people waiting, who leads."""

    id: int
    event_id: int
    title: str
    kind: str
    mode: str
    joining: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    local_date: date
    status: str
    place: str
    capacity: int | None
    all_day: bool = False
    taken: int = 0
    waiting: int = 0
    leads: tuple[str, ...] = ()


def date_columns() -> Select[*tuple[Any, ...]]:
    """A select over dates with what a DeskDate needs; Event and Venue are joined."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Occurrence.id,
            Occurrence.event_id,
            Event.title,
            Event.kind,
            Event.mode,
            Event.joining,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.timezone,
            Occurrence.local_date,
            STANDING,
            func.coalesce(Venue.name, ""),
            SEATS,
            Occurrence.all_day,
        )
        .select_from(Occurrence)
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == PLACE)
    )
    return query


def _counts(ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    query = (
        select(Signup.occurrence_id, Signup.state, func.count(), func.sum(1 + Signup.guests))
        .where(Signup.occurrence_id.in_(ids), Signup.state != SignupState.CANCELLED)
        .group_by(Signup.occurrence_id, Signup.state)
    )
    for occurrence_id, state, names, seats in db.session.execute(query):
        taken, waiting = found.get(occurrence_id, (0, 0))
        if state in TAKEN:
            taken += int(seats)
        else:
            waiting += int(names)
        found[occurrence_id] = (taken, waiting)
    return found


def _leads(rows: Iterable[Any]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    standing: dict[int, list[str]] = defaultdict(list)
    single: dict[int, list[str]] = defaultdict(list)
    query = (
        select(Assignment.event_id, Assignment.occurrence_id, Person.name)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.event_id.in_({row.event_id for row in rows}))
        .order_by(Assignment.id)
    )
    for event_id, occurrence_id, name in db.session.execute(query):
        if occurrence_id is None:
            standing[event_id].append(name)
        else:
            single[occurrence_id].append(name)
    return standing, single


def complete(query: Select[*tuple[Any, ...]]) -> list[DeskDate]:
    """The dates of a query with their counts and who leads; three statements."""
    rows = db.session.execute(query).all()
    counts = _counts([row.id for row in rows])
    standing, single = _leads(rows)
    return [
        replace(
            DeskDate(*row),
            taken=counts.get(row.id, (0, 0))[0],
            waiting=counts.get(row.id, (0, 0))[1],
            leads=tuple(dict.fromkeys((*standing[row.event_id], *single[row.id]))),
        )
        for row in rows
    ]


SCHEDULED = Occurrence.status == OccurrenceStatus.SCHEDULED
_LIVE = Event.status == EventStatus.PUBLISHED
_SEARCHED = (Event.title, Venue.name, Venue.city)
_IN_TIME = (Occurrence.starts_at, Occurrence.id)


@dataclass(frozen=True)
class DateSearch:
    """Which dates a coordinator asks for: local days, both included, and words of event or place;
    '' and None are any. `status` is scheduled, cancelled or ''."""

    first: date
    last: date
    venue_id: int | None = None
    kind: str = ""
    text: str = ""
    status: str = ""


def with_words(text: str) -> list[ColumnElement[bool]]:
    """Each word is in the title, the place's name or its city; for selects that join Venue."""
    return [
        or_(*(column.icontains(word, autoescape=True) for column in _SEARCHED))
        for word in text.split()[:MOST_WORDS]
    ]


def search_dates(asked: DateSearch, limit: int) -> tuple[list[DeskDate], int]:
    """The first dates that a search finds, soonest first, and how many there are in all; four
    statements."""
    found = [_LIVE, Occurrence.local_date.between(asked.first, asked.last)]
    if asked.venue_id is not None:
        found.append(Venue.id == asked.venue_id)
    if asked.kind:
        found.append(Event.kind == asked.kind)
    if asked.status:
        found.append(Occurrence.status == asked.status)
    found += with_words(asked.text)
    total = (
        select(func.count())
        .select_from(Occurrence)
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == PLACE)
        .where(*found)
    )
    query = date_columns().where(*found).order_by(*_IN_TIME).limit(limit)
    return complete(query), int(db.session.scalar(total) or 0)


def dates_by_ids(ids: Iterable[int]) -> list[DeskDate]:
    """Dates by their ids, soonest first; three statements."""
    wanted = list(ids)
    return complete(date_columns().where(Occurrence.id.in_(wanted)).order_by(*_IN_TIME))


def uncovered_dates(now: datetime, last: date, limit: int) -> tuple[list[DeskDate], int]:
    """The program's own dates up to a local date that nobody leads, and how many there are.

    Listings imported from elsewhere are led by those who publish them.
    """
    led = (
        select(Assignment.id)
        .where(
            Assignment.event_id == Occurrence.event_id,
            or_(Assignment.occurrence_id.is_(None), Assignment.occurrence_id == Occurrence.id),
        )
        .exists()
    )
    within = and_(
        _LIVE,
        SCHEDULED,
        Occurrence.starts_at > now,
        Occurrence.local_date <= last,
        OURS,
        ~led,
    )
    query = date_columns().where(within).order_by(*_IN_TIME).limit(limit)
    total = select(func.count()).select_from(Occurrence).join(Event).where(within)
    return complete(query), int(db.session.scalar(total) or 0)


def dates_of_event(
    event_id: int, now: datetime, *, past: bool, page: int
) -> tuple[list[DeskDate], bool]:
    """A page of an event's dates, the nearest first, and whether there are more."""
    side = Occurrence.ends_at <= now if past else Occurrence.ends_at > now
    order = Occurrence.starts_at.desc() if past else Occurrence.starts_at
    found = complete(
        date_columns()
        .where(Occurrence.event_id == event_id, side)
        .order_by(order, Occurrence.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    return found[:PAGE], len(found) > PAGE


def date_of(occurrence_id: int) -> DeskDate | None:
    """One date, or None."""
    found = complete(date_columns().where(Occurrence.id == occurrence_id))
    return found[0] if found else None


def dates_at(venue_id: int, now: datetime, limit: int) -> list[DeskDate]:
    """The next dates at a place, soonest first."""
    query = date_columns().where(_LIVE, PLACE.in_([venue_id]), Occurrence.ends_at > now)
    return complete(query.order_by(*_IN_TIME).limit(limit))
