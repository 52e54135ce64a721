"""Reads of what people see only once they have signed in. Nothing here can reach a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload, selectinload

from core.db import db
from events.models import Event, EventStatus, Kind, Occurrence, Visibility
from events.queries import CalendarDate, dates_by_id

PAGE = 50
FOR_MEMBERS = and_(
    Event.status == EventStatus.PUBLISHED,
    Event.visibility == Visibility.SIGNED_IN,
    Event.kind != Kind.ONE_TO_ONE,
)


def member_dates(now: datetime, page: int) -> tuple[list[CalendarDate], bool]:
    """A page of the dates to come for people who have signed in, soonest first, and whether
    there are more."""
    ids = db.session.scalars(
        select(Occurrence.id)
        .join(Event, Event.id == Occurrence.event_id)
        .where(FOR_MEMBERS, Occurrence.ends_at > now)
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    found = dates_by_id(ids[:PAGE])
    return [found[one] for one in ids[:PAGE]], len(ids) > PAGE


def _event(*wanted: ColumnElement[bool]) -> Event | None:
    return db.session.scalar(
        select(Event)
        .where(FOR_MEMBERS, *wanted)
        .options(
            joinedload(Event.venue),
            selectinload(Event.tags),
            selectinload(Event.languages),
            selectinload(Event.series),
        )
    )


def member_event(slug: str) -> Event | None:
    """An event for people who have signed in, with its place, tags, languages and series."""
    return _event(Event.slug == slug)


def member_date(slug: str, key: str) -> tuple[CalendarDate, Occurrence] | None:
    """One date of such an event, as shown and as stored, or None."""
    stored = db.session.scalar(
        select(Occurrence)
        .join(Event, Event.id == Occurrence.event_id)
        .where(FOR_MEMBERS, Event.slug == slug, Occurrence.key == key)
        .options(
            joinedload(Occurrence.event).options(
                joinedload(Event.venue), selectinload(Event.languages), selectinload(Event.tags)
            ),
            joinedload(Occurrence.venue),
            joinedload(Occurrence.series),
        )
    )
    return None if stored is None else (dates_by_id([stored.id])[stored.id], stored)
