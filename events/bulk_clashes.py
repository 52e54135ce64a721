"""What dates would be booked twice when they all move at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from core.db import db
from events.bulk import One, Order, Verb, place_after
from events.conflicts import conflicts_of
from events.models import Mode, Room
from events.rules.conflicts import overlap

Place = tuple[int, int | None]


def _place_of(one: One, order: Order) -> Place | None:
    """Venue and room of a date after it has moved; None for nowhere or online."""
    venue_id = place_after(one.date, one.event, order.shift)
    if not one.goes or venue_id is None or one.event.mode == Mode.ONLINE:
        return None
    stays = venue_id == (one.date.venue_id or one.event.venue_id)
    return venue_id, (one.date.room_id or one.event.room_id) if stays else None


def _among(here: Sequence[One], found: dict[int, list[str]]) -> None:
    for number, one in enumerate(here):
        for other in here[number + 1 :]:
            if overlap(one.starts_at, one.ends_at, other.starts_at, other.ends_at):
                found[one.date.id].append(other.event.title)
                found[other.date.id].append(one.event.title)


def clashes_of(dates: Sequence[One], order: Order) -> dict[int, list[str]]:
    """The titles of what else is at the same place at the same time, by the date's id: dates that
    stand there and dates that move there, too. One statement for each place, and one more."""
    found: dict[int, list[str]] = defaultdict(list)
    if order.verb != Verb.MOVE:
        return found
    by_place: dict[Place, list[One]] = defaultdict(list)
    for one in dates:
        place = _place_of(one, order)
        if place is not None:
            by_place[place].append(one)
    divided = set(
        db.session.scalars(
            select(Room.venue_id).where(Room.venue_id.in_({venue for venue, _room in by_place}))
        )
    )
    for (venue_id, room_id), here in by_place.items():
        moments = [(one.starts_at, one.ends_at) for one in here]
        for conflict in conflicts_of(moments, venue_id=venue_id, room_id=room_id):
            for one in here:
                if conflict.occurrence_id in order.ids:
                    continue
                if conflict.overlaps(one.starts_at, one.ends_at):
                    found[one.date.id].append(conflict.title)
        if room_id is not None or venue_id not in divided:
            _among(here, found)
    return found
