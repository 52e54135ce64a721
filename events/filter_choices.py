"""What public events can be filtered by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from core.db import db
from events.models import Event, EventLanguage, EventTag, Venue
from events.queries import PUBLIC, USED


@dataclass(frozen=True)
class Choices:
    """What there is to filter by, each with the number of events that have it."""

    kinds: tuple[tuple[str, int], ...]
    modes: tuple[tuple[str, int], ...]
    cities: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]


def _counted(query: Select[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((value, count) for value, count in db.session.execute(query) if value)


def filter_choices(*, most_tags: int = 24) -> Choices:
    """Everything that public events can be filtered by."""
    count = func.count()
    return Choices(
        kinds=_counted(select(Event.kind, count).where(PUBLIC).group_by(Event.kind)),
        modes=_counted(select(Event.mode, count).where(PUBLIC).group_by(Event.mode)),
        cities=_counted(
            select(Venue.city, count)
            .join(Event, Event.venue_id == Venue.id)
            .where(PUBLIC)
            .group_by(Venue.city)
            .order_by(Venue.city)
        ),
        languages=_counted(
            select(EventLanguage.language, count)
            .join(Event, Event.id == EventLanguage.event_id)
            .where(PUBLIC)
            .group_by(EventLanguage.language)
            .order_by(count.desc(), EventLanguage.language)
        ),
        tags=_counted(
            select(EventTag.tag, count)
            .join(Event, Event.id == EventTag.event_id)
            .where(PUBLIC)
            .group_by(EventTag.tag)
            .order_by(count.desc(), EventTag.tag)
            .limit(most_tags)
        ),
    )


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A venue that public dates take place at."""

    slug: str
    name: str
    city: str


def _word(text: str) -> ColumnElement[bool]:
    columns = (Venue.name, Venue.city, Venue.address)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def place_choices(
    *, limit: int, text: str = "", cities: Iterable[str] = ()
) -> tuple[PlaceChoice, ...]:
    """Venues with public dates, by name; all words of `text` are in their name, city or address.

    Args:
        limit: how many at most.
        cities: only venues there, in any case.
    """
    wanted = [USED, *(_word(word) for word in text.split()[:8])]
    lowered = [city.lower() for city in cities]
    if lowered:
        wanted.append(func.lower(Venue.city).in_(lowered))
    query = (
        select(Venue.slug, Venue.name, Venue.city)
        .where(and_(*wanted))
        .order_by(Venue.name, Venue.slug)
        .limit(limit)
    )
    return tuple(PlaceChoice(*row) for row in db.session.execute(query))


def places_named(slugs: Iterable[str]) -> tuple[PlaceChoice, ...]:
    """The venues with public dates among these, by name. Nothing is asked for none."""
    wanted = tuple(slugs)
    if not wanted:
        return ()
    query = (
        select(Venue.slug, Venue.name, Venue.city)
        .where(USED, Venue.slug.in_(wanted))
        .order_by(Venue.name, Venue.slug)
    )
    return tuple(PlaceChoice(*row) for row in db.session.execute(query))


def tags_in_use(tags: Iterable[str]) -> frozenset[str]:
    """Those of the tags that a public event has."""
    query = (
        select(EventTag.tag)
        .distinct()
        .join(Event, Event.id == EventTag.event_id)
        .where(PUBLIC, EventTag.tag.in_(tuple(tags)))
    )
    return frozenset(db.session.scalars(query))
