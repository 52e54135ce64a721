"""A series bends: this and following, or all; history stays and nobody is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.outcome import Refused
from events.consequences import Scope, SeriesChange, consequences_of
from events.dates import Move, cancel_occurrence, reschedule
from events.enrolments import enrol
from events.models import Event, Joining, Kind, Occurrence, OccurrenceStatus, Series, Signup
from events.rules.planning import PlanRefusal
from events.rules.recurrence import Rhythm
from events.rules.replanning import Choice, Fate
from events.scheduling import EventDetails, EventPlan, create_event
from events.series import SeriesPlan, plan_of
from events.series_changes import change_series
from events.series_reading import first_day_to_change
from events.signups import Request
from events.undo import undo
from people.audit import SYSTEM, VISITOR
from people.models import Delivery, OutboxMessage
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
TUESDAYS = Rhythm(date(2026, 12, 1), time(18, 30), (1,), until=date(2027, 3, 30))


@pytest.fixture
def house(both_databases: Flask) -> Iterator[Factory]:
    with both_databases.app_context():
        yield Factory(both_databases)


def group(rhythm: Rhythm = TUESDAYS, joining: Joining = Joining.PER_DATE) -> Series:
    details = EventDetails(Kind.WORKSHOP, "Riding Out Cravings", joining=joining, capacity=5)
    plan = EventPlan(details, PACIFIC, uuid4(), series=(SeriesPlan(rhythm, 90),))
    event_id = create_event(plan, by=SYSTEM, now=NOW)
    return db.session.scalars(select(Series).where(Series.event_id == event_id)).one()


def dates(series: Series) -> list[Occurrence]:
    found = select(Occurrence).where(Occurrence.event_id == series.event_id)
    return list(db.session.scalars(found.order_by(Occurrence.starts_at, Occurrence.id)))


def change_of(series: Series, *, since: date | None = None, **values: object) -> SeriesChange:
    plan = plan_of(series)
    minutes = values.pop("minutes", plan.minutes)
    scope = values.pop("scope", Scope.ALL)
    choices = values.pop("choices", {})
    first = since or date(2026, 12, 1)
    rhythm = replace(plan.rhythm, starts_on=first, **values)
    return SeriesChange(
        series.id, replace(plan, rhythm=rhythm, minutes=minutes), first, scope, choices
    )


def apply(change: SeriesChange, now: datetime = NOW) -> int:
    db.session.rollback()  # as a new request would
    found = consequences_of(change, now)
    assert not isinstance(found, Refused), found
    made = change_series(change, found.fingerprint, by=SYSTEM, now=now)
    assert isinstance(made, int), made
    db.session.expire_all()
    return made


def mail() -> list[tuple[str, str]]:
    query = select(OutboxMessage.kind, OutboxMessage.state).order_by(OutboxMessage.id)
    return [(kind, state) for kind, state in db.session.execute(query)]


def walls(series: Series) -> set[str]:
    return {f"{one.starts_at.astimezone(UTC):%a %H%M}" for one in dates(series)}


def test_a_later_hour_moves_every_date_under_the_same_uid(house: Factory) -> None:
    series = group()
    uid, before = series.uid, [one.id for one in dates(series)]
    house.signup(before[2], email="sam@example.org")
    apply(change_of(series, start_time=time(19)))
    (series,) = db.session.scalars(select(Series)).all()
    assert (series.uid, series.sequence) == (uid, 1)
    assert [one.id for one in dates(series)] == before
    assert {one.key[10:] for one in dates(series)} == {"T1900"}
    assert mail() == [("date-changed", Delivery.WAITING)]


def test_from_a_date_on_the_old_series_ends_and_another_starts(house: Factory) -> None:
    series = group()
    sixth = dates(series)[5].id
    house.signup(sixth, email="sam@example.org")
    apply(change_of(series, since=date(2027, 1, 5), scope=Scope.FOLLOWING, weekdays=(2,)))
    old, new = db.session.scalars(select(Series).order_by(Series.id)).all()
    assert old.until == date(2027, 1, 4)
    assert old.uid != new.uid
    assert [one.series_id for one in dates(series)[:6]] == [old.id] * 5 + [new.id]
    moved = db.session.get_one(Occurrence, sixth)
    assert (moved.key, moved.local_date) == ("2027-01-06T1830", date(2027, 1, 6))
    assert db.session.scalars(select(Signup.occurrence_id)).one() == sixth


def test_all_keeps_the_uid_with_what_is_to_come_and_history_as_it_was(house: Factory) -> None:
    series = group()
    uid = series.uid
    past = dates(series)[0]
    later = past.ends_at + timedelta(days=1)
    first = first_day_to_change(series.id, later)
    assert first == date(2026, 12, 8)
    apply(change_of(series, since=first, start_time=time(20)), later)
    kept = db.session.scalars(select(Series).where(Series.uid == uid)).one()
    assert kept.starts_on == first
    assert dates(series)[0].key == "2026-12-01T1830"
    assert dates(series)[0].series_id != kept.id
    assert {one.series_id for one in dates(series)[1:]} == {kept.id}


def test_a_date_with_people_is_never_dropped(house: Factory) -> None:
    series = group()
    all_dates = dates(series)
    kept, cancelled = all_dates[1].id, all_dates[3].id
    house.signup(kept)
    house.signup(cancelled, email="sam@example.org")
    change = change_of(series, interval=2, choices={cancelled: Choice.CANCEL})
    db.session.rollback()
    found = consequences_of(change, NOW)
    assert not isinstance(found, Refused)
    assert found.told() == 1
    assert len(found.of(Fate.DROPPED)) == 7
    apply(change)
    left = {one.id: one.status for one in dates(series)}
    assert left[kept] == OccurrenceStatus.SCHEDULED
    assert left[cancelled] == OccurrenceStatus.CANCELLED
    assert len(left) == len(all_dates) - 7
    assert mail() == [("date-cancelled", Delivery.WAITING)]


def test_what_others_decided_about_single_dates_stays(house: Factory) -> None:
    series = group()
    first, second = (one.id for one in dates(series)[:2])
    reschedule(first, Move(datetime(2026, 12, 3, 12), 60), by=SYSTEM, now=NOW)
    cancel_occurrence(second, "Feast", by=SYSTEM, now=NOW)
    apply(change_of(series, start_time=time(19)))
    assert db.session.get_one(Occurrence, first).local_date == date(2026, 12, 3)
    assert db.session.get_one(Occurrence, second).status == OccurrenceStatus.CANCELLED


def test_only_a_longer_evening_is_a_change_too(house: Factory) -> None:
    series = group()
    house.signup(dates(series)[0].id, email="sam@example.org")
    change = change_of(series, minutes=120)
    apply(change)
    assert {one.ends_at - one.starts_at for one in dates(series)} == {timedelta(hours=2)}
    assert mail() == [("date-changed", Delivery.WAITING)]


def test_a_series_can_end(house: Factory) -> None:
    series = group()
    busy = dates(series)[-1].id
    house.signup(busy)
    db.session.rollback()
    apply(change_of(series, since=date(2027, 1, 5), until=date(2027, 1, 1)))
    assert db.session.scalars(select(Series)).one().until == date(2027, 1, 4)
    left = dates(series)
    assert [one.id for one in left if one.local_date > date(2027, 1, 4)] == [busy]


def test_what_was_not_shown_is_not_done(house: Factory) -> None:
    series = group()
    change = change_of(series, start_time=time(19))
    found = consequences_of(change, NOW)
    assert not isinstance(found, Refused)
    house.signup(dates(series)[0].id)
    db.session.rollback()
    refused = change_series(change, found.fingerprint, by=SYSTEM, now=NOW)
    assert refused == Refused(PlanRefusal.CHANGED_MEANWHILE)
    assert {one.key[10:] for one in dates(series)} == {"T1830"}


def test_what_cannot_be_is_refused(house: Factory) -> None:
    series = group()
    unknown = replace(change_of(series), series_id=4711)
    assert consequences_of(unknown, NOW) == Refused(PlanRefusal.UNKNOWN_SERIES)
    answer = change_series(unknown, "", by=SYSTEM, now=NOW)
    assert answer == Refused(PlanRefusal.UNKNOWN_SERIES)
    long = change_of(series, minutes=3000)
    assert consequences_of(long, NOW) == Refused(PlanRefusal.TOO_LONG)
    assert change_series(long, "", by=SYSTEM, now=NOW) == Refused(PlanRefusal.TOO_LONG)


def everything(series: Series) -> list[tuple[object, ...]]:
    rows = [
        (one.id, one.key, one.starts_at, one.ends_at, one.status, one.series_id, one.venue_id)
        for one in dates(series)
    ]
    found = db.session.scalars(select(Series).order_by(Series.id))
    return rows + [(one.id, one.uid, one.until, str(one.weekdays), one.start_time) for one in found]


@pytest.mark.parametrize("scope", list(Scope))
def test_a_change_of_a_series_can_be_undone_mail_included(house: Factory, scope: Scope) -> None:
    series = group()
    later = dates(series)[1].ends_at
    house.signup(dates(series)[5].id, email="sam@example.org")
    before = everything(series)
    since = date(2026, 12, 15)
    change = apply(
        change_of(series, since=since, scope=scope, weekdays=(0, 3), start_time=time(9)), later
    )
    assert everything(series) != before
    assert not isinstance(undo(change, by=SYSTEM, now=later + timedelta(minutes=5)), Refused)
    db.session.expire_all()
    assert everything(series) == before
    assert mail() == [("date-changed", Delivery.DROPPED)]


def test_whoever_enrolled_is_on_the_dates_a_cohort_gains(house: Factory) -> None:
    series = group(joining=Joining.COHORT)
    request = Request("Sam", None, 0, "", "en", ("a" * 64,))
    enrol(series.event_id, request, by=VISITOR, now=NOW)
    count = select(func.count()).select_from(Signup)
    before = db.session.scalar(count)
    change = apply(change_of(series, until=date(2027, 4, 13)))
    assert db.session.scalar(count) == (before or 0) + 2
    undo(change, by=SYSTEM, now=NOW)
    assert db.session.scalar(count) == before
    assert len(dates(series)) == before


def test_nothing_changes_twice(house: Factory) -> None:
    series = group()
    change = change_of(series, start_time=time(19))
    apply(change)
    stamps = [(one.sequence, one.updated_at) for one in dates(series)]
    apply(change_of(db.session.scalars(select(Series)).one()), NOW + timedelta(minutes=1))
    assert [(one.sequence, one.updated_at) for one in dates(series)] == stamps
    assert db.session.scalar(select(func.count()).select_from(Event)) == 1
