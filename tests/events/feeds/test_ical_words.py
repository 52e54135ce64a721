"""Places, links and descriptions as an iCalendar file says them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from events.feeds import ical
from events.feeds.entries import FeedDate, FeedEntry, FeedEvent, Links, Place, Words
from events.feeds.instances import Keeping

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
HALL = Place("Hall", "1 Pier Road, Laguna", "Laguna", "CA", 33.5, -117.25, False)
EVENT = FeedEvent(
    slug="owls",
    kind="support-group",
    title="Owls",
    summary="Ring the bell",
    description="Second floor",
    mode="in-person",
    joining="drop-in",
    online_url=None,
    online_phone=None,
    place=HALL,
    tags=(),
    languages=(),
    access=(),
    created_at=NOW,
    updated_at=NOW,
)
DATE = FeedDate(
    key="2026-11-24T1830",
    starts_at=START,
    ends_at=START + timedelta(hours=1),
    timezone="America/Los_Angeles",
    uid="abc",
    cancelled=False,
    reason="",
    place=None,
    sequence=0,
    created_at=NOW,
    updated_at=NOW,
)
CALENDAR = ical.Calendar(
    "Owls, and more",
    "Dates",
    "America/Los_Angeles",
    "https://e.org/feeds/all.ics?q=a,b",
    "https://e.org/",
    NOW,
    Keeping(date(2026, 9, 1), date(2028, 1, 1), date(2026, 11, 1)),
)
LINKS = Links("https://e.org")
WORDS = Words(
    "CANCELLED: ",
    "Online",
    "Details",
    "Join online",
    "Phone",
    {"support-group": "Support group"},
    {"drop-in": "Just come."},
)


def rendered(event: FeedEvent = EVENT, one: FeedDate = DATE) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(
        ical.render(CALENDAR, [FeedEntry(event, (), (one,))], LINKS, WORDS)
    )


def only(event: FeedEvent = EVENT, one: FeedDate = DATE) -> icalendar.Event:
    return rendered(event, one).walk("VEVENT")[0]


@pytest.mark.parametrize(
    ("mode", "place", "text"),
    [
        ("in-person", HALL, "Hall, 1 Pier Road, Laguna"),
        ("hybrid", HALL, "Hall, 1 Pier Road, Laguna"),
        ("in-person", replace(HALL, address="HALL, 1 Pier Road"), "HALL, 1 Pier Road"),
        ("in-person", replace(HALL, address=""), "Hall, Laguna"),
        ("online", HALL, "Online (Laguna)"),
        ("online", replace(HALL, city=""), "Online"),
        ("online", None, "Online"),
        ("in-person", None, None),
    ],
)
def test_where(mode, place, text):
    assert only(replace(EVENT, mode=mode, place=place)).get("LOCATION") == text


@pytest.mark.parametrize(
    ("mode", "place", "shown"),
    [
        ("in-person", HALL, True),
        ("online", HALL, False),
        ("in-person", replace(HALL, approximate=True), False),
        ("in-person", replace(HALL, longitude=None), False),
        ("in-person", None, False),
    ],
)
def test_a_position_is_only_that_of_a_door(mode, place, shown):
    event = only(replace(EVENT, mode=mode, place=place))
    assert ("GEO" in event) == ("X-APPLE-STRUCTURED-LOCATION" in event) == shown


def test_everything_that_subscribers_read():
    event = only()
    assert {name: str(event[name]) for name in ("UID", "SUMMARY", "STATUS", "TRANSP", "URL")} == {
        "UID": "abc",
        "SUMMARY": "Owls",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
        "URL": "https://e.org/events/owls/2026-11-24T1830/",
    }
    assert event["GEO"].to_ical() == "33.5;-117.25"
    assert event["CATEGORIES"].to_ical() == b"Support group"
    assert event["DESCRIPTION"] == (
        "Ring the bell\n\nSecond floor\n\nJust come.\n\n"
        "Details: https://e.org/events/owls/2026-11-24T1830/"
    )
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == NOW


def test_the_header_of_the_calendar():
    calendar = rendered()
    assert calendar["NAME"].to_ical() == rb"Owls\, and more"
    assert calendar["X-WR-CALNAME"].to_ical() == rb"Owls\, and more"
    assert calendar["SOURCE"] == "https://e.org/feeds/all.ics?q=a,b"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"
    assert "UID" not in calendar
    assert "METHOD" not in calendar
    assert {part.name for part in calendar.subcomponents} == {"VTIMEZONE", "VEVENT"}


def test_a_cancelled_date_gives_its_reason_and_no_way_in():
    open_online = replace(EVENT, mode="hybrid", online_url="https://m.org/1", online_phone="+1555")
    event = only(open_online)
    assert event["CONFERENCE"] == "https://m.org/1"
    assert "Phone: +1555" in event["DESCRIPTION"]
    off = only(open_online, replace(DATE, cancelled=True, reason="Storm"))
    assert off["SUMMARY"] == "CANCELLED: Owls"
    assert off["DESCRIPTION"].startswith("Storm\n\n")
    assert "CONFERENCE" not in off


def test_a_date_of_its_own_in_the_hour_that_comes_twice():
    again = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    event = only(EVENT, replace(DATE, starts_at=again, ends_at=again + timedelta(hours=1)))
    assert event["DTSTART"].dt == again
    assert event["DTEND"].dt == again + timedelta(hours=1)
