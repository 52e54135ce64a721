"""Double bookings are seen while planning; where the program says so, they are refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.outcome import Refused
from events.conflicts import Sort, conflicts_between, conflicts_of
from events.dates import Move, reschedule
from events.models import AssignmentRole, Event, Kind, Mode, Room
from events.rules.planning import PlanRefusal
from events.scheduling import EventDetails, EventPlan, create_event
from events.staffing import StaffingRefusal, assign
from people.audit import SYSTEM
from people.models import Account, Role
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
STARTS = datetime(2026, 12, 2, 2, 30, tzinfo=UTC)  # 18:30 on December 1
HOUR = timedelta(hours=1)
DAY = STARTS.date() - timedelta(days=1)
MOMENT = [(STARTS, STARTS + HOUR)]


@pytest.fixture
def house(both_databases: Flask) -> Iterator[Factory]:
    with both_databases.app_context():
        yield Factory(both_databases)


def plan(
    venue_id: int, at: datetime = datetime(2026, 12, 1, 18, 30), **values: object
) -> EventPlan:
    details = EventDetails(Kind.WORKSHOP, "Second", venue_id=venue_id, **values)  # type: ignore[arg-type]
    return EventPlan(details, PACIFIC, uuid4(), starts=(at,), minutes=60)


def test_two_dates_at_one_place_at_one_time(house: Factory) -> None:
    hall = house.venue()
    house.occurrence(house.event("First", venue_id=hall), STARTS)
    house.occurrence(house.event("Second", venue_id=hall), STARTS + HOUR)
    ((one, other),) = conflicts_between(DAY, DAY)
    assert (one.title, other.title, one.name) == ("First", "Second", "Harbor Hall")


def test_rooms_of_one_place_do_not_collide(house: Factory) -> None:
    hall = house.venue()
    attic = house._add(Room(venue_id=hall, name="Attic"))
    cellar = house._add(Room(venue_id=hall, name="Cellar"))
    for room in (attic, cellar, None):
        house.occurrence(house.event(venue_id=hall, room_id=room), STARTS)
    assert conflicts_between(DAY, DAY) == []
    house.occurrence(house.event(venue_id=hall, room_id=attic), STARTS)
    db.session.rollback()
    assert [one.name for one, _other in conflicts_between(DAY, DAY)] == ["Harbor Hall, Attic"]


def test_whoever_leads_two_things_at_once(house: Factory) -> None:
    lead = house.person("Ana", public_name="Ana R.")
    for title in ("First", "Second"):
        event = house.event(title)
        house.occurrence(event, STARTS)
        house.assignment(event, lead)
    ((one, _other),) = conflicts_between(DAY, DAY)
    assert (one.sort, one.name) == (Sort.PERSON, "Ana R.")
    found = conflicts_of(MOMENT, venue_id=None, people=[lead])
    assert [one.title for one in found] == ["First", "Second"]
    assert conflicts_of(MOMENT, venue_id=None, people=[]) == []


def test_what_is_online_cancelled_archived_or_a_listing_takes_no_room(house: Factory) -> None:
    hall = house.venue()
    house.occurrence(house.event(venue_id=hall), STARTS)
    house.occurrence(house.event(venue_id=hall, mode=Mode.ONLINE), STARTS)
    house.occurrence(house.event(venue_id=hall), STARTS, status="cancelled")
    house.occurrence(house.event(venue_id=hall, status="archived"), STARTS)
    listing = {"source": "meetings:oc.example", "source_id": "1"}
    house.occurrence(house.event(venue_id=hall, **listing), STARTS)
    assert conflicts_between(DAY, DAY) == []
    assert len(conflicts_of(MOMENT, venue_id=hall)) == 1


def test_every_pair_is_told_for_the_place_and_for_the_person(house: Factory) -> None:
    hall, lead = house.venue(), house.person()
    for number in range(4):
        event = house.event(venue_id=hall)
        house.assignment(event, lead)
        house.occurrence(event, STARTS + number * timedelta(minutes=10))
    assert len(conflicts_between(DAY, DAY)) == 12
    assert len(conflicts_of(MOMENT, venue_id=hall, people=[lead])) == 8


def test_by_default_it_is_allowed_and_where_it_is_blocked_refused(house: Factory) -> None:
    hall = house.venue()
    first = house.occurrence(house.event("First", venue_id=hall), STARTS)
    blocked = create_event(plan(hall), by=SYSTEM, now=NOW, exclusive=True)
    assert blocked == Refused(PlanRefusal.DOUBLE_BOOKED)
    assert isinstance(create_event(plan(hall), by=SYSTEM, now=NOW), int)
    later = datetime(2026, 12, 1, 21)
    assert isinstance(create_event(plan(hall, later), by=SYSTEM, now=NOW, exclusive=True), int)
    move = Move(later, 60)
    assert reschedule(first, move, by=SYSTEM, now=NOW, exclusive=True) == blocked
    free = Move(datetime(2026, 12, 3, 9), 60)
    assert isinstance(reschedule(first, free, by=SYSTEM, now=NOW, exclusive=True), int)


def test_nobody_is_assigned_twice_where_that_is_blocked(house: Factory) -> None:
    email = house.account(Role.FACILITATOR)
    person = db.session.scalars(select(Account.person_id).where(Account.email == email)).one()
    events = [house.event(title) for title in ("First", "Second")]
    for event in events:
        house.occurrence(event, STARTS)
    lead = AssignmentRole.LEAD
    assert isinstance(assign(events[0], person, lead, by=SYSTEM, now=NOW, exclusive=True), int)
    refused = assign(events[1], person, lead, by=SYSTEM, now=NOW, exclusive=True)
    assert refused == Refused(StaffingRefusal.DOUBLE_BOOKED)
    assert isinstance(assign(events[1], person, lead, by=SYSTEM, now=NOW), int)


def test_of_many_who_book_one_room_at_once_one_gets_it(both_databases: Flask) -> None:
    hall = Factory(both_databases).venue()
    ready = threading.Barrier(6)
    answers = []

    def book() -> None:
        with both_databases.app_context():
            wanted = plan(hall)
            ready.wait()
            answers.append(create_event(wanted, by=SYSTEM, now=NOW, exclusive=True))

    threads = [threading.Thread(target=book) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in answers if isinstance(one, int)]) == 1
    with both_databases.app_context():
        assert db.session.scalar(select(func.count()).select_from(Event)) == 1
