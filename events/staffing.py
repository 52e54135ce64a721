"""Who leads: assign facilitators to an event or to one of its dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select

from core.db import db, hold, write
from core.outcome import Refused
from core.window import touch
from events.conflicts import is_led_twice
from events.horizon import local_day
from events.models import Assignment, AssignmentRole, Event, Occurrence
from people import audit
from people.audit import Actor
from people.models import Account, Person, Role, RoleGrant

MAY_LEAD = (Role.FACILITATOR, Role.COORDINATOR, Role.ADMINISTRATOR)


class StaffingRefusal(StrEnum):
    """Why somebody cannot be assigned."""

    UNKNOWN_EVENT = "unknown-event"
    UNKNOWN_DATE = "unknown-date"
    NOT_A_FACILITATOR = "not-a-facilitator"
    DOUBLE_BOOKED = "double-booked"


@dataclass(frozen=True)
class Facilitator:
    """Someone who may lead."""

    person_id: int
    name: str
    title: str


def _leads_on(today: date | None) -> ColumnElement[bool]:
    """Whether a grant lets somebody lead, on a local day of the program if one is given."""
    leads = RoleGrant.role.in_(MAY_LEAD)
    if today is None:
        return leads
    return leads & or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today)


def facilitators(today: date | None = None) -> list[Facilitator]:
    """Everyone whose account may lead, by name; with `today` only while their access stands."""
    found = db.session.execute(
        select(Person.id, Person.name, Person.title)
        .where(
            select(RoleGrant.person_id)
            .where(RoleGrant.person_id == Person.id, _leads_on(today))
            .exists()
        )
        .order_by(Person.name, Person.id)
    )
    return [Facilitator(person_id, name, title or "") for person_id, name, title in found]


def may_lead(person_id: int, today: date) -> bool:
    """Whether somebody's access lets them lead on a local day of the program."""
    granted = (
        select(Account.person_id)
        .join(RoleGrant, RoleGrant.person_id == Account.person_id)
        .where(Account.person_id == person_id, _leads_on(today))
    )
    return db.session.scalar(granted.limit(1)) is not None


def _standing(event_id: int, occurrence_id: int | None, person_id: int) -> Assignment | None:
    return db.session.scalar(
        select(Assignment).where(
            Assignment.event_id == event_id,
            Assignment.person_id == person_id,
            Assignment.occurrence_id.is_(None)
            if occurrence_id is None
            else Assignment.occurrence_id == occurrence_id,
        )
    )


def assign(
    event_id: int,
    person_id: int,
    role: AssignmentRole,
    *,
    occurrence_id: int | None = None,
    by: Actor,
    now: datetime,
    exclusive: bool = False,
) -> int | Refused:
    """Operation: somebody leads every date of an event, or one of them; the assignment's id.

    Whoever is assigned already gets the new role. When it is `exclusive`, nobody leads two things
    at one time.
    """
    with write() as session:
        event = hold(Event, event_id)
        if event is None:
            return Refused(StaffingRefusal.UNKNOWN_EVENT)
        if occurrence_id is not None:
            occurrence = session.get(Occurrence, occurrence_id)
            if occurrence is None or occurrence.event_id != event_id:
                return Refused(StaffingRefusal.UNKNOWN_DATE)
        if not may_lead(person_id, local_day(now, event.timezone)):
            return Refused(StaffingRefusal.NOT_A_FACILITATOR)
        assignment = _standing(event_id, occurrence_id, person_id)
        if assignment is not None and assignment.role == role:
            return assignment.id
        if exclusive and is_led_twice(person_id, event_id, occurrence_id, now):
            return Refused(StaffingRefusal.DOUBLE_BOOKED)
        if assignment is None:
            assignment = Assignment(
                event_id=event_id,
                occurrence_id=occurrence_id,
                person_id=person_id,
                created_at=now,
            )
            session.add(assignment)
        else:
            assignment.changed_at = now
        assignment.role = role
        session.flush()
        audit.record(
            "assign",
            "event",
            event_id,
            by=by,
            now=now,
            person=person_id,
            occurrence=occurrence_id,
            role=role.value,
        )
        touch()
        return assignment.id


def unassign(assignment_id: int, *, by: Actor, now: datetime) -> bool:
    """Operation: somebody leads no longer. False when the assignment was gone already."""
    with write() as session:
        assignment = session.get(Assignment, assignment_id)
        if assignment is None or hold(Event, assignment.event_id) is None:
            return False
        session.delete(assignment)
        audit.record(
            "unassign",
            "event",
            assignment.event_id,
            by=by,
            now=now,
            person=assignment.person_id,
            occurrence=assignment.occurrence_id,
        )
        touch()
        return True
