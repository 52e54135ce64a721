"""Closures as everyone may read of them: those that are on or lie ahead. One statement each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select

from core.db import db
from events.models import Closure, Event, Mode, Venue
from events.queries import PUBLIC

AHEAD = timedelta(days=92)
FRONT_AHEAD = timedelta(days=31)
FRONT_MOST = 5


@dataclass(frozen=True)
class PublicClosure:
    """What is closed and when; `venue` and `slug` are '' for the whole program."""

    venue: str
    slug: str
    first_day: date
    last_day: date
    reason: str


def _found(where: ColumnElement[bool], today: date, ahead: timedelta) -> list[PublicClosure]:
    rows = db.session.execute(
        select(Venue.name, Venue.slug, Closure.first_day, Closure.last_day, Closure.reason)
        .select_from(Closure)
        .outerjoin(Venue, Venue.id == Closure.venue_id)
        .where(where, Closure.last_day >= today, Closure.first_day <= today + ahead)
        .order_by(Closure.first_day, Closure.id)
    )
    found = (
        PublicClosure(name or "", slug or "", first, last, reason)
        for name, slug, first, last, reason in rows
    )
    return list(dict.fromkeys(found))


def closures_at(venues: Iterable[int], today: date) -> list[PublicClosure]:
    """Closures of places, and of the whole program."""
    return _found(or_(Closure.venue_id.is_(None), Closure.venue_id.in_(set(venues))), today, AHEAD)


def closures_for(event: Event, today: date) -> list[PublicClosure]:
    """Closures that reach an event: of its places, unless it is online, and of the program."""
    places = {event.venue_id, *(series.venue_id for series in event.series)} - {None}
    online = event.mode == Mode.ONLINE
    return closures_at([] if online else [one for one in places if one is not None], today)


def front_closures(today: date) -> list[PublicClosure]:
    """The next closures of the program and of places where something public is held."""
    public = select(Event.id).where(PUBLIC, Event.venue_id == Closure.venue_id).exists()
    return _found(or_(Closure.venue_id.is_(None), public), today, FRONT_AHEAD)[:FRONT_MOST]
