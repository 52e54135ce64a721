"""Double bookings as the database has them: rooms, and people who lead.

Listings from elsewhere (a county's meeting list) are other people's rooms; they are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from core.db import db, hold
from events.models import (
    Assignment,
    Event,
    EventStatus,
    Mode,
    Occurrence,
    OccurrenceStatus,
    Room,
    Venue,
)
from events.queries import OURS
from events.rooms import PLACE, ROOM
from events.rules.conflicts import Booking, clashes, overlap
from people.models import Person

Moments = Sequence[tuple[datetime, datetime]]


class Sort(StrEnum):
    """What is booked twice."""

    PLACE = "place"
    PERSON = "person"


@dataclass(frozen=True)
class Conflict:
    """A date that wants the same at the same time: `name` is the place's or the person's."""

    sort: Sort
    name: str
    occurrence_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str

    def overlaps(self, starts: datetime, ends: datetime) -> bool:
        """Whether it takes place in a stretch of time."""
        return overlap(self.starts_at, self.ends_at, starts, ends)


_HELD = and_(
    Occurrence.status == OccurrenceStatus.SCHEDULED,
    Event.status.in_((EventStatus.PUBLISHED, EventStatus.DRAFT)),
    OURS,
)
_OTHER_ROOM = aliased(Room)
_DIVIDED = exists().where(_OTHER_ROOM.venue_id == Venue.id)  # a place with rooms is not one room


def _dates(*more: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Occurrence.id,
            Occurrence.event_id,
            Event.title,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.timezone,
            PLACE.label("venue_id"),
            ROOM.label("room_id"),
            Venue.name.label("venue"),
            Room.name.label("room"),
            (Event.mode == Mode.ONLINE).label("online"),
            _DIVIDED.label("divided"),
        )
        .select_from(Occurrence)
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == PLACE)
        .outerjoin(Room, Room.id == ROOM)
        .where(_HELD, *more)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return query


def _wanted_room(row: Any) -> tuple[str, int] | None:
    """The room that only one date can have, or None where that cannot be said."""
    if row.online or row.venue_id is None:
        return None
    if row.room_id is not None:
        return ("room", row.room_id)
    return None if row.divided else ("venue", row.venue_id)


def _leaders(rows: Iterable[Any]) -> dict[int, dict[int, str]]:
    """Who leads which dates, by public name."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    by_event: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_event[row.event_id].append(row.id)
    query = (
        select(
            Assignment.event_id,
            Assignment.occurrence_id,
            Person.id,
            func.coalesce(Person.public_name, Person.name),
        )
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.event_id.in_(by_event))
    )
    for event_id, occurrence_id, person_id, name in db.session.execute(query):
        for one in [occurrence_id] if occurrence_id else by_event[event_id]:
            found[one][person_id] = name
    return found


def _conflict(sort: Sort, name: str, row: Any) -> Conflict:
    return Conflict(sort, name, row.id, row.title, row.starts_at, row.ends_at, row.timezone)


def _place_name(row: Any) -> str:
    return f"{row.venue}, {row.room}" if row.room else str(row.venue)


def conflicts_between(first: date, last: date) -> list[tuple[Conflict, Conflict]]:
    """What is booked twice between two local days, both included; three statements."""
    rows = {
        row.id: row
        for row in db.session.execute(_dates(Occurrence.local_date.between(first, last)))
    }
    leaders = _leaders(rows.values())
    bookings = []
    for row in rows.values():
        room = _wanted_room(row)
        wants = {("person", one) for one in leaders[row.id]} | ({room} if room else set())
        bookings.append(Booking(row.id, row.starts_at, row.ends_at, frozenset(wants)))
    found = []
    for clash in clashes(bookings):
        one, other = rows[clash.first], rows[clash.second]
        what, number = clash.wanted
        sort = Sort.PERSON if what == "person" else Sort.PLACE
        name = leaders[one.id][number] if sort == Sort.PERSON else _place_name(one)
        found.append((_conflict(sort, name, one), _conflict(sort, name, other)))
    return sorted(found, key=lambda pair: pair[1].starts_at)


