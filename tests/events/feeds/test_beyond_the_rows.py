"""Calendar programs look further ahead than dates are made: breaks are known there, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from time_machine import travel

from core.outcome import Refused
from events.extending import extend_calendar
from events.models import Joining, Kind
from events.rules.breaks import HolidayPolicy, Pause
from events.rules.recurrence import Rhythm
from events.scheduling import EventDetails, EventPlan, create_event
from events.series import SeriesPlan
from people.audit import SYSTEM
from tests.clients.programs import readers  # noqa: F401
from tests.events.entries import Entries
from tests.factory import PACIFIC

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
ZONE = ZoneInfo(PACIFIC)
THURSDAYS = Rhythm(date(2026, 12, 3), time(18), (3,))
MONDAYS = Rhythm(date(2026, 12, 7), time(18), (0,))
TWO_YEARS_AHEAD = (datetime(2028, 11, 1, tzinfo=ZONE), datetime(2029, 12, 31, tzinfo=ZONE))


def plan(app: Flask, rhythm: Rhythm, policy: HolidayPolicy, *pauses: Pause) -> None:
    details = EventDetails(Kind.SUPPORT_GROUP, "Circle", joining=Joining.PER_DATE)
    series = SeriesPlan(rhythm, 60, False, pauses, policy, "US")
    with app.app_context():
        made = create_event(
            EventPlan(details, PACIFIC, uuid4(), series=(series,)), by=SYSTEM, now=NOW
        )
        assert not isinstance(made, Refused)


def feed(app: Flask, now: datetime = NOW) -> bytes:
    with travel(now, tick=False):
        return app.test_client().get("/feeds/all.ics").data


def days(reader, body: bytes) -> set[date]:
    return {one.start.astimezone(ZONE).date() for one in reader.reads(body, *TWO_YEARS_AHEAD)}


def test_no_program_shows_a_holiday_that_is_skipped_years_ahead(app, readers):  # noqa: F811
    plan(app, THURSDAYS, HolidayPolicy.SKIP)
    for name, reader in readers.items():
        shown = days(reader, feed(app))
        assert {date(2028, 11, 16), date(2028, 11, 30)} <= shown, name
        assert not {date(2028, 11, 23), date(2029, 11, 22)} & shown, name  # Thanksgiving


def test_holidays_that_are_kept_stay(app, readers):  # noqa: F811
    plan(app, THURSDAYS, HolidayPolicy.KEEP)
    assert all(date(2028, 11, 23) in days(one, feed(app)) for one in readers.values())


def test_a_date_that_moves_off_a_holiday_is_shown_where_it_will_be(app, readers):  # noqa: F811
    plan(app, MONDAYS, HolidayPolicy.MOVE)
    for name, reader in readers.items():
        shown = days(reader, feed(app))
        assert date(2028, 12, 25) not in shown, name
        assert date(2028, 12, 26) in shown, name


def test_pauses_hold_years_ahead(app, readers):  # noqa: F811
    plan(app, MONDAYS, HolidayPolicy.KEEP, Pause(date(2029, 7, 1), date(2029, 8, 31)))
    for name, reader in readers.items():
        shown = days(reader, feed(app))
        assert {date(2029, 6, 25), date(2029, 9, 3)} <= shown, name
        assert not [day for day in shown if day.year == 2029 and day.month in (7, 8)], name


@pytest.mark.parametrize("policy", [HolidayPolicy.SKIP, HolidayPolicy.MOVE])
def test_dates_being_made_changes_nothing_that_was_said(app, policy):
    plan(app, MONDAYS, policy)
    later = NOW + timedelta(days=200)
    before = Entries(feed(app, later))
    with app.app_context():
        assert extend_calendar(later) > 0
    after = Entries(feed(app, later))
    assert said(before) == said(after)


def test_what_comes_in_reach_raises_the_stamps(app):
    plan(app, MONDAYS, HolidayPolicy.SKIP)
    (before,), (after,) = (
        next(iter(Entries(feed(app, now)).by_uid.values()))
        for now in (datetime(2027, 7, 1, tzinfo=UTC), datetime(2027, 7, 4, tzinfo=UTC))
    )
    assert len(after["EXDATE"]) > len(before["EXDATE"])
    assert after.moment("DTSTAMP") > before.moment("DTSTAMP")
    assert after.moment("LAST-MODIFIED") > before.moment("LAST-MODIFIED")


def said(entries: Entries) -> list[list[str]]:
    """Everything but when it last changed."""
    stamps = ("DTSTAMP", "LAST-MODIFIED")
    return [
        [line for line in one.lines if not line.startswith(stamps)]
        for found in entries.by_uid.values()
        for one in found
    ]
