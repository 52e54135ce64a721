"""Who leads, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.db import db
from core.outcome import Refused
from events.models import Assignment, AssignmentRole
from events.staffing import StaffingRefusal, assign, facilitators, unassign
from people.audit import SYSTEM
from people.models import Account, AuditEntry, Role
from tests.factory import Factory

LEAD, TRAINEE = AssignmentRole.LEAD, AssignmentRole.TRAINEE


@pytest.fixture
def house(both_databases: Flask):
    with both_databases.app_context():
        yield Factory(both_databases)


def someone(house: Factory, role: Role = Role.FACILITATOR, **values: object) -> int:
    email = house.account(role, **values)
    db.session.rollback()  # an earlier read would not see it
    return db.session.scalar(select(Account.person_id).where(Account.email == email))


def put(event: int, person: int, role: AssignmentRole = LEAD, date: int | None = None):
    return assign(event, person, role, occurrence_id=date, by=SYSTEM, now=clock.now())


def test_everyone_who_may_lead_is_offered_once_by_name(house):
    someone(house, Role.PARTICIPANT, name="Zed")
    someone(house, Role.COORDINATOR, name="Nia")
    someone(house, name="Ada", title="Recovery specialist")
    house.person("Walk-in")
    db.session.rollback()
    found = [(one.name, one.title) for one in facilitators()]
    assert found == [("Ada", "Recovery specialist"), ("Nia", "")]


def test_assigning_twice_is_once_and_another_role_replaces_the_first(house):
    event, person = house.event(), someone(house)
    first = put(event, person)
    assert put(event, person) == first
    assert put(event, person, TRAINEE) == first
    assert db.session.scalar(select(Assignment.role)) == TRAINEE
    verbs = list(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.subject == "event")))
    assert verbs == ["assign", "assign"]


def test_one_date_may_have_somebody_of_its_own(house):
    event, person = house.event(), someone(house)
    date = house.occurrence(event)
    assert put(event, person, date=date) != put(event, person)
    other = house.occurrence(house.event())
    assert put(event, person, date=other) == Refused(StaffingRefusal.UNKNOWN_DATE)
    assert put(event, person, date=4711) == Refused(StaffingRefusal.UNKNOWN_DATE)


def test_only_those_who_may_lead_are_assigned(house):
    event = house.event()
    refused = Refused(StaffingRefusal.NOT_A_FACILITATOR)
    assert put(event, someone(house, Role.PARTICIPANT)) == refused
    assert put(event, house.person()) == refused
    assert put(event, 4711) == refused
    assert put(4711, someone(house)) == Refused(StaffingRefusal.UNKNOWN_EVENT)


def test_taking_off_twice_is_once(house):
    made = put(house.event(), someone(house))
    assert unassign(made, by=SYSTEM, now=clock.now()) is True
    assert unassign(made, by=SYSTEM, now=clock.now()) is False
    assert db.session.scalar(select(Assignment.id)) is None
