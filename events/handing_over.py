"""Giving over what somebody leads, when they leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events.conflicts import is_led_twice
from events.models import Assignment, Event, EventStatus, Occurrence
from events.staffing import StaffingRefusal, may_lead
from people import audit
from people.audit import Actor
from people.models import Person

_LED = (EventStatus.DRAFT, EventStatus.PUBLISHED)


@dataclass(frozen=True)
class Led:
    """Something that somebody leads: one date, or with `starts_at` None every date to come."""

    event_id: int
    title: str
    role: str
    timezone: str
    occurrence_id: int | None
    starts_at: datetime | None


def _still_to_come(person_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(
        Assignment.person_id == person_id,
        Event.status.in_(_LED),
        or_(Assignment.occurrence_id.is_(None), Occurrence.ends_at > now),
    )


def led_by(person_id: int, now: datetime) -> list[Led]:
    """What somebody leads from now on: whole events by title, then dates in order of time."""
    rows = db.session.execute(
        select(
            Assignment.event_id,
            Event.title,
            Assignment.role,
            func.coalesce(Occurrence.timezone, Event.timezone),
            Assignment.occurrence_id,
            Occurrence.starts_at,
        )
        .join(Event, Event.id == Assignment.event_id)
        .outerjoin(Occurrence, Occurrence.id == Assignment.occurrence_id)
        .where(_still_to_come(person_id, now))
    )
    found = [Led(*row) for row in rows]
    whole = sorted((one for one in found if one.starts_at is None), key=lambda one: one.title)
    dates = [(one.starts_at, one.event_id, one) for one in found if one.starts_at is not None]
    return [*whole, *(one for _at, _id, one in sorted(dates, key=lambda each: each[:2]))]


def person_named(person_id: int) -> str | None:
    """Somebody's name, or None."""
    return db.session.scalar(select(Person.name).where(Person.id == person_id))


def _assignments(session: Session, person_id: int, now: datetime) -> list[Assignment]:
    return list(
        session.scalars(
            select(Assignment)
            .join(Event, Event.id == Assignment.event_id)
            .outerjoin(Occurrence, Occurrence.id == Assignment.occurrence_id)
            .where(_still_to_come(person_id, now))
            .order_by(Assignment.event_id, Assignment.id)
        )
    )


def _give(session: Session, assignment: Assignment, to_id: int) -> None:
    """Step: somebody else leads it; whoever did so already keeps their own part."""
    same = select(Assignment.id).where(
        Assignment.event_id == assignment.event_id,
        Assignment.person_id == to_id,
        Assignment.occurrence_id.is_(None)
        if assignment.occurrence_id is None
        else Assignment.occurrence_id == assignment.occurrence_id,
    )
    if session.scalar(same) is None:
        assignment.person_id = to_id
    else:
        session.delete(assignment)
    session.flush()


def hand_over(
    from_id: int,
    to_id: int,
    *,
    by: Actor,
    today: date,
    now: datetime,
    exclusive: bool = False,
) -> int | Refused:
    """Operation: somebody else leads all that a person leads from now on; how many things.

    Dates that are over stay with whoever led them. The program's local day `today` decides who
    may lead. When it is `exclusive`, nobody leads two things at one time.
    """
    with write() as session:
        events = sorted({one.event_id for one in _assignments(session, from_id, now)})
        for event_id in events:
            hold(Event, event_id)
        if from_id == to_id or not may_lead(to_id, today):
            return Refused(StaffingRefusal.NOT_A_FACILITATOR)
        given = _assignments(session, from_id, now)
        for assignment in given:
            about = (assignment.event_id, assignment.occurrence_id)
            if exclusive and is_led_twice(to_id, *about, now):
                session.rollback()
                return Refused(StaffingRefusal.DOUBLE_BOOKED)
            _give(session, assignment, to_id)
        for event_id in sorted({one.event_id for one in given}):
            audit.record(
                "hand-over", "event", event_id, by=by, now=now, from_person=from_id, to=to_id
            )
        if given:
            touch()
        return len(given)
