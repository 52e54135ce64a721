"""Rooms of a place: added, changed, and removed once nothing to come is held there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.db import hold, write
from core.outcome import Refused
from core.window import touch
from events.models import Event, EventStatus, Occurrence, Room, Series, Venue
from events.rooms import ROOM
from events.rules.planning import PlanRefusal, capacity_fault
from events.signups import settle_waitlist
from people import audit
from people.audit import Actor


def _taken(session: Session, venue_id: int, name: str, room_id: int | None) -> bool:
    same = select(Room.id).where(
        Room.venue_id == venue_id, func.lower(Room.name) == name.lower(), Room.id != (room_id or 0)
    )
    return session.scalar(same.limit(1)) is not None


def add_room(
    venue_id: int, name: str, capacity: int | None, *, by: Actor, now: datetime
) -> int | Refused:
    """Operation: one more room of a place; its id."""
    fault = capacity_fault(capacity)
    if fault:
        return Refused(fault)
    with write() as session:
        venue = hold(Venue, venue_id)
        if venue is None:
            return Refused(PlanRefusal.UNKNOWN_VENUE)
        if _taken(session, venue_id, name, None):
            return Refused(PlanRefusal.ROOM_EXISTS)
        room = Room(venue_id=venue_id, name=name, capacity=capacity)
        session.add(room)
        venue.updated_at = now
        session.flush()
        audit.record("add-room", "venue", venue_id, by=by, now=now, room=room.id)
        touch()
        return room.id


def _coming_in(session: Session, room_id: int, now: datetime) -> list[int]:
    found = (
        select(Occurrence.id)
        .join(Event, Event.id == Occurrence.event_id)
        .where(ROOM.in_([room_id]), Occurrence.starts_at > now, Event.status != EventStatus.DELETED)
        .order_by(Occurrence.id)
    )
    return list(session.scalars(found))


def edit_room(
    room_id: int, name: str, capacity: int | None, *, by: Actor, now: datetime
) -> int | Refused:
    """Operation: another name or number of seats; how many people more seats moved up."""
    fault = capacity_fault(capacity)
    if fault:
        return Refused(fault)
    with write() as session:
        room = session.get(Room, room_id)
        venue = hold(Venue, room.venue_id) if room else None
        if room is None or venue is None:
            return Refused(PlanRefusal.UNKNOWN_VENUE)
        if _taken(session, venue.id, name, room_id):
            return Refused(PlanRefusal.ROOM_EXISTS)
        held = [hold(Occurrence, one) for one in _coming_in(session, room_id, now)]
        room.name, room.capacity = name, capacity
        venue.updated_at = now
        session.flush()
        raised = sum(len(settle_waitlist(one, now)) for one in held if one is not None)
        audit.record("edit-room", "venue", venue.id, by=by, now=now, room=room_id)
        touch()
        return raised


def remove_room(room_id: int, *, by: Actor, now: datetime) -> int | Refused:
    """Operation: a room is there no longer; the place it was in. Refused while anything to come
    is held in it; what was held there keeps its place without the room."""
    with write() as session:
        room = session.get(Room, room_id)
        venue = hold(Venue, room.venue_id) if room else None
        if room is None or venue is None:
            return Refused(PlanRefusal.UNKNOWN_VENUE)
        standing = select(Event.id).where(
            Event.room_id == room_id, Event.status.in_((EventStatus.DRAFT, EventStatus.PUBLISHED))
        )
        if _coming_in(session, room_id, now) or session.scalar(standing.limit(1)):
            return Refused(PlanRefusal.ROOM_IN_USE)
        held_here: tuple[type[Occurrence | Event | Series], ...] = (Occurrence, Event, Series)
        for model in held_here:
            left = update(model).where(model.room_id == room_id).values(room_id=None)
            session.execute(left.execution_options(synchronize_session=False))
        session.flush()
        session.delete(room)
        venue.updated_at = now
        audit.record("remove-room", "venue", venue.id, by=by, now=now, room=room_id)
        touch()
        return venue.id
