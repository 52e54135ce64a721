"""Reads of the desk. They reach persons; only views that require a permission may call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from core.db import db
from events.models import (
    Assignment,
    Event,
    EventStatus,
    Occurrence,
    OccurrenceStatus,
    Room,
    Series,
    Signup,
    SignupState,
    Venue,
)
from events.queries import STANDING
from events.rooms import PLACE, SEATS
from people.models import Person

TAKEN = (SignupState.SEATED, SignupState.OFFERED)
PAGE = 50


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
        .outerjoin(Venue, Venue.id == func.coalesce(Occurrence.venue_id, Event.venue_id))
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


_LIVE = Event.status == EventStatus.PUBLISHED
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
    for word in asked.text.split()[:8]:
        found.append(
            or_(
                func.lower(Event.title).like(_like(word), escape="\\"),
                func.lower(Venue.name).like(_like(word), escape="\\"),
                func.lower(Venue.city).like(_like(word), escape="\\"),
            )
        )
    total = (
        select(func.count())
        .select_from(Occurrence)
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == func.coalesce(Occurrence.venue_id, Event.venue_id))
        .where(*found)
    )
    query = date_columns().where(*found).order_by(*_IN_TIME).limit(limit)
    return complete(query), int(db.session.scalar(total) or 0)


def dates_by_ids(ids: Iterable[int]) -> list[DeskDate]:
    """Dates by their ids, soonest first; three statements."""
    wanted = list(ids)
    return complete(date_columns().where(Occurrence.id.in_(wanted)).order_by(*_IN_TIME))


def dates_with_waitlist(now: datetime, limit: int) -> list[DeskDate]:
    """The next dates that people wait for."""
    waits = (
        select(Signup.id)
        .where(Signup.occurrence_id == Occurrence.id, Signup.state == SignupState.QUEUED)
        .exists()
    )
    return complete(
        date_columns()
        .where(_LIVE, Occurrence.starts_at > now, _scheduled(), waits)
        .order_by(*_IN_TIME)
        .limit(limit)
    )


def _scheduled() -> ColumnElement[bool]:
    return Occurrence.status == OccurrenceStatus.SCHEDULED


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
        _scheduled(),
        Occurrence.starts_at > now,
        Occurrence.local_date <= last,
        Event.source.is_(None),
        ~led,
    )
    query = date_columns().where(within).order_by(*_IN_TIME).limit(limit)
    total = select(func.count()).select_from(Occurrence).join(Event).where(within)
    return complete(query), int(db.session.scalar(total) or 0)


@dataclass(frozen=True)
class EventLine:
    """An event on the desk's list; `next_at` is the start of its next date."""

    id: int
    title: str
    kind: str
    status: str
    visibility: str
    place: str
    timezone: str
    next_at: datetime | None


