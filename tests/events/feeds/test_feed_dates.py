"""Feeds from the database, expanded by libraries we did not write, against the dates there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from flask import Flask
from sqlalchemy import select

from core.db import db, write
from events import feed_queries
from events.feeds import ical
from events.feeds.entries import Links, Words
from events.feeds.instances import Keeping
from events.filters import Filters
from events.models import Occurrence, OccurrenceStatus, Series
from tests.factory import PACIFIC, Factory

TODAY = date(2026, 11, 23)
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
KEEPING = Keeping(
    first=TODAY - timedelta(days=90),
    last=TODAY + timedelta(days=548),
    cancelled_from=TODAY - timedelta(days=30),
)
LINKS = Links("https://example.org")
WORDS = Words("CANCELLED: ", "Online", "Details", "Join online", "Phone", {}, {})


class Weekly:
    """A weekly series with its dates, and what may happen to them."""

    def __init__(self, app: Flask, make: Factory, weeks: int = 20, **values: object) -> None:
        self.app = app
        event_values = values.pop("event", {})
        self.event_id = make.event(updated_at=LONG_AGO, created_at=LONG_AGO, **event_values)
        values = {"starts_on": date(2026, 9, 15), "extended_to": TODAY} | values
        self.series_id = make.series(
            self.event_id, created_at=LONG_AGO, updated_at=LONG_AGO, **values
        )
        with app.app_context():
            series = db.session.get_one(Series, self.series_id)
            weekdays, zone = series.weekdays, ZoneInfo(series.timezone)
            monday = series.starts_on - timedelta(days=series.starts_on.weekday())
            days = [
                monday + timedelta(weeks=week * series.interval, days=day)
                for week in range(weeks)
                for day in weekdays
            ]
            self.days = [
                day
                for day in days
                if day >= series.starts_on and (series.until is None or day <= series.until)
            ]
            at, minutes = series.start_time, series.duration_minutes
        for day in self.days:
            make.occurrence(
                self.event_id,
                datetime.combine(day, at, zone),
                minutes,
                zone.key,
                series_id=self.series_id,
                created_at=LONG_AGO,
                updated_at=LONG_AGO,
            )

    def change(self, day: date, **values: object) -> None:
        """Change the date of a day as an operation would: its stamp and number rise."""
        with self.app.app_context(), write() as session:
            one = session.scalars(
                select(Occurrence).where(
                    Occurrence.series_id == self.series_id,
                    Occurrence.key.startswith(day.isoformat()),
                )
            ).one()
            for name, value in values.items():
                setattr(one, name, value)
            one.sequence += 1
            one.updated_at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def cancel(self, day: date, reason: str = "") -> None:
        self.change(day, status=OccurrenceStatus.CANCELLED, cancel_reason=reason)

    def move(self, day: date, to: datetime, minutes: int = 90) -> None:
        self.change(
            day, starts_at=to, ends_at=to + timedelta(minutes=minutes), local_date=to.date()
        )

    def remove(self, day: date) -> None:
        with self.app.app_context(), write() as session:
            session.delete(
                session.scalars(
                    select(Occurrence).where(Occurrence.key.startswith(day.isoformat()))
                ).one()
            )


def feed(app: Flask, filters: Filters | None = None, keeping: Keeping = KEEPING) -> bytes:
    calendar = ical.Calendar(
        "Test",
        "Dates",
        PACIFIC,
        "https://example.org/feeds/all.ics",
        "https://example.org/",
        LONG_AGO,
        keeping,
    )
    with app.app_context():
        entries = feed_queries.load(filters or Filters(), first=keeping.first, last=keeping.last)
    return ical.render(calendar, entries, LINKS, WORDS)


def expanded(body: bytes, first: date, last: date) -> list[tuple[datetime, datetime, str]]:
    """Start, end in UTC and status, as a calendar program would show them."""
    calendar = icalendar.Calendar.from_ical(body)
    found = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
    return sorted(
        (
            one["DTSTART"].dt.astimezone(UTC),
            one["DTEND"].dt.astimezone(UTC),
            str(one["STATUS"]),
        )
        for one in found
    )


def in_database(app: Flask, first: date, last: date) -> list[tuple[datetime, datetime, str]]:
    with app.app_context():
        rows = db.session.scalars(
            select(Occurrence).where(Occurrence.local_date.between(first, last))
        ).all()
        return sorted(
            (
                one.starts_at,
                one.ends_at,
                "CANCELLED" if one.status == OccurrenceStatus.CANCELLED else "CONFIRMED",
            )
            for one in rows
        )


def components(body: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


def master(body: bytes) -> icalendar.Event:
    return next(one for one in components(body) if "RRULE" in one)


WINDOW = (date(2026, 9, 1), date(2027, 1, 20))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"interval": 2},
        {"weekdays": [1, 3], "interval": 2},
        {"weekdays": [0, 2, 4]},
        {"until": date(2026, 12, 1)},
        {"start_time": time(23, 30), "duration_minutes": 120},
        {"timezone": "Europe/Dublin"},
        {"timezone": "Asia/Kolkata"},
    ],
    ids=str,
)
def test_a_series_expands_to_exactly_its_dates(app, make, values):
    weekly = Weekly(app, make, 18, **values)
    last = min(WINDOW[1], weekly.days[-1])
    dates = expanded(feed(app), WINDOW[0], last)
    assert dates == in_database(app, WINDOW[0], last)
    assert len(dates) >= 9
    assert len(components(feed(app))) == 1


def test_wall_time_holds_across_the_clock_change(app, make):
    Weekly(app, make)
    dates = expanded(feed(app), date(2026, 10, 26), date(2026, 11, 8))
    assert [start.hour for start, _end, _status in dates] == [1, 2]  # 18:30 PDT, then PST


def test_the_rule_runs_on_past_the_dates_made_so_far(app, make):
    Weekly(app, make, weeks=12)
    assert len(expanded(feed(app), date(2028, 3, 1), date(2028, 3, 31))) == 4


def test_cancelled_and_moved_dates_and_gaps(app, make):
    weekly = Weekly(app, make)
    annexe = make.venue("Annexe", updated_at=LONG_AGO)
    zone = ZoneInfo(PACIFIC)
    weekly.cancel(date(2026, 11, 24), "The hall is being painted")
    weekly.move(date(2026, 12, 1), datetime(2026, 12, 2, 17, 0, tzinfo=zone))
    weekly.move(date(2026, 12, 8), datetime(2026, 12, 8, 19, 0, tzinfo=zone), minutes=45)
    weekly.change(date(2026, 12, 15), venue_id=annexe)
    weekly.remove(date(2026, 12, 22))
    body = feed(app)
    last = weekly.days[-1]
    assert expanded(body, WINDOW[0], last) == in_database(app, WINDOW[0], last)
    by_key = {one["RECURRENCE-ID"].dt.date(): one for one in components(body)[1:]}
    assert set(by_key) == {
        date(2026, 11, 24),
        date(2026, 12, 1),
        date(2026, 12, 8),
        date(2026, 12, 15),
    }
    cancelled = by_key[date(2026, 11, 24)]
    assert cancelled["SUMMARY"] == "CANCELLED: Tuesday Group"
    assert (cancelled["STATUS"], cancelled["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert "painted" in cancelled["DESCRIPTION"]
    assert cancelled["SEQUENCE"] == master(body)["SEQUENCE"] + 1
    assert by_key[date(2026, 12, 15)]["LOCATION"].startswith("Annexe")
    assert b"EXDATE;TZID=America/Los_Angeles:20261222T183000\r\n" in body
    assert b"RECURRENCE-ID;TZID=America/Los_Angeles:20261201T183000\r\n" in body
    assert {str(one["UID"]) for one in components(body)} == {str(master(body)["UID"])}


def test_the_master_comes_first_and_its_stamps_rise_with_its_overrides(app, make):
    weekly = Weekly(app, make)
    before = master(feed(app))
    weekly.cancel(date(2026, 11, 24))
    after = components(feed(app))[0]
    assert "RRULE" in after
    for stamp in ("DTSTAMP", "LAST-MODIFIED"):
        assert after[stamp].dt > before[stamp].dt
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_move_past_a_neighbour_is_an_event_of_its_own(app, make):
    weekly = Weekly(app, make)
    weekly.move(date(2026, 12, 1), datetime(2026, 12, 9, 17, 0, tzinfo=ZoneInfo(PACIFIC)))
    body = feed(app)
    assert expanded(body, *WINDOW) == in_database(app, *WINDOW)
    rule, apart = components(body)
    assert "RECURRENCE-ID" not in apart
    assert str(apart["UID"]) == f"{rule['UID']}-2026-12-01T1830"
    assert apart["RELATED-TO"].params["RELTYPE"] == "SIBLING"


def test_old_cancelled_dates_leave_and_hidden_ones_are_left_out(app, make):
    weekly = Weekly(app, make)
    weekly.cancel(date(2026, 9, 29))
    weekly.cancel(date(2026, 11, 24))
    assert [one["STATUS"] for one in components(feed(app))] == ["CONFIRMED", "CANCELLED"]
    hidden = feed(app, keeping=replace(KEEPING, hide_cancelled=True))
    assert len(components(hidden)) == 1
    taking_place = [one for one in in_database(app, *WINDOW) if one[2] == "CONFIRMED"]
    assert expanded(hidden, *WINDOW) == taking_place


def test_a_series_begins_with_the_first_date_there_is(app, make):
    weekly = Weekly(app, make)
    for day in weekly.days[:3]:
        weekly.remove(day)
    body = feed(app)
    assert master(body)["DTSTART"].dt.date() == weekly.days[3]
    assert "EXDATE" not in master(body)
    assert expanded(body, *WINDOW) == in_database(app, *WINDOW)


def test_a_first_date_that_is_excepted_does_not_start_the_rule(app, make):
    weekly = Weekly(app, make)
    weekly.cancel(weekly.days[0])
    body = feed(app)
    assert master(body)["DTSTART"].dt.date() == weekly.days[1]
    assert expanded(body, weekly.days[1], WINDOW[1]) == in_database(app, weekly.days[1], WINDOW[1])


def test_dates_from_before_the_rule_changed_stand_apart(app, make):
    weekly = Weekly(app, make)
    make.occurrence(
        weekly.event_id,
        datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo(PACIFIC)),
        series_id=weekly.series_id,
    )
    body = feed(app)
    assert expanded(body, *WINDOW) == in_database(app, *WINDOW)
    assert len(components(body)) == 2


def test_single_dates_within_the_window(app, make):
    event_id = make.event("Beach Day")
    zone = ZoneInfo(PACIFIC)
    for day in (date(2026, 6, 1), date(2026, 10, 1), date(2026, 12, 5), date(2029, 1, 1)):
        make.occurrence(event_id, datetime.combine(day, time(10), zone))
    found = components(feed(app))
    assert [one["DTSTART"].dt.date() for one in found] == [date(2026, 10, 1), date(2026, 12, 5)]
    assert len({str(one["UID"]) for one in found}) == 2


def test_filters_by_place_follow_each_date(app, make):
    hall = make.venue("Hall", slug="hall", updated_at=LONG_AGO)
    make.venue("Annexe", slug="annexe", updated_at=LONG_AGO)
    annexe = make.venue("Pier", slug="pier", updated_at=LONG_AGO)
    weekly = Weekly(app, make, event={"venue_id": hall})
    elsewhere = (date(2026, 12, 1), date(2026, 12, 15))
    for day in elsewhere:
        weekly.change(day, venue_id=annexe)
    at_hall = feed(app, Filters(venues=("hall",)))
    at_pier = feed(app, Filters(venues=("pier",)))
    rest = [
        one
        for one in in_database(app, *WINDOW)
        if one[0].astimezone(ZoneInfo(PACIFIC)).date() not in elsewhere
    ]
    assert expanded(at_hall, *WINDOW) == rest
    shown = [one[0].astimezone(ZoneInfo(PACIFIC)).date() for one in expanded(at_pier, *WINDOW)]
    assert shown == list(elsewhere)
    assert expanded(at_pier, date(2027, 1, 1), date(2030, 1, 1)) == []
    assert components(feed(app, Filters(venues=("annexe",)))) == []


def test_same_rows_same_bytes_and_only_whole_lines(app, make):
    weekly = Weekly(
        app, make, event={"title": "Círculo de la mañana " * 6, "description": "a\x07\r\nb"}
    )
    weekly.cancel(date(2026, 11, 24))
    body = feed(app)
    assert body == feed(app)
    assert body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert body.endswith(b"END:VCALENDAR\r\n")
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        assert not any(byte < 0x20 for byte in line)
    assert b"METHOD" not in body
    assert b"ATTENDEE" not in body


def test_a_long_feed_sheds_descriptions_before_events(app, make):
    Weekly(app, make, event={"description": "word " * 500})
    calendar = ical.Calendar("T", "D", PACIFIC, "https://e/x.ics", "https://e/", LONG_AGO, KEEPING)
    with app.app_context():
        entries = feed_queries.load(Filters(), first=KEEPING.first, last=KEEPING.last)
    whole = ical.render(calendar, entries, LINKS, WORDS)
    short = ical.render(calendar, entries, LINKS, WORDS, most_bytes=2000)
    assert len(short) <= 2000 < len(whole)
    assert "DESCRIPTION" not in components(short)[0]
    assert expanded(short, *WINDOW) == expanded(whole, *WINDOW)


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_takes_the_same_number_of_queries_whatever_it_holds(app, make, count_queries, count):
    for _number in range(count):
        weekly = Weekly(app, make, weeks=12, event={"venue_id": make.venue()})
        weekly.cancel(date(2026, 11, 24))
    with count_queries() as seen:
        body = feed(app)
    assert len(components(body)) == 2 * count
    assert len(seen) == 8  # the transaction's BEGIN, then seven


def test_on_both_databases(both_databases):
    make = Factory(both_databases)
    weekly = Weekly(both_databases, make, event={"venue_id": make.venue(city="Laguna")})
    weekly.cancel(date(2026, 11, 24))
    weekly.remove(date(2026, 12, 22))
    body = feed(both_databases, Filters(cities=("laguna",), text="tuesday"))
    assert expanded(body, *WINDOW) == in_database(both_databases, *WINDOW)


def test_filters_by_place_take_a_series_where_it_is(app, make):
    hall = make.venue("Hall", slug="hall", updated_at=LONG_AGO)
    pier = make.venue("Pier", slug="pier", updated_at=LONG_AGO)
    weekly = Weekly(app, make, event={"venue_id": hall}, venue_id=pier)
    with app.app_context(), write() as session:
        for one in session.scalars(select(Occurrence)):
            one.venue_id = pier
    weekly.change(date(2026, 12, 1), venue_id=hall)
    there = expanded(feed(app, Filters(venues=("pier",))), *WINDOW)
    elsewhere = expanded(feed(app, Filters(venues=("hall",))), *WINDOW)
    assert sorted([*there, *elsewhere]) == in_database(app, *WINDOW)
    assert len(elsewhere) == 1


def test_the_sequence_rises_with_a_cancellation_and_again_when_it_is_taken_back(app, make):
    event_id = make.event("Beach Day", created_at=LONG_AGO, updated_at=LONG_AGO)
    day = datetime(2026, 12, 5, 10, tzinfo=ZoneInfo(PACIFIC))
    make.occurrence(event_id, day, created_at=LONG_AGO, updated_at=LONG_AGO)
    seen = [components(feed(app))[0]["SEQUENCE"]]
    for status in (OccurrenceStatus.CANCELLED, OccurrenceStatus.SCHEDULED):
        with app.app_context(), write() as session:
            one = session.scalars(select(Occurrence)).one()
            one.status, one.sequence = status, one.sequence + 1
        seen.append(components(feed(app))[0]["SEQUENCE"])
    assert seen == sorted(set(seen))
