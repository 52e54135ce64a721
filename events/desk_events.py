"""Reads of events for the desk.

They reach persons; only views that require a permission may call them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from core.db import db
from events.desk import PAGE, SCHEDULED, with_words
from events.models import Event, EventStatus, Occurrence, Series, Venue


@dataclass(frozen=True)
class EventLine:
    """An event on the desk's list; `next_at` is the start of its next date."""

    id: int
    title: str
    kind: str
    status: str
    visibility: str
    place: str
    timezone: str
    next_at: datetime | None


def event_list(
    text: str, kind: str, status: str, page: int, now: datetime
) -> tuple[list[EventLine], int]:
    """A page of events by title, and how many match; two statements."""
    found: list[ColumnElement[bool]] = [Event.status == status]
    if kind:
        found.append(Event.kind == kind)
    found += with_words(text)
    total = select(func.count()).select_from(Event).outerjoin(Event.venue).where(*found)
    coming = (
        select(func.min(Occurrence.starts_at))
        .where(Occurrence.event_id == Event.id, Occurrence.starts_at > now, SCHEDULED)
        .scalar_subquery()
    )
    query = (
        select(
            Event.id,
            Event.title,
            Event.kind,
            Event.status,
            Event.visibility,
            func.coalesce(Venue.name, ""),
            Event.timezone,
            coming,
        )
        .select_from(Event)
        .outerjoin(Event.venue)
        .where(*found)
        .order_by(func.lower(Event.title), Event.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    lines = [EventLine(*row) for row in db.session.execute(query)]
    return lines, int(db.session.scalar(total) or 0)


def event_of(event_id: int) -> Event | None:
    """An event with its place, series, tags and languages."""
    return db.session.scalar(
        select(Event)
        .where(Event.id == event_id)
        .options(
            joinedload(Event.venue),
            selectinload(Event.series),
            selectinload(Event.tags),
            selectinload(Event.languages),
        )
    )


def is_deleted(*, event_id: int | None, occurrence_id: int | None, series_id: int | None) -> bool:
    """Whether an event is deleted that is named by its id, a date of it, or a series of it."""
    named = or_(
        Event.id == event_id,
        Event.id.in_(select(Occurrence.event_id).where(Occurrence.id == occurrence_id)),
        Event.id.in_(select(Series.event_id).where(Series.id == series_id)),
    )
    deleted = select(Event.id).where(named, Event.status == EventStatus.DELETED)
    return db.session.scalar(deleted.limit(1)) is not None
