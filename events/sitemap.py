"""The public addresses that search engines may know, with when each last changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from core.db import db
from curriculum.models import Course
from events.filters import Filters
from events.models import Event, Occurrence, OccurrenceStatus, Venue
from events.queries import PUBLIC, public_dates

STANDING = ("/", "/calendar/", "/subscribe/", "/help-now/", "/privacy/", "/curriculum/")


@dataclass(frozen=True, slots=True)
class Address:
    """A path of this site without its language; `changed` is None where nobody can say."""

    path: str
    changed: datetime | None = None


def addresses(first: date, last: date) -> list[Address]:
    """Standing pages, events, places, courses, and dates between two local days; four statements.

    In a stable order, so that the parts of a long list stay the same.
    """
    events = select(Event.slug, Event.updated_at).where(PUBLIC).order_by(Event.slug)
    used = select(Event.venue_id).where(PUBLIC)
    venues = select(Venue.slug, Venue.updated_at).where(Venue.id.in_(used)).order_by(Venue.slug)
    courses = select(Course.code).order_by(Course.code)
    dates = (
        public_dates(Filters(), Event.slug, Occurrence.key, Occurrence.updated_at)
        .where(
            Occurrence.local_date.between(first, last),
            Occurrence.status == OccurrenceStatus.SCHEDULED,
        )
        .order_by(Event.slug, Occurrence.key)
    )
    return [
        *(Address(path) for path in STANDING),
        *(Address(f"/events/{slug}/", at) for slug, at in db.session.execute(events)),
        *(Address(f"/venues/{slug}/", at) for slug, at in db.session.execute(venues)),
        *(Address(f"/curriculum/courses/{code}/") for code in db.session.scalars(courses)),
        *(Address(f"/events/{slug}/{key}/", at) for slug, key, at in db.session.execute(dates)),
    ]
