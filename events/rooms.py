"""Where a date is and how many fit in: its own place, room and seats, else its event's."""

from __future__ import annotations

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from core.db import db
from events.models import Event, Occurrence, Room, Venue

# A date that goes elsewhere leaves the event's room behind.
PLACE = func.coalesce(Occurrence.venue_id, Event.venue_id)
_STAYS = and_(Occurrence.room_id.is_(None), Occurrence.venue_id.is_(None))
ROOM = case((_STAYS, Event.room_id), else_=Occurrence.room_id)
_ROOM_SEATS = select(Room.capacity).where(Room.id == ROOM).correlate(Occurrence, Event)
# Of a date, in a query that joins Event and Venue.
SEATS = func.coalesce(
    Occurrence.capacity, Event.capacity, _ROOM_SEATS.scalar_subquery(), Venue.capacity
)


def _of_place(room_id: int | None, venue_id: int | None) -> int | None:
    room = db.session.get(Room, room_id) if room_id else None
    if room is not None and room.capacity is not None:
        return room.capacity
    venue = db.session.get(Venue, venue_id) if venue_id else None
    return venue.capacity if venue else None


def capacity_of(occurrence: Occurrence, event: Event) -> int | None:
    """The date's own capacity, else the event's, the room's, the place's; None is unlimited."""
    for capacity in (occurrence.capacity, event.capacity):
        if capacity is not None:
            return capacity
    stays = occurrence.venue_id is None and occurrence.room_id is None
    room_id = event.room_id if stays else occurrence.room_id
    return _of_place(room_id, occurrence.venue_id or event.venue_id)


def event_capacity(event: Event) -> int | None:
    """The event's capacity, else that of its room or place; None is unlimited."""
    if event.capacity is not None:
        return event.capacity
    return _of_place(event.room_id, event.venue_id)


def place_is_known(
    session: Session, venue_id: int | None, room_id: int | None, *, usual: int | None = None
) -> bool:
    """Whether the place is there, and the room in it; without a place the `usual` one counts."""
    if venue_id and session.get(Venue, venue_id) is None:
        return False
    room = session.get(Room, room_id) if room_id else None
    return room_id is None or (room is not None and room.venue_id == (venue_id or usual))
