"""Rosters, and who leads what.

They reach persons; only views that require a permission may call them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from core.db import db
from events.models import Assignment, Signup
from people.models import Person


@dataclass(frozen=True)
class RosterRow:
    """One sign-up on a roster."""

    id: int
    name: str
    state: str
    guests: int
    note: str
    has_address: bool
    created_at: datetime


def roster(occurrence_id: int) -> list[RosterRow]:
    """Every sign-up of a date in order of arrival, which is the order of the queue."""
    query = (
        select(
            Signup.id,
            Person.name,
            Signup.state,
            Signup.guests,
            Signup.note,
            Person.email.is_not(None),
            Signup.created_at,
        )
        .join(Person, Person.id == Signup.person_id)
        .where(Signup.occurrence_id == occurrence_id)
        .order_by(Signup.id)
    )
    return [RosterRow(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class AssignmentLine:
    """Somebody who leads; `everywhere` means every date of the event."""

    id: int
    name: str
    role: str
    everywhere: bool


def assignments(event_id: int, occurrence_id: int | None = None) -> list[AssignmentLine]:
    """Who leads an event, or one of its dates."""
    query = (
        select(Assignment.id, Person.name, Assignment.role, Assignment.occurrence_id.is_(None))
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.event_id == event_id,
            or_(Assignment.occurrence_id.is_(None), Assignment.occurrence_id == occurrence_id),
        )
        .order_by(Assignment.id)
    )
    return [AssignmentLine(*row) for row in db.session.execute(query)]