def conflicts_of(
    moments: Moments,
    *,
    venue_id: int | None,
    room_id: int | None = None,
    people: Sequence[int] = (),
    ignore_event: int | None = None,
) -> list[Conflict]:
    """What planned dates would collide with, soonest first; at most three statements.

    Args:
        moments: starts and ends of the planned dates, aware.
        venue_id: where they would be; None for nowhere or online.
        room_id: the room there.
        people: persons who would lead them.
        ignore_event: an event whose own dates are no conflict.
    """
    if not moments or (venue_id is None and not people):
        return []
    at = [] if venue_id is None else [venue_id]
    led = select(Assignment.event_id).where(Assignment.person_id.in_(people))
    near: list[ColumnElement[bool]] = [
        Occurrence.starts_at < max(ends for _starts, ends in moments),
        Occurrence.ends_at > min(starts for starts, _ends in moments),
        or_(PLACE.in_(at), Occurrence.event_id.in_(led)),
    ]
    if ignore_event is not None:
        near.append(Occurrence.event_id != ignore_event)
    rows = [
        row
        for row in db.session.execute(_dates(*near))
        if any(overlap(row.starts_at, row.ends_at, *moment) for moment in moments)
    ]
    leaders = _leaders(rows) if people else {}
    mine = ("room", room_id) if room_id is not None else ("venue", venue_id)
    found = [
        _conflict(Sort.PLACE, _place_name(row), row) for row in rows if _wanted_room(row) == mine
    ]
    for row in rows:
        for person_id, name in leaders.get(row.id, {}).items():
            if person_id in people:
                found.append(_conflict(Sort.PERSON, name, row))
    return sorted(found, key=lambda one: (one.starts_at, one.sort))


def leaders_of(event_id: int, occurrence_id: int | None = None) -> list[int]:
    """The persons who lead an event, or one of its dates."""
    query = select(Assignment.person_id).where(
        Assignment.event_id == event_id,
        or_(Assignment.occurrence_id.is_(None), Assignment.occurrence_id == occurrence_id),
    )
    return sorted(set(db.session.scalars(query)))


def is_booked_twice(event_id: int, now: datetime, *, only: int | None = None) -> bool:
    """Step: whether dates to come of an event, or `only` one, collide with another's as they
    stand now.

    Places and people are held first, so that two who ask at once do not both hear no.
    """
    wanted = [Occurrence.event_id == event_id, Occurrence.starts_at > now]
    if only is not None:
        wanted.append(Occurrence.id == only)
    coming = db.session.execute(_dates(*wanted)).all()
    leaders = leaders_of(event_id, only)
    by_place: dict[tuple[int | None, int | None], list[tuple[datetime, datetime]]]
    by_place = defaultdict(list)
    for row in coming:
        place = (None, None) if row.online else (row.venue_id, row.room_id)
        by_place[place].append((row.starts_at, row.ends_at))
    for venue_id in sorted({venue for venue, _room in by_place if venue is not None}):
        hold(Venue, venue_id)
    for person_id in sorted(leaders):
        hold(Person, person_id)
    return any(
        conflicts_of(
            moments, venue_id=venue_id, room_id=room_id, people=leaders, ignore_event=event_id
        )
        for (venue_id, room_id), moments in by_place.items()
    )


def is_led_twice(person_id: int, event_id: int, occurrence_id: int | None, now: datetime) -> bool:
    """Step: whether somebody leads something else during an event's dates to come, or one of
    them. The person is held first."""
    hold(Person, person_id)
    wanted = [Occurrence.event_id == event_id, Occurrence.starts_at > now]
    if occurrence_id is not None:
        wanted.append(Occurrence.id == occurrence_id)
    moments = [(row.starts_at, row.ends_at) for row in db.session.execute(_dates(*wanted))]
    return bool(conflicts_of(moments, venue_id=None, people=[person_id], ignore_event=event_id))
