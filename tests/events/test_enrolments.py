"""A cohort: one decision for all its dates, one line, and room that opens moves the line up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.outcome import Refused
from events import enrolments, signups
from events.models import Enrolment, Joining, Kind, Signup
from events.rules.seating import SeatRefusal
from events.scheduling import EventDetails, edit_event
from events.signups import Request, Signed
from people.audit import VISITOR
from people.models import OutboxMessage
from tests.factory import Factory

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
WEEKS = 3


@pytest.fixture
def cohort(both_databases: Flask) -> int:
    """A course of three weeks with one place, the first date tomorrow."""
    make = Factory(both_databases)
    event = make.event(joining=Joining.COHORT, capacity=1)
    for week in range(WEEKS):
        make.occurrence(event, NOW + timedelta(days=1, weeks=week))
    return event


def enrol(event_id: int, name: str, now: datetime = NOW) -> Signed:
    request = Request(name, f"{name}@example.org".lower(), 0, "", "en", (f"press of {name}",))
    outcome = enrolments.enrol(event_id, request, by=VISITOR, now=now)
    assert isinstance(outcome, Signed)
    return outcome


def states(enrolment_id: int) -> list[str]:
    rows = select(Signup.state).where(Signup.enrolment_id == enrolment_id).order_by(Signup.id)
    return list(db.session.scalars(rows))


def owed(kind: str) -> int:
    return db.session.scalar(select(func.count()).where(OutboxMessage.kind == kind)) or 0


def test_one_seat_is_a_seat_on_every_date(both_databases: Flask, cohort: int) -> None:
    with both_databases.app_context():
        first, second = enrol(cohort, "Ana"), enrol(cohort, "Bo")
        assert states(first.id) == ["seated"] * WEEKS
        assert states(second.id) == ["queued"] * WEEKS
        assert (owed(signups.CONFIRMED), owed(signups.QUEUED)) == (1, 1)
        assert enrol(cohort, "Ana") == Signed(first.id, first.token, first.state, new=False)


def test_leaving_gives_every_date_to_the_next_in_line(both_databases: Flask, cohort: int) -> None:
    with both_databases.app_context():
        first, second, third = (enrol(cohort, name) for name in ("Ana", "Bo", "Cy"))
        assert enrolments.leave(first.token, by=VISITOR, now=NOW) is True
        assert enrolments.leave(first.token, by=VISITOR, now=NOW) is False
        assert states(second.id) == ["seated"] * WEEKS
        waiting = db.session.get_one(Enrolment, third.id)
        assert enrolments.enrolment_position(waiting) == 1
        assert owed(signups.MOVED_UP) == 1


def test_more_places_move_the_line_up(both_databases: Flask, cohort: int) -> None:
    with both_databases.app_context():
        _first, second, third = (enrol(cohort, name) for name in ("Ana", "Bo", "Cy"))
        larger = EventDetails(
            kind=Kind.SUPPORT_GROUP, title="Tuesday Group", joining=Joining.COHORT, capacity=2
        )
        edited = edit_event(cohort, larger, by=VISITOR, now=NOW)
        assert not isinstance(edited, Refused)
        assert edited.raised == 1
        assert states(second.id) == ["seated"] * WEEKS
        assert states(third.id) == ["queued"] * WEEKS


def test_a_date_given_up_by_itself_stays_given_up(both_databases: Flask, cohort: int) -> None:
    with both_databases.app_context():
        first, second = enrol(cohort, "Ana"), enrol(cohort, "Bo")
        one = select(Signup.token).where(Signup.enrolment_id == second.id).order_by(Signup.id)
        token = db.session.scalars(one).first()
        assert token is not None
        assert signups.cancel(token, by=VISITOR, now=NOW) is True
        assert enrolments.leave(first.token, by=VISITOR, now=NOW) is True
        assert states(second.id) == ["cancelled", "seated", "seated"]


def test_what_is_over_is_neither_joined_nor_left(both_databases: Flask, cohort: int) -> None:
    after = NOW + timedelta(weeks=WEEKS)
    with both_databases.app_context():
        first = enrol(cohort, "Ana")
        late = Request("Bo", None, 0, "", "en", ("press of Bo",))
        past = Refused(SeatRefusal.PAST)
        assert enrolments.enrol(cohort, late, by=VISITOR, now=after) == past
        assert enrolments.leave(first.token, by=VISITOR, now=after) == past
        assert states(first.id) == ["seated"] * WEEKS
