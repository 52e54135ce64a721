"""The places of a meeting list, made and kept up to date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.db import db
from events.imports.listed import Meeting, Place
from events.models import Venue
from events.slugs import slug_of


def free(wanted: str, taken: set[str]) -> str:
    """The wanted slug, or the first with a number behind it that is not taken; it is then."""
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    taken.add(slug)
    return slug


def venues_of(source: str) -> dict[str, Venue]:
    """The places that came from a source, by what it knows them by."""
    found = db.session.scalars(select(Venue).where(Venue.source == source))
    return {str(venue.source_id): venue for venue in found}


def take_places(
    known: dict[str, Venue], meetings: Iterable[Meeting], source: str, now: datetime
) -> list[Venue]:
    """Step: every place of the meetings is among the known ones and says what the source says;
    those that are new."""
    taken = set(db.session.scalars(select(Venue.slug)))
    made = []
    for meeting in meetings:
        place = meeting.place
        if place is None:
            continue
        if place.source_id not in known:
            wanted = slug_of(f"{place.name} {place.city}", "place")
            venue = Venue(
                slug=free(wanted, taken), source=source, source_id=place.source_id, access=[]
            )
            known[place.source_id] = venue
            made.append(venue)
            db.session.add(venue)
        _describe(known[place.source_id], place, meeting.timezone, now)
    db.session.flush()
    return made


def _describe(venue: Venue, place: Place, timezone: str, now: datetime) -> None:
    said: dict[str, Any] = {
        "name": place.name,
        "address": place.address,
        "city": place.city,
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "approximate": place.approximate,
        "directions": place.directions or venue.directions or "",
        "timezone": timezone,
    }
    if any(getattr(venue, name) != value for name, value in said.items()):
        for name, value in said.items():
            setattr(venue, name, value)
        venue.updated_at = now
