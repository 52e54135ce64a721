"""Reads of places for the desk."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, select

from core.db import db
from events.desk import PAGE
from events.models import Room, Venue


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
