"""Meeting Guide JSON: what the form can say, and what it leaves out."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from events.feeds.entries import FeedEntry, FeedEvent, FeedSeries, Links, Place
from events.feeds.meeting_guide import LONGEST_SLUG, listing
from events.rules.recurrence import Rhythm, Unit

NOW = datetime(2026, 11, 1, 12, 30, 5, tzinfo=UTC)
LINKS = Links("https://e.org")
HALL = Place(
    "Hall", "1 Pier Road, Huntington Beach, CA, USA", "Huntington Beach", "", 1.5, 2, False
)
GROUP = FeedEvent(
    slug="night-owls",
    kind="support-group",
    title="Night Owls",
    summary="Ring the bell",
    description="Second\x00 floor",
    mode="in-person",
    joining="drop-in",
    online_url=None,
    online_phone=None,
    place=HALL,
    tags=("big-book", "ours-alone"),
    languages=("en",),
    access=("wheelchair", "of-ours"),
    created_at=NOW,
    updated_at=NOW,
)
SERIES = FeedSeries(
    uid="u",
    timezone="America/Los_Angeles",
    rhythm=Rhythm(date(2026, 11, 1), time(23, 30), (6,)),
    duration=timedelta(minutes=75),
    end_known=True,
    first=date(2026, 11, 1),
    missing=frozenset(),
    dates=(),
    sequence=0,
    created_at=NOW,
    updated_at=NOW,
)
ENTITY = {"entity": "Our County", "entity_website_url": "https://e.org"}
CODES = {"big-book": "B", "language:en": "EN", "access:wheelchair": "X"}


def said(event: FeedEvent = GROUP, *series: FeedSeries):
    return listing([FeedEntry(event, series or (SERIES,), ())], LINKS, CODES, ENTITY)


def test_a_meeting_past_midnight_on_a_sunday():
    found = said()
    assert found.left_out == ()
    assert found.meetings == (
        {
            "name": "Night Owls",
            "slug": "night-owls",
            "day": 0,
            "time": "23:30",
            "end_time": "00:45",
            "timezone": "America/Los_Angeles",
            "updated": "2026-11-01 12:30:05",
            "url": "https://e.org/events/night-owls/",
            "attendance_option": "in_person",
            "types": ["B", "EN", "X"],
            "location": "Hall",
            "formatted_address": HALL.address,
            "approximate": "no",
            "region": "Huntington Beach",
            "latitude": 1.5,
            "longitude": 2,
            "notes": "Ring the bell\n\nSecond floor",
            "entity": "Our County",
            "entity_website_url": "https://e.org",
        },
    )


def test_several_days_and_an_assumed_end():
    days = replace(
        SERIES, rhythm=Rhythm(date(2026, 11, 1), time(23, 30), (0, 5, 6)), end_known=False
    )
    (meeting,) = said(GROUP, days).meetings
    assert meeting["day"] == [0, 1, 6]
    assert "end_time" not in meeting


def test_slugs_are_unique_and_short():
    long = replace(GROUP, slug="x" * 140)
    slugs = [meeting["slug"] for meeting in said(long, SERIES, SERIES).meetings]
    assert len(set(slugs)) == 2
    assert all(len(slug) <= LONGEST_SLUG for slug in slugs)
    assert [one["slug"] for one in said(GROUP, SERIES, SERIES).meetings][1] == "night-owls-2"


ONLINE = replace(GROUP, mode="online", place=None)


def monthly(**more: object) -> FeedSeries:
    start = Rhythm(date(2026, 11, 1), time(23, 30), (6,))
    return replace(SERIES, rhythm=replace(start, **more))


@pytest.mark.parametrize(
    ("event", "series", "reason"),
    [
        (ONLINE, SERIES, "no-public-way-in"),
        (replace(GROUP, place=None), SERIES, "no-address"),
        (replace(GROUP, place=replace(HALL, address="")), SERIES, "no-address"),
        (GROUP, monthly(interval=2), "not-weekly"),
        (GROUP, monthly(unit=Unit.MONTH, nths=(1,)), "not-weekly"),
        (GROUP, monthly(unit=Unit.MONTH, weekdays=(), month_days=(15,)), "not-weekly"),
        (GROUP, replace(SERIES, whole=False), "elsewhere"),
        (GROUP, replace(SERIES, first=None), "no-dates"),
    ],
)
def test_what_cannot_be_said_is_left_out_and_listed(event, series, reason):
    found = said(event, series)
    assert found.meetings == ()
    assert [(one.title, one.reason) for one in found.left_out] == [("Night Owls", reason)]


def test_a_group_that_meets_once_is_listed_too():
    entry = FeedEntry(GROUP, (), ())
    found = listing([entry], LINKS, CODES, ENTITY)
    assert [one.reason for one in found.left_out] == ["no-dates"]


def test_every_day_is_all_days():
    (meeting,) = said(GROUP, monthly(unit=Unit.DAY, weekdays=())).meetings
    assert meeting["day"] == [0, 1, 2, 3, 4, 5, 6]


def test_online_with_a_public_way_in():
    event = replace(ONLINE, online_url="https://meet.example.org/1", online_phone="+1555")
    (meeting,) = said(event).meetings
    assert meeting["conference_url"] == "https://meet.example.org/1"
    assert meeting["conference_phone"] == "+1555"
    assert "formatted_address" not in meeting
    assert meeting["attendance_option"] == "online"
    assert "ONL" in meeting["types"]


def test_other_kinds_are_no_meetings():
    found = said(replace(GROUP, kind="workshop"))
    assert (found.meetings, found.left_out) == ((), ())
