"""What public events can be filtered by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from core.db import db
from events.models import Event, EventLanguage, EventTag, Venue
from events.queries import PUBLIC


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
