"""Creating, editing, moving and cancelling, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.outcome import Refused
from events.dates import Move, cancel_occurrence, reschedule, restore_occurrence
from events.extending import extend_calendar
from events.life import set_status
from events.models import (
    Event,
    EventStatus,
    Joining,
    Kind,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    SignupState,
    Venue,
)
from events.rules.planning import HORIZON_DAYS, PlanRefusal
from events.rules.recurrence import Rhythm
from events.scheduling import Edited, EventDetails, EventPlan, create_event, edit_event
from events.series import SeriesPlan
from events.venues import VenueDetails, create_venue, edit_venue
from people.audit import SYSTEM
from people.models import AuditEntry, OutboxMessage
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DETAILS = EventDetails(Kind.WORKSHOP, "Riding Out Cravings", joining=Joining.PER_DATE, capacity=2)


def one_off(details: EventDetails = DETAILS, **values: object) -> EventPlan:
    plan = EventPlan(details, PACIFIC, uuid4(), starts=(datetime(2026, 12, 1, 18, 30),), minutes=90)
    return replace(plan, **values)


def weekly(details: EventDetails = DETAILS, until: date | None = None, **values: object):
    rhythm = Rhythm(date(2026, 12, 1), time(18, 30), (1,), until=until)
    return repeated(rhythm, details, **values)


def repeated(rhythm: Rhythm, details: EventDetails = DETAILS, **values: object) -> EventPlan:
    return one_off(details, starts=(), series=(SeriesPlan(rhythm, 90),), **values)


@pytest.fixture
def house(both_databases: Flask):
    with both_databases.app_context():
        yield Factory(both_databases)


def made(plan: EventPlan) -> int:
    event_id = create_event(plan, by=SYSTEM, now=NOW)
    assert isinstance(event_id, int), event_id
    return event_id


def dates(event_id: int) -> list[Occurrence]:
    query = select(Occurrence).where(Occurrence.event_id == event_id)
    return list(db.session.scalars(query.order_by(Occurrence.starts_at)))


def only(event_id: int) -> int:
    (occurrence,) = dates(event_id)
    return occurrence.id


def owed() -> list[tuple[str, int, str]]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.kind, row.about_id, row.state) for row in rows]


def state(signup_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Signup, signup_id).state


def test_a_one_off_event_is_one_date_with_a_uid_of_its_own(house):
    event_id = made(one_off(replace(DETAILS, tags=("women",), languages=("en", "es"))))
    (occurrence,) = dates(event_id)
    assert occurrence.key == "2026-12-01T1830"
    assert occurrence.starts_at == datetime(2026, 12, 2, 2, 30, tzinfo=UTC)
    assert occurrence.ends_at - occurrence.starts_at == timedelta(minutes=90)
    assert occurrence.local_date == date(2026, 12, 1)
    assert occurrence.series_id is None
    assert occurrence.uid
    event = occurrence.event
    assert event.slug == "riding-out-cravings"
    assert [one.language for one in event.languages] == ["en", "es"]
    assert db.session.scalar(select(AuditEntry.verb)) == "create"


def test_a_series_has_rows_up_to_the_horizon_and_keeps_its_wall_time(house):
    found = dates(made(weekly()))
    last = NOW.date() + timedelta(days=HORIZON_DAYS)
    assert found[-1].local_date <= last < found[-1].local_date + timedelta(days=7)
    assert {one.key[-4:] for one in found} == {"1830"}
    assert {one.starts_at.hour for one in found} == {1, 2}
    assert all(one.uid is None for one in found)


def test_the_same_press_is_the_same_event(house):
    press = uuid4()
    assert made(weekly(press=press)) == made(weekly(press=press))
    again = uuid4()
    assert made(one_off(press=again)) == made(one_off(press=again))
    assert db.session.scalar(select(func.count()).select_from(Event)) == 2


def test_two_events_of_one_title_have_two_addresses(house):
    ids = [made(one_off()), made(one_off()), made(one_off(replace(DETAILS, title="회복 모임")))]
    slugs = [db.session.get_one(Event, one).slug for one in ids]
    assert slugs == ["riding-out-cravings", "riding-out-cravings-2", "workshop"]


def test_a_new_place_comes_with_the_event(house):
    event_id = made(one_off(new_venue=VenueDetails("Pier Room", city="Gull Beach")))
    assert db.session.get_one(Event, event_id).venue.name == "Pier Room"


COHORT = replace(DETAILS, joining=Joining.COHORT)
LONG = replace(DETAILS, kind=Kind.COMMUNITY_EVENT)


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (one_off(minutes=0), PlanRefusal.TOO_SHORT),
        (one_off(minutes=-5), PlanRefusal.TOO_SHORT),
        (one_off(minutes=1441), PlanRefusal.TOO_LONG),
        (one_off(LONG, minutes=7 * 1440 + 1), PlanRefusal.TOO_LONG),
        (one_off(starts=(datetime(9999, 12, 31, 23, 59),)), PlanRefusal.TOO_FAR_AHEAD),
        (one_off(starts=(datetime(1, 1, 1),)), PlanRefusal.TOO_FAR_BACK),
        (one_off(starts=()), PlanRefusal.NO_DATES),
        (one_off(replace(DETAILS, capacity=-1)), PlanRefusal.CAPACITY),
        (one_off(replace(DETAILS, capacity=10_001)), PlanRefusal.CAPACITY),
        (one_off(replace(DETAILS, venue_id=4711)), PlanRefusal.UNKNOWN_VENUE),
        (one_off(new_venue=VenueDetails("Hall", capacity=-1)), PlanRefusal.CAPACITY),
        (weekly(until=date(2026, 11, 30)), PlanRefusal.ENDS_BEFORE_START),
        (weekly(until=date.max), PlanRefusal.TOO_FAR_AHEAD),
        (weekly(COHORT), PlanRefusal.COHORT_NEEDS_END),
        (
            repeated(Rhythm(date(2026, 12, 1), time(9), (1,), 53)),
            PlanRefusal.TOO_FAR_APART,
        ),
        (
            repeated(
                Rhythm(date(2026, 12, 1), time(9), (0,), until=date(2026, 12, 6)),
                new_venue=VenueDetails("Hall"),
            ),
            PlanRefusal.NO_DATES,
        ),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(house, plan, reason):
    assert create_event(plan, by=SYSTEM, now=NOW) == Refused(reason)
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0
    assert db.session.scalar(select(func.count()).select_from(Venue)) == 0


def test_a_community_event_may_last_a_week(house):
    assert dates(made(one_off(LONG, minutes=7 * 1440)))


def test_all_dates_of_a_cohort_are_there_at_once(house):
    found = dates(made(weekly(COHORT, until=date(2028, 11, 28))))
    assert found[-1].local_date == date(2028, 11, 28)


def test_a_series_that_starts_after_the_horizon_has_its_first_date(house):
    rhythm = Rhythm(date(2028, 10, 3), time(9), (0,), 4)
    assert dates(made(repeated(rhythm)))


def test_extending_makes_what_is_missing_and_nothing_twice(house):
    event_id = made(weekly())
    made(weekly(until=date(2026, 12, 15)))
    archived = made(weekly())
    set_status(archived, EventStatus.ARCHIVED, by=SYSTEM, now=NOW)
    before = len(dates(event_id))
    assert extend_calendar(NOW) <= 1  # where the local day is already tomorrow
    assert extend_calendar(NOW + timedelta(days=28)) == 4
    assert extend_calendar(NOW + timedelta(days=28)) == 0
    assert len(dates(event_id)) == before + 4


def test_extending_passes_over_a_start_the_event_has(house):
    event_id = made(weekly())
    last = dates(event_id)[-1].starts_at
    house.occurrence(event_id, last + timedelta(days=7))
    assert extend_calendar(NOW + timedelta(days=15)) == 1


def test_more_seats_move_waiting_people_up(house):
    event_id = made(one_off(replace(DETAILS, capacity=1)))
    occurrence = only(event_id)
    house.signup(occurrence, "Ana")
    second = house.signup(occurrence, "Ben", SignupState.QUEUED)
    third = house.signup(occurrence, "Cleo", SignupState.QUEUED)
    before = db.session.scalar(select(Occurrence.sequence))
    edited = edit_event(event_id, DETAILS, by=SYSTEM, now=LATER)
    assert isinstance(edited, Edited)
    assert edited.raised == 1
    assert (state(second), state(third)) == (SignupState.SEATED, SignupState.QUEUED)
    stored = db.session.get_one(Occurrence, occurrence)
    assert (stored.sequence, stored.updated_at) == (before + 1, LATER)


def test_an_edit_raises_the_sequence_of_series_and_leaves_their_dates(house):
    event_id = made(weekly())
    edit_event(event_id, replace(DETAILS, title="Calm Waters"), by=SYSTEM, now=LATER)
    series = db.session.scalar(select(Series))
    assert (series.sequence, series.updated_at) == (1, LATER)
    assert {(one.sequence, one.updated_at) for one in dates(event_id)} == {(0, NOW)}


def test_an_edit_that_changes_nothing_leaves_no_trace(house):
    details = replace(DETAILS, tags=("women", "men"), languages=("es", "en"))
    event_id = made(one_off(details))
    assert edit_event(event_id, details, by=SYSTEM, now=LATER) == Edited()
    assert db.session.get_one(Event, event_id).updated_at == NOW


def test_tags_and_languages_can_be_exchanged(house):
    event_id = made(one_off(replace(DETAILS, tags=("women", "step"))))
    details = replace(DETAILS, tags=("step", "beach"), languages=("es",))
    edit_event(event_id, details, by=SYSTEM, now=LATER)
    event = db.session.get_one(Event, event_id)
    assert {tag.tag for tag in event.tags} == {"step", "beach"}
    assert [one.language for one in event.languages] == ["es"]


def test_another_place_is_told_to_the_signed_up_of_dates_to_come(house):
    venue = house.venue()
    event_id = made(one_off())
    signup = house.signup(only(event_id))
    house.signup(only(event_id), state=SignupState.CANCELLED)
    edit_event(event_id, replace(DETAILS, venue_id=venue), by=SYSTEM, now=LATER)
    assert owed() == [("date-changed", signup, "waiting")]


def test_edits_that_cannot_be_are_refused(house):
    event_id = made(one_off())
    for details, reason in (
        (replace(DETAILS, capacity=-1), PlanRefusal.CAPACITY),
        (replace(DETAILS, venue_id=4711), PlanRefusal.UNKNOWN_VENUE),
        (COHORT, PlanRefusal.COHORT_STAYS),
    ):
        assert edit_event(event_id, details, by=SYSTEM, now=LATER) == Refused(reason)
    assert edit_event(4711, DETAILS, by=SYSTEM, now=LATER) == Refused(PlanRefusal.UNKNOWN_EVENT)
    assert set_status(4711, EventStatus.ARCHIVED, by=SYSTEM, now=LATER) == Refused(
        PlanRefusal.UNKNOWN_EVENT
    )


def test_a_moved_date_keeps_its_key_and_its_people(house):
    event_id = made(weekly())
    first = dates(event_id)[0].id
    signup = house.signup(first)
    move = Move(datetime(2026, 12, 3, 10, 0), 60, house.venue())
    assert isinstance(reschedule(first, move, by=SYSTEM, now=LATER), int)
    assert reschedule(first, move, by=SYSTEM, now=LATER) is None
    db.session.rollback()
    moved = db.session.get_one(Occurrence, first)
    assert moved.key == "2026-12-01T1830"
    assert moved.local_date == date(2026, 12, 3)
    assert (moved.sequence, moved.updated_at) == (1, LATER)
    assert moved.series.updated_at == LATER
    assert owed() == [("date-changed", signup, "waiting")]


def test_a_larger_room_moves_waiting_people_up(house):
    event_id = made(one_off(replace(DETAILS, capacity=None, venue_id=house.venue(capacity=0))))
    signup = house.signup(only(event_id), state=SignupState.QUEUED)
    move = Move(datetime(2026, 12, 1, 18, 30), 90, house.venue(capacity=9))
    reschedule(only(event_id), move, by=SYSTEM, now=LATER)
    assert state(signup) == SignupState.SEATED


@pytest.mark.parametrize(
    ("move", "reason"),
    [
        (Move(datetime(9999, 12, 31, 23), 90), PlanRefusal.TOO_FAR_AHEAD),
        (Move(datetime(2026, 12, 1, 9), 0), PlanRefusal.TOO_SHORT),
        (Move(datetime(2026, 12, 1, 9), 90, 4711), PlanRefusal.UNKNOWN_VENUE),
    ],
)
def test_moves_that_cannot_be_are_refused(house, move, reason):
    date_id = only(made(one_off()))
    assert reschedule(date_id, move, by=SYSTEM, now=LATER) == Refused(reason)
    assert reschedule(4711, move, by=SYSTEM, now=LATER) == Refused(PlanRefusal.UNKNOWN_DATE)


def test_cancelling_tells_everyone_once_and_restoring_takes_unsent_mail_back(house):
    date_id = only(made(one_off()))
    signup = house.signup(date_id)
    house.signup(date_id, state=SignupState.CANCELLED)
    assert isinstance(cancel_occurrence(date_id, "Repairs", by=SYSTEM, now=LATER), int)
    assert cancel_occurrence(date_id, "Repairs", by=SYSTEM, now=LATER) is None
    assert owed() == [("date-cancelled", signup, "waiting")]
    assert db.session.get_one(Occurrence, date_id).status == OccurrenceStatus.CANCELLED
    assert isinstance(restore_occurrence(date_id, by=SYSTEM, now=LATER), int)
    assert restore_occurrence(date_id, by=SYSTEM, now=LATER) is None
    db.session.rollback()
    assert owed() == [("date-cancelled", signup, "dropped")]
    stored = db.session.get_one(Occurrence, date_id)
    assert (stored.status, stored.cancel_reason) == (OccurrenceStatus.SCHEDULED, "")
    cancel_occurrence(date_id, "", by=SYSTEM, now=LATER)
    db.session.rollback()
    assert owed()[-1] == ("date-cancelled", signup, "waiting")


def test_whoever_was_told_of_the_cancelling_is_told_that_the_date_stands(house):
    date_id = only(made(one_off()))
    signup = house.signup(date_id)
    cancel_occurrence(date_id, "", by=SYSTEM, now=LATER)
    db.session.scalar(select(OutboxMessage)).state = "sent"
    db.session.commit()
    restore_occurrence(date_id, by=SYSTEM, now=LATER)
    assert owed() == [("date-cancelled", signup, "sent"), ("date-changed", signup, "waiting")]


def test_nobody_is_told_of_a_date_that_is_over(house):
    date_id = only(made(one_off()))
    house.signup(date_id)
    past = NOW + timedelta(days=30)
    cancel_occurrence(date_id, "", by=SYSTEM, now=past)
    restore_occurrence(date_id, by=SYSTEM, now=past)
    reschedule(date_id, Move(datetime(2026, 12, 2, 9), 60), by=SYSTEM, now=past)
    assert owed() == []
    unknown = Refused(PlanRefusal.UNKNOWN_DATE)
    assert cancel_occurrence(4711, "", by=SYSTEM, now=past) == unknown
    assert restore_occurrence(4711, by=SYSTEM, now=past) == unknown


def test_places_are_added_once_and_a_larger_one_moves_people_up(house):
    press = UUID(int=5)
    hall = VenueDetails("Hall", capacity=0)
    venue = create_venue(hall, PACIFIC, press, by=SYSTEM, now=NOW)
    assert venue == create_venue(hall, PACIFIC, press, by=SYSTEM, now=NOW)
    details = replace(DETAILS, capacity=None, venue_id=venue)
    signup = house.signup(only(made(one_off(details))), state=SignupState.QUEUED)
    assert edit_venue(venue, hall, by=SYSTEM, now=NOW) == 0
    assert edit_venue(venue, replace(hall, capacity=5), by=SYSTEM, now=NOW) == 1
    assert state(signup) == SignupState.SEATED
    wrong = replace(hall, capacity=-1)
    refused = Refused(PlanRefusal.CAPACITY)
    assert create_venue(wrong, PACIFIC, uuid4(), by=SYSTEM, now=NOW) == refused
    assert edit_venue(venue, wrong, by=SYSTEM, now=NOW) == refused
    assert edit_venue(4711, hall, by=SYSTEM, now=NOW) == Refused(PlanRefusal.UNKNOWN_VENUE)


def test_the_operator_extends_the_calendar(both_databases, house):
    made(weekly())
    said = both_databases.test_cli_runner().invoke(args=["extend-calendar"])
    assert said.exit_code == 0, said.output
    assert said.stdout.endswith(" dates added\n")
    said = both_databases.test_cli_runner().invoke(args=["extend-calendar"])
    assert said.stdout == "0 dates added\n"


def test_a_whole_day_stays_whole_across_the_clock_change_and_hours_end_it(house):
    plan = one_off(starts=(datetime(2027, 3, 10),), minutes=1440, all_day=True)
    (one,) = dates(made(plan))
    reschedule(one.id, Move(datetime(2027, 3, 14), 1440), by=SYSTEM, now=LATER)
    kept = db.session.get_one(Occurrence, one.id)
    assert kept.all_day
    assert kept.ends_at - kept.starts_at == timedelta(hours=23)  # midnight to midnight
    reschedule(one.id, Move(datetime(2027, 3, 14, 9), 120), by=SYSTEM, now=LATER)
    assert not db.session.get_one(Occurrence, one.id).all_day
