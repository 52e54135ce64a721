"""Add and edit places."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import hold, write
from core.outcome import Refused
from core.window import touch
from events.models import Event, Joining, Occurrence, Venue
from events.rules.planning import PlanRefusal, capacity_fault
from events.signups import settle_waitlist
from events.slugs import free_slug, slug_of
from people import audit
from people.audit import Actor

DESK = "desk"
TRIES = 3


@dataclass(frozen=True)
class VenueDetails:
    """What is said of a place; capacity None is unlimited."""

    name: str
    address: str = ""
    city: str = ""
    region: str = ""
    directions: str = ""
    capacity: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    access: tuple[str, ...] = ()
    access_notes: str = ""
    transit: str = ""

    def columns(self) -> dict[str, Any]:
        """What is written; lists are kept as JSON."""
        return asdict(self) | {"access": list(self.access)}


def add_venue(
    session: Session,
    details: VenueDetails,
    timezone: str,
    press: UUID,
    *,
    by: Actor,
    now: datetime,
) -> Venue:
    """Step: a place; the same press again is the same place."""
    made = session.scalar(select(Venue).where(Venue.source == DESK, Venue.source_id == press.hex))
    if made is not None:
        return made
    venue = Venue(
        slug=free_slug(Venue.slug, slug_of(details.name, "place")),
        timezone=timezone,
        source=DESK,
        source_id=press.hex,
        updated_at=now,
        **details.columns(),
    )
    session.add(venue)
    session.flush()
    audit.record("create", "venue", venue.id, by=by, now=now)
    touch()
    return venue


def _create(details: VenueDetails, timezone: str, press: UUID, *, by: Actor, now: datetime) -> int:
    with write() as session:
        return add_venue(session, details, timezone, press, by=by, now=now).id


def create_venue(
    details: VenueDetails, timezone: str, press: UUID, *, by: Actor, now: datetime
) -> int | Refused:
    """Operation: a place; its id. The same press again is the same place."""
    fault = capacity_fault(details.capacity)
    if fault:
        return Refused(fault)
    for left in reversed(range(TRIES)):
        try:
            return _create(details, timezone, press, by=by, now=now)
        except IntegrityError:  # another press took the slug meanwhile
            if not left:
                raise
    raise AssertionError("unreachable")


def _coming_with_room_of(session: Session, venue_id: int, now: datetime) -> list[int]:
    """The dates to come whose number of seats is the room's."""
    return list(
        session.scalars(
            select(Occurrence.id)
            .join(Event, Event.id == Occurrence.event_id)
            .where(
                func.coalesce(Occurrence.venue_id, Event.venue_id) == venue_id,
                Occurrence.starts_at > now,
                Occurrence.capacity.is_(None),
                Event.capacity.is_(None),
                Event.joining != Joining.DROP_IN,
            )
            .order_by(Occurrence.id)
        )
    )


def edit_venue(venue_id: int, details: VenueDetails, *, by: Actor, now: datetime) -> int | Refused:
    """Operation: change what is said of a place; how many people a larger room moved up."""
    fault = capacity_fault(details.capacity)
    if fault:
        return Refused(fault)
    with write() as session:
        venue = hold(Venue, venue_id)
        if venue is None:
            return Refused(PlanRefusal.UNKNOWN_VENUE)
        wanted = details.columns()
        if all(getattr(venue, name) == value for name, value in wanted.items()):
            return 0
        resized = venue.capacity != details.capacity
        ids = _coming_with_room_of(session, venue_id, now) if resized else []
        held = [hold(Occurrence, one) for one in ids]
        for name, value in wanted.items():
            setattr(venue, name, value)
        venue.updated_at = now
        session.flush()
        raised = sum(len(settle_waitlist(one, now)) for one in held if one is not None)
        audit.record("edit", "venue", venue_id, by=by, now=now)
        touch()
        return raised
