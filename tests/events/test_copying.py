"""A copy has everything of an event but its people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.outcome import Refused
from events.copying import CopyPlan, copy_event
from events.deleting import delete_event
from events.models import (
    Assignment,
    Enrolment,
    Event,
    Joining,
    Kind,
    Mode,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    Visibility,
)
from events.rules.planning import PlanRefusal
from people.audit import SYSTEM
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
ZONE = ZoneInfo(PACIFIC)
JANUARY = date(2027, 1, 5)


@pytest.fixture
def house(both_databases: Flask) -> Iterator[Factory]:
    with both_databases.app_context():
        yield Factory(both_databases)


def copy(event_id: int, day: date = JANUARY, title: str = "Again") -> int:
    answer = copy_event(event_id, CopyPlan(title, day, uuid4()), by=SYSTEM, now=NOW)
    assert not isinstance(answer, Refused), answer
    db.session.rollback()
    return answer.event_id


def dates_of(event_id: int) -> list[Occurrence]:
    query = select(Occurrence).where(Occurrence.event_id == event_id)
    return list(db.session.scalars(query.order_by(Occurrence.starts_at)))


def test_every_detail_goes_along_and_nobody_does(house: Factory) -> None:
    source = house.event(
        kind=Kind.WORKSHOP,
        summary="Short",
        description="Long",
        joining=Joining.PER_DATE,
        capacity=7,
        signup_closes_minutes=60,
        mode=Mode.HYBRID,
        visibility=Visibility.SIGNED_IN,
        venue_id=house.venue(),
        course_id=house.course(),
        online_url="https://example.org/room",
        online_passcode="1234",
        access=["step-free"],
        audiences=["women"],
        cost="$5",
        image_alt="Boats",
        source="elsewhere",
        source_id="9",
        tags=("women", "newcomers"),
        languages=("en", "es"),
    )
    date_id = house.occurrence(source)
    house.signup(date_id)
    house.assignment(source, house.person())
    made = copy(source, title="Second round")
    before, after = db.session.get_one(Event, source), db.session.get_one(Event, made)
    different = {
        column.key
        for column in Event.__table__.columns
        if getattr(before, column.key) != getattr(after, column.key)
    }
    own = {"id", "slug", "title", "status", "created_at", "updated_at", "version"}
    assert different <= own | {"source", "source_id"}
    assert (after.status, after.slug, after.source) == ("draft", "second-round", None)
    assert [tag.tag for tag in after.tags] == ["newcomers", "women"]
    assert [one.language for one in after.languages] == ["en", "es"]
    for model in (Signup, Enrolment):
        assert db.session.scalar(select(func.count()).select_from(model)) <= 1
    assert db.session.scalars(select(Assignment.event_id)).all() == [source]


def test_a_rhythm_goes_on_from_the_chosen_day_at_its_own_time(house: Factory) -> None:
    source = house.event()
    venue = house.venue()
    house.series(source, starts_on=date(2026, 1, 6), until=date(2026, 3, 1))  # split long ago
    house.series(
        source,
        starts_on=date(2026, 3, 3),
        start_time=time(12),
        interval=2,
        venue_id=venue,
        pauses=[["2026-04-01", "2026-04-08"], ["2027-01-19", "2027-01-26"]],
    )
    house.occurrence(source)
    made = copy(source)
    [series] = db.session.scalars(select(Series).where(Series.event_id == made))
    assert (series.starts_on, series.start_time, series.interval) == (JANUARY, time(12), 2)
    assert (series.until, series.venue_id) == (None, venue)
    assert series.pauses == [["2027-01-19", "2027-01-26"]]
    dates = dates_of(made)
    assert [one.key for one in dates[:2]] == ["2027-01-05T1200", "2027-02-02T1200"]
    assert {one.series_id for one in dates} == {series.id}


def test_six_weeks_of_a_cohort_stay_six(house: Factory) -> None:
    source = house.event(joining=Joining.COHORT)
    house.series(source, starts_on=date(2026, 9, 1), until=date(2026, 10, 6))  # over by now
    assert [one.key[:10] for one in dates_of(copy(source))] == [
        *("2027-01-05", "2027-01-12", "2027-01-19", "2027-01-26", "2027-02-02", "2027-02-09")
    ]


def test_single_dates_move_together_and_keep_the_wall_clock(house: Factory) -> None:
    source = house.event()
    first = datetime(2026, 10, 27, 18, 30, tzinfo=ZONE)  # before the clocks change
    house.occurrence(source, first, capacity=4)
    house.occurrence(source, first + timedelta(days=14))
    house.occurrence(source, first + timedelta(days=3), status=OccurrenceStatus.CANCELLED)
    made = copy(source, date(2027, 3, 9))  # the clocks change on 14 March
    dates = dates_of(made)
    assert [one.key for one in dates] == ["2027-03-09T1830", "2027-03-23T1830"]
    assert [one.starts_at.astimezone(UTC).hour for one in dates] == [2, 1]
    assert [one.capacity for one in dates] == [4, None]
    assert all(one.ends_at - one.starts_at == timedelta(minutes=90) for one in dates)


def test_two_dates_that_came_to_the_same_start_are_copied_once(house: Factory) -> None:
    source = house.event()
    start = datetime(2026, 12, 1, 18, 30, tzinfo=ZONE)
    house.occurrence(source, start)
    house.occurrence(source, start, key="2026-12-02T1830")
    assert len(dates_of(copy(source))) == 1


def test_the_same_press_is_one_copy(house: Factory) -> None:
    source = house.event()
    house.occurrence(source)
    plan = CopyPlan("Again", JANUARY, uuid4())
    first = copy_event(source, plan, by=SYSTEM, now=NOW)
    assert copy_event(source, plan, by=SYSTEM, now=NOW) == first


def test_what_cannot_be_copied(house: Factory) -> None:
    source = house.event()
    house.occurrence(source)
    far = CopyPlan("Again", date(2031, 1, 1), uuid4())
    assert copy_event(source, far, by=SYSTEM, now=NOW) == Refused(PlanRefusal.TOO_FAR_AHEAD)
    cohort = house.event(joining=Joining.COHORT)
    house.series(cohort)
    answer = copy_event(cohort, CopyPlan("Again", JANUARY, uuid4()), by=SYSTEM, now=NOW)
    assert answer == Refused(PlanRefusal.COHORT_NEEDS_END)
    delete_event(source, by=SYSTEM, now=NOW)
    for event_id in (source, 4711):
        plan = CopyPlan("Again", JANUARY, uuid4())
        unknown = Refused(PlanRefusal.UNKNOWN_EVENT)
        assert copy_event(event_id, plan, by=SYSTEM, now=NOW) == unknown
    assert db.session.scalar(select(func.count()).select_from(Event)) == 2
