"""Rooms of a place: their seats count, and none goes while something is held in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from core.db import db
from core.outcome import Refused
from events.desk import date_of
from events.models import Event, Occurrence, Room, Signup, SignupState
from events.rooms import capacity_of
from events.rules.planning import PlanRefusal
from events.venue_rooms import add_room, edit_room, remove_room
from people.audit import SYSTEM
from tests.factory import Factory

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
STARTS = datetime(2026, 12, 2, 2, 30, tzinfo=UTC)


@pytest.fixture
def house(both_databases: Flask) -> Iterator[Factory]:
    with both_databases.app_context():
        yield Factory(both_databases)


def added(venue: int, name: str = "Attic", capacity: int | None = 1) -> int:
    db.session.rollback()
    room = add_room(venue, name, capacity, by=SYSTEM, now=NOW)
    assert isinstance(room, int)
    return room


def test_the_seats_of_a_room_count_before_those_of_the_place(house: Factory) -> None:
    venue = house.venue(capacity=50)
    room = added(venue, capacity=1)
    event = house.event(venue_id=venue, room_id=room)
    one = house.occurrence(event, STARTS)
    elsewhere = house.occurrence(event, STARTS.replace(day=9), venue_id=house.venue(capacity=9))
    db.session.rollback()
    for date_id, seats in ((one, 1), (elsewhere, 9)):
        found = date_of(date_id)
        assert found is not None
        assert found.capacity == seats
        occurrence = db.session.get_one(Occurrence, date_id)
        assert capacity_of(occurrence, db.session.get_one(Event, event)) == seats


def test_more_seats_in_a_room_move_waiting_people_up(house: Factory) -> None:
    venue = house.venue()
    room = added(venue)
    one = house.occurrence(house.event(venue_id=venue, room_id=room), STARTS)
    house.signup(one)
    waiting = house.signup(one, "Robin", SignupState.QUEUED)
    db.session.rollback()
    assert edit_room(room, "Attic", 2, by=SYSTEM, now=NOW) == 1
    assert db.session.get_one(Signup, waiting).state == SignupState.SEATED


def test_a_room_goes_only_when_nothing_is_held_in_it(house: Factory) -> None:
    venue = house.venue()
    room = added(venue)
    event = house.event(venue_id=venue, room_id=room)
    house.occurrence(event, STARTS)
    db.session.rollback()
    assert remove_room(room, by=SYSTEM, now=NOW) == Refused(PlanRefusal.ROOM_IN_USE)
    attic, free = room, added(venue, "Cellar")
    assert remove_room(free, by=SYSTEM, now=NOW) == venue
    assert db.session.get(Room, attic) is not None


def test_what_was_held_in_a_room_keeps_its_place(house: Factory) -> None:
    venue = house.venue()
    room = added(venue)
    event = house.event(venue_id=venue, room_id=room, status="archived")
    one = house.occurrence(event, datetime(2026, 1, 6, 2, 30, tzinfo=UTC), room_id=room)
    db.session.rollback()
    assert remove_room(room, by=SYSTEM, now=NOW) == venue
    kept = db.session.get_one(Event, event)
    assert (kept.venue_id, kept.room_id) == (venue, None)
    assert db.session.get_one(Occurrence, one).room_id is None


def test_two_rooms_of_one_name_and_impossible_numbers_are_refused(house: Factory) -> None:
    venue = house.venue()
    room = added(venue)
    assert add_room(venue, "attic", 3, by=SYSTEM, now=NOW) == Refused(PlanRefusal.ROOM_EXISTS)
    assert add_room(venue, "Hall", -1, by=SYSTEM, now=NOW) == Refused(PlanRefusal.CAPACITY)
    assert edit_room(room, "Attic", 10_001, by=SYSTEM, now=NOW) == Refused(PlanRefusal.CAPACITY)
    assert add_room(4711, "Hall", 1, by=SYSTEM, now=NOW) == Refused(PlanRefusal.UNKNOWN_VENUE)
    assert remove_room(4711, by=SYSTEM, now=NOW) == Refused(PlanRefusal.UNKNOWN_VENUE)
