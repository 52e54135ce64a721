"""The places an import names, matched with the venues there are, or made."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from sqlalchemy import select

from core.db import db
from events.imports.ical.entries import Location
from events.imports.listed import city_of, is_vague
from events.models import Venue
from events.slugs import slug_of


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def digest_of(location: Location) -> str:
    """What a place of a source is known by: the same words are the same place."""
    said = f"{_normal(location.name)}\x1f{_normal(location.address)}"
    return hashlib.sha256(said.encode()).hexdigest()[:40]


class Places:
    """The venues, found by what a file says of them. Read within the caller's transaction."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.made: list[Venue] = []
        self._own: dict[str, Venue] = {}
        self._by_address: dict[str, Venue] = {}
        self._by_name: dict[str, list[Venue]] = {}
        self._slugs: set[str] = set()
        for venue in db.session.scalars(select(Venue).order_by(Venue.id)):
            self._know(venue)

    def _know(self, venue: Venue) -> None:
        self._slugs.add(venue.slug)
        self._by_name.setdefault(_normal(venue.name), []).append(venue)
        if venue.address and not venue.approximate:
            self._by_address.setdefault(_normal(venue.address), venue)
            self._by_address.setdefault(_normal(f"{venue.name} {venue.address}"), venue)
        if venue.source == self.source and venue.source_id:
            self._own[venue.source_id] = venue

    def find(self, location: Location | None) -> Venue | None:
        """The venue meant: the one made of the same words, at the same address, or, when the
        file gives a name alone, the only one of that name."""
        if location is None:
            return None
        own = self._own.get(digest_of(location))
        if own is not None:
            return own
        if location.address:
            whole = _normal(f"{location.name} {location.address}")
            at = self._by_address
            return at.get(_normal(location.address)) or at.get(whole)
        named = self._by_name.get(_normal(location.name), [])
        return named[0] if len(named) == 1 else None

    def known_as(self, location: Location | None) -> int | str | None:
        """The id of the venue meant; its digest when there is none yet; None for no place."""
        venue = self.find(location)
        if venue is not None:
            return venue.id
        return digest_of(location) if location is not None else None

    def take(self, location: Location | None, timezone: str, now: datetime) -> Venue | None:
        """Step: the venue meant, made when there is none."""
        found = self.find(location)
        if found is not None or location is None:
            return found
        city = city_of(location.address)
        venue = Venue(
            slug=self._free_slug(f"{location.name} {city}"),
            name=location.name,
            address=location.address,
            city=city,
            latitude=location.latitude,
            longitude=location.longitude,
            approximate=bool(location.address) and is_vague(location.address),
            timezone=timezone,
            access=[],
            source=self.source,
            source_id=digest_of(location),
            updated_at=now,
        )
        db.session.add(venue)
        db.session.flush()
        self.made.append(venue)
        self._know(venue)
        return venue

    def _free_slug(self, title: str) -> str:
        wanted = slug_of(title, "place")
        slug, number = wanted, 2
        while slug in self._slugs:
            slug, number = f"{wanted}-{number}", number + 1
        return slug
