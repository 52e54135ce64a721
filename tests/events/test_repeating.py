"""One repeating entry says an event only when it says every date to come of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from core.db import db
from events.models import Event, OccurrenceStatus
from events.repeating import Repeating, repeating
from events.rules.recurrence import Unit
from tests.factory import PACIFIC, Factory

ZONE = ZoneInfo(PACIFIC)
TUESDAY = date(2026, 10, 27)  # the clocks change on the Sunday after
NOW = datetime(2026, 10, 26, 12, tzinfo=UTC)


def at(week: int, hour: int = 18) -> datetime:
    return datetime.combine(TUESDAY + timedelta(weeks=week), time(hour, 30), ZONE)


@pytest.fixture
def found(app: Flask) -> Callable[[int], Repeating | None]:
    def look(event_id: int) -> Repeating | None:
        with app.app_context():
            try:
                return repeating(db.session.get_one(Event, event_id), NOW)
            finally:
                db.session.remove()

    return look


def weekly(make: Factory, weeks: int = 4, **values: object) -> tuple[int, int, list[int]]:
    event_id = make.event()
    series_id = make.series(event_id, starts_on=TUESDAY, **values)
    dates = [make.occurrence(event_id, at(week), series_id=series_id) for week in range(weeks)]
    return event_id, series_id, dates


def test_a_plain_weekly_group_across_the_clock_change(make: Factory, found: Callable) -> None:
    event_id, _series, _dates = weekly(make)
    said = found(event_id)
    assert said is not None
    assert said.rule == ("FREQ=WEEKLY", "BYDAY=TU")
    assert (said.starts_at, said.timezone) == (at(0), PACIFIC)
    assert said.venue is None


def test_the_end_of_a_series_is_said(make: Factory, found: Callable) -> None:
    event_id, _series, _dates = weekly(make, until=TUESDAY + timedelta(weeks=3))
    assert found(event_id).rule[-1] == "UNTIL=20261118T023000Z"


def test_whole_days_end_on_a_day(make: Factory, found: Callable) -> None:
    event_id = make.event()
    values = {"starts_on": TUESDAY, "start_time": time(0), "all_day": True}
    last = TUESDAY + timedelta(days=1)
    series_id = make.series(event_id, unit=Unit.DAY, weekdays=[], until=last, **values)
    for days in range(2):
        starts = datetime.combine(TUESDAY + timedelta(days=days), time(0), ZONE)
        make.occurrence(event_id, starts, 1440, series_id=series_id, all_day=True)
    said = found(event_id)
    assert said.rule == ("FREQ=DAILY", "UNTIL=20261028")
    assert said.all_day


def test_a_series_at_a_place_of_its_own(make: Factory, found: Callable) -> None:
    venue = make.venue("Tidepool Studio")
    event_id = make.event()
    series_id = make.series(event_id, starts_on=TUESDAY, venue_id=venue)
    for week in range(2):
        make.occurrence(event_id, at(week), series_id=series_id, venue_id=venue)
    assert found(event_id).venue.name == "Tidepool Studio"


@pytest.mark.parametrize(
    "odd",
    [
        {"status": OccurrenceStatus.CANCELLED},
        {"starts_at": at(4, 19), "key": "2026-11-24T1830"},
        {"venue": True},
        {"series": False},
    ],
    ids=["cancelled", "moved", "elsewhere", "a single date"],
)
def test_one_odd_date_and_no_rule_says_it(make: Factory, found: Callable, odd: dict) -> None:
    event_id, series_id, _dates = weekly(make)
    odd = dict(odd)
    if odd.pop("venue", False):
        odd["venue_id"] = make.venue()
    linked = {"series_id": series_id} if odd.pop("series", True) else {}
    make.occurrence(event_id, odd.pop("starts_at", at(4)), **linked, **odd)
    assert found(event_id) is None


def test_nor_when_a_date_is_missing_or_one_is_left(make: Factory, found: Callable) -> None:
    event_id = make.event()
    series_id = make.series(event_id, starts_on=TUESDAY)
    make.occurrence(event_id, at(0), series_id=series_id)
    assert found(event_id) is None
    make.occurrence(event_id, at(2), series_id=series_id)
    assert found(event_id) is None


def test_nor_when_two_series_go_on(make: Factory, found: Callable) -> None:
    event_id, _series, _dates = weekly(make)
    make.series(event_id, starts_on=TUESDAY, start_time=time(12))
    assert found(event_id) is None


def test_a_series_that_has_ended_does_not_matter(make: Factory, found: Callable) -> None:
    event_id, _series, _dates = weekly(make)
    make.series(event_id, starts_on=date(2026, 1, 6), until=date(2026, 9, 1))
    assert found(event_id) is not None