def _like(text: str) -> str:
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def event_list(
    text: str, kind: str, status: str, page: int, now: datetime
) -> tuple[list[EventLine], int]:
    """A page of events by title, and how many match; two statements."""
    found: list[ColumnElement[bool]] = [Event.status == status]
    if kind:
        found.append(Event.kind == kind)
    for word in text.split()[:8]:
        found.append(
            or_(
                func.lower(Event.title).like(_like(word), escape="\\"),
                func.lower(Venue.name).like(_like(word), escape="\\"),
                func.lower(Venue.city).like(_like(word), escape="\\"),
            )
        )
    total = select(func.count()).select_from(Event).outerjoin(Event.venue).where(*found)
    coming = (
        select(func.min(Occurrence.starts_at))
        .where(Occurrence.event_id == Event.id, Occurrence.starts_at > now, _scheduled())
        .scalar_subquery()
    )
    query = (
        select(
            Event.id,
            Event.title,
            Event.kind,
            Event.status,
            Event.visibility,
            func.coalesce(Venue.name, ""),
            Event.timezone,
            coming,
        )
        .select_from(Event)
        .outerjoin(Event.venue)
        .where(*found)
        .order_by(func.lower(Event.title), Event.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    lines = [EventLine(*row) for row in db.session.execute(query)]
    return lines, int(db.session.scalar(total) or 0)


def event_of(event_id: int) -> Event | None:
    """An event with its place, series, tags and languages."""
    return db.session.scalar(
        select(Event)
        .where(Event.id == event_id)
        .options(
            joinedload(Event.venue),
            selectinload(Event.series),
            selectinload(Event.tags),
            selectinload(Event.languages),
        )
    )


def is_deleted(*, event_id: int | None, occurrence_id: int | None, series_id: int | None) -> bool:
    """Whether an event is deleted that is named by its id, a date of it, or a series of it."""
    named = or_(
        Event.id == event_id,
        Event.id.in_(select(Occurrence.event_id).where(Occurrence.id == occurrence_id)),
        Event.id.in_(select(Series.event_id).where(Series.id == series_id)),
    )
    deleted = select(Event.id).where(named, Event.status == EventStatus.DELETED)
    return db.session.scalar(deleted.limit(1)) is not None


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


@dataclass(frozen=True)
class RosterRow:
    """One sign-up on a roster."""

    id: int
    name: str
    state: str
    guests: int
    note: str
    has_address: bool
    created_at: datetime


def roster(occurrence_id: int) -> list[RosterRow]:
    """Every sign-up of a date in order of arrival, which is the order of the queue."""
    query = (
        select(
            Signup.id,
            Person.name,
            Signup.state,
            Signup.guests,
            Signup.note,
            Person.email.is_not(None),
            Signup.created_at,
        )
        .join(Person, Person.id == Signup.person_id)
        .where(Signup.occurrence_id == occurrence_id)
        .order_by(Signup.id)
    )
    return [RosterRow(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class AssignmentLine:
    """Somebody who leads; `everywhere` means every date of the event."""

    id: int
    name: str
    role: str
    everywhere: bool


def assignments(event_id: int, occurrence_id: int | None = None) -> list[AssignmentLine]:
    """Who leads an event, or one of its dates."""
    query = (
        select(Assignment.id, Person.name, Assignment.role, Assignment.occurrence_id.is_(None))
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.event_id == event_id,
            or_(Assignment.occurrence_id.is_(None), Assignment.occurrence_id == occurrence_id),
        )
        .order_by(Assignment.id)
    )
    return [AssignmentLine(*row) for row in db.session.execute(query)]


def dates_at(venue_id: int, now: datetime, limit: int) -> list[DeskDate]:
    """The next dates at a place, soonest first."""
    query = date_columns().where(_LIVE, PLACE.in_([venue_id]), Occurrence.ends_at > now)
    return complete(query.order_by(*_IN_TIME).limit(limit))


def venue_choices() -> list[tuple[int, str]]:
    """Every place by name, with its city."""
    query = select(Venue.id, Venue.name, Venue.city).order_by(func.lower(Venue.name), Venue.id)
    return [
        (venue_id, f"{name}, {city}" if city else name)
        for venue_id, name, city in db.session.execute(query)
    ]


def place_choices() -> list[tuple[str, str]]:
    """Every place, each followed by its rooms, as `venue` or `venue:room`; two statements."""
    rooms: dict[int, list[tuple[int, str]]] = defaultdict(list)
    query = select(Room.venue_id, Room.id, Room.name).order_by(func.lower(Room.name), Room.id)
    for venue_id, room_id, name in db.session.execute(query):
        rooms[venue_id].append((room_id, name))
    found = []
    for venue_id, label in venue_choices():
        found.append((str(venue_id), label))
        found += [(f"{venue_id}:{room}", f"{label} — {name}") for room, name in rooms[venue_id]]
    return found


def venues(page: int) -> tuple[list[Venue], bool]:
    """A page of places by name, and whether there are more."""
    query = select(Venue).order_by(func.lower(Venue.name), Venue.id)
    found = list(db.session.scalars(query.limit(PAGE + 1).offset((page - 1) * PAGE)))
    return found[:PAGE], len(found) > PAGE
