"""Deleting an event: who is told, what comes back, and what is left after 90 days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db, write
from core.outcome import Refused
from events import deleting, signups
from events.deleting import delete_event, had_people, let_go_of_deleted, restore_event
from events.enrolments import enrol
from events.life import set_status
from events.models import (
    Assignment,
    Enrolment,
    Event,
    EventStatus,
    EventTag,
    HeadCount,
    Joining,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    SignupState,
)
from events.rules.planning import PlanRefusal
from events.rules.seating import SeatRefusal
from events.signups import Request, sign_up
from people.audit import SYSTEM
from people.models import AuditEntry, OutboxMessage
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
SOON = datetime(2026, 12, 1, 18, 30, tzinfo=ZoneInfo(PACIFIC))
ASKED = Request("Robin", None, 0, "", "en", ("p" * 64,))


@pytest.fixture
def house(both_databases: Flask) -> Iterator[Factory]:
    with both_databases.app_context():
        yield Factory(both_databases)


def owed() -> list[tuple[str, int, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(one.kind, one.about_id, str(one.state)) for one in rows]


def event_of(event_id: int) -> Event:
    db.session.rollback()
    return db.session.get_one(Event, event_id, populate_existing=True)


def test_everything_comes_back_as_it_was(house: Factory) -> None:
    event = house.event(status=EventStatus.ARCHIVED, tags=("women",))
    date = house.occurrence(event, SOON)
    gone = house.occurrence(event, SOON + timedelta(days=1), status=OccurrenceStatus.CANCELLED)
    signup = house.signup(date)
    assert delete_event(event, by=SYSTEM, now=NOW) is True
    assert delete_event(event, by=SYSTEM, now=NOW) is False
    stored = event_of(event)
    assert (stored.status, stored.deleted_at) == ("deleted", NOW)
    assert restore_event(event, by=SYSTEM, now=NOW) == EventStatus.ARCHIVED
    stored = event_of(event)
    assert (stored.status, stored.deleted_at, stored.deleted_from) == ("archived", None, None)
    assert [tag.tag for tag in stored.tags] == ["women"]
    assert db.session.get_one(Signup, signup).state == "seated"
    assert db.session.get_one(Occurrence, date).status == "scheduled"
    assert db.session.get_one(Occurrence, gone).status == "cancelled"
    verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()
    assert verbs == ["delete", "undelete"]


def test_each_is_told_once_after_ten_minutes_and_not_at_all_when_it_comes_back(
    house: Factory,
) -> None:
    event = house.event()
    dates = [house.occurrence(event, SOON + timedelta(days=7 * n)) for n in range(3)]
    over = house.occurrence(event, NOW - timedelta(days=7))
    first, *_others = [house.signup(date, "Ana", email="ana@example.org") for date in dates]
    ben = house.signup(dates[1], "Ben", email="ANA@example.org")
    house.signup(dates[0], "Cleo")
    house.signup(dates[0], "Dee", SignupState.CANCELLED, email="dee@example.org")
    house.signup(over, "Eve", email="eve@example.org")
    assert len(deleting.parties(event, NOW)) == 3
    delete_event(event, by=SYSTEM, now=NOW)
    assert owed() == [("event-cancelled", first, "waiting"), ("event-cancelled", ben, "waiting")]
    waits = db.session.scalars(select(OutboxMessage.send_after)).all()
    assert set(waits) == {NOW + timedelta(minutes=10)}
    restore_event(event, by=SYSTEM, now=NOW + timedelta(minutes=9))
    assert {state for _kind, _about, state in owed()} == {"dropped"}
    delete_event(event, by=SYSTEM, now=NOW + timedelta(hours=1))
    assert [state for _kind, _about, state in owed()].count("waiting") == 2


def test_whoever_was_told_is_told_again(house: Factory) -> None:
    event = house.event()
    date, late = house.occurrence(event, SOON), house.occurrence(event, SOON + timedelta(days=60))
    told = house.signup(date, "Ana", email="ana@example.org")
    later = house.signup(late, "Ben", email="ben@example.org")
    delete_event(event, by=SYSTEM, now=NOW)
    with write() as session:
        for message in session.scalars(select(OutboxMessage)):
            message.state = "sent"
    restore_event(event, by=SYSTEM, now=SOON + timedelta(days=1))
    again = [(kind, about) for kind, about, state in owed() if state == "waiting"]
    assert again == [("event-restored", later)]  # Ana's date is over
    assert told not in {about for _kind, about in again}


def test_nobody_can_sign_up_while_it_is_deleted_or_put_away(house: Factory) -> None:
    event, cohort = house.event(), house.event(joining=Joining.COHORT)
    date = house.occurrence(event, SOON)
    house.occurrence(cohort, SOON)
    delete_event(event, by=SYSTEM, now=NOW)
    delete_event(cohort, by=SYSTEM, now=NOW)
    cancelled = Refused(SeatRefusal.CANCELLED)
    assert sign_up(date, ASKED, by=SYSTEM, now=NOW) == cancelled
    assert enrol(cohort, ASKED, by=SYSTEM, now=NOW) == cancelled
    restore_event(event, by=SYSTEM, now=NOW)
    set_status(event, EventStatus.ARCHIVED, by=SYSTEM, now=NOW)
    assert sign_up(date, ASKED, by=SYSTEM, now=NOW) == Refused(SeatRefusal.CLOSED)


def test_a_place_given_up_meanwhile_goes_to_who_waits_once_it_is_back(house: Factory) -> None:
    event = house.event(capacity=1)
    date = house.occurrence(event, SOON)
    signup = house.signup(date, "Ana")
    waits = house.signup(date, "Ben", SignupState.QUEUED)
    delete_event(event, by=SYSTEM, now=NOW)
    token = db.session.get_one(Signup, signup).token
    assert signups.cancel(token, by=SYSTEM, now=NOW) is True
    assert db.session.get_one(Signup, waits, populate_existing=True).state == "queued"
    restore_event(event, by=SYSTEM, now=NOW)
    assert db.session.get_one(Signup, waits, populate_existing=True).state == "seated"


def test_a_cohort_comes_back_too(house: Factory) -> None:
    event = house.event(joining=Joining.COHORT, capacity=1)
    house.occurrence(event, SOON)
    house.occurrence(event, SOON + timedelta(days=7))
    enrol(event, Request("Ana", "ana@example.org", 0, "", "en", ("a" * 64,)), by=SYSTEM, now=NOW)
    delete_event(event, by=SYSTEM, now=NOW)
    assert [kind for kind, _about, _state in owed()].count("event-cancelled") == 1
    restore_event(event, by=SYSTEM, now=NOW)
    assert db.session.scalar(select(Enrolment.state)) == "seated"


def test_what_is_unknown_or_alive_is_not_restored(house: Factory) -> None:
    unknown = Refused(PlanRefusal.UNKNOWN_EVENT)
    assert delete_event(4711, by=SYSTEM, now=NOW) == unknown
    assert restore_event(4711, by=SYSTEM, now=NOW) == unknown
    assert restore_event(house.event(), by=SYSTEM, now=NOW) == unknown
    event = house.event()
    delete_event(event, by=SYSTEM, now=NOW)
    assert set_status(event, EventStatus.PUBLISHED, by=SYSTEM, now=NOW) == unknown


def test_ninety_days_end_with_the_local_day(house: Factory) -> None:
    event = house.event()
    house.occurrence(event, SOON)
    late = datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo(PACIFIC))  # the 24th in UTC
    delete_event(event, by=SYSTEM, now=late)
    assert deleting.last_day(late, PACIFIC).isoformat() == "2027-02-21"
    assert deleting.last_day(late, "UTC").isoformat() == "2027-02-22"
    assert let_go_of_deleted(datetime(2027, 2, 22, 7, 59, tzinfo=UTC)) == 0
    assert let_go_of_deleted(datetime(2027, 2, 22, 8, 0, tzinfo=UTC)) == 1
    assert let_go_of_deleted(datetime(2027, 2, 22, 8, 0, tzinfo=UTC)) == 0


def test_what_nobody_was_on_is_gone_and_its_address_is_free(house: Factory) -> None:
    event = house.event(slug="lunch", tags=("women",))
    series = house.series(event)
    date = house.occurrence(event, SOON, series_id=series)
    house.assignment(event, house.person(), date)
    delete_event(event, by=SYSTEM, now=NOW)
    assert not had_people(event)
    assert let_go_of_deleted(NOW + timedelta(days=92)) == 1
    db.session.rollback()
    for model in (Event, Series, Occurrence, Assignment, EventTag):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    house.event(slug="lunch")


def test_the_worker_lets_go_of_it(app: Flask, make: Factory) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=100)
    old = {"status": EventStatus.DELETED, "deleted_from": EventStatus.PUBLISHED}
    make.event("Gone", deleted_at=long_ago, **old)
    make.event("Kept", deleted_at=long_ago + timedelta(days=50), **old)
    said = app.test_cli_runner().invoke(args=["work", "--once"])
    assert said.exit_code == 0, said.output
    with app.app_context():
        assert db.session.scalars(select(Event.title)).all() == ["Kept"]


@pytest.mark.parametrize("trace", ["signup", "head count"])
def test_where_people_were_the_record_stays_in_the_archive(house: Factory, trace: str) -> None:
    event = house.event()
    past, coming = house.occurrence(event, NOW - timedelta(days=7)), house.occurrence(event, SOON)
    if trace == "signup":
        house.signup(past, state=SignupState.CANCELLED)
    else:
        by = house.person()
        with write() as session:
            session.add(HeadCount(occurrence_id=past, people=3, by_id=by, counted_at=NOW))
    delete_event(event, by=SYSTEM, now=NOW)
    assert let_go_of_deleted(NOW + timedelta(days=92)) == 1
    stored = event_of(event)
    assert (stored.status, stored.deleted_at) == ("archived", None)
    assert db.session.get_one(Occurrence, past).status == "scheduled"
    assert db.session.get_one(Occurrence, coming).status == "cancelled"
    assert [kind for kind, _about, _state in owed()] == []


def test_where_nothing_is_booked_twice_what_is_in_the_way_goes_first(house: Factory) -> None:
    place = house.venue()
    event, put_away = house.event(venue_id=place), house.event(venue_id=place)
    for one in (event, put_away):
        house.occurrence(one, SOON)
    delete_event(event, by=SYSTEM, now=NOW)
    taken = Refused(PlanRefusal.DOUBLE_BOOKED)
    assert restore_event(event, by=SYSTEM, now=NOW, exclusive=True) == taken
    assert event_of(event).status == "deleted"
    set_status(put_away, EventStatus.ARCHIVED, by=SYSTEM, now=NOW)
    assert restore_event(event, by=SYSTEM, now=NOW, exclusive=True) == EventStatus.PUBLISHED
    published = EventStatus.PUBLISHED
    assert set_status(put_away, published, by=SYSTEM, now=NOW, exclusive=True) == taken
    assert event_of(put_away).status == "archived"
    assert set_status(put_away, published, by=SYSTEM, now=NOW) == EventStatus.PUBLISHED
