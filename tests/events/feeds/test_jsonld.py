"""What search engines read of an event, against Google's list for events.

https://developers.google.com/search/docs/appearance/structured-data/event
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from events.feeds.entries import Place
from events.feeds.jsonld import ListedDate, ListedEvent, Thing, date_thing, series_thing

HALL = Place("Old Hall", "1 Pier Road, Marlin Point", "Marlin Point", "CA", 33.5, -117.5, False)
EVENT = ListedEvent(
    name="Tuesday Group",
    summary="A calm evening.",
    url="https://e.org/events/tuesday/",
    mode="in-person",
    place=HALL,
    online_url=None,
    image="https://e.org/images/1.jpeg",
    languages=("en", "es"),
    free=True,
    organizer="Groundswell",
    organizer_url="https://e.org/",
)
DATE = ListedDate(
    url="https://e.org/events/tuesday/2026-11-24T1830/",
    starts_at=datetime(2026, 11, 25, 2, 30, tzinfo=UTC),
    ends_at=datetime(2026, 11, 25, 4, 0, tzinfo=UTC),
    end_known=True,
    timezone="America/Los_Angeles",
    all_day=False,
    cancelled=False,
    planned=None,
    availability="open",
)
MOVED = replace(DATE, planned=datetime(2026, 11, 24, 2, 30, tzinfo=UTC))
WHOLE_DAYS = replace(
    DATE,
    all_day=True,
    starts_at=datetime(2026, 12, 5, 8, tzinfo=UTC),
    ends_at=datetime(2026, 12, 7, 8, tzinfo=UTC),
)
ONLINE = replace(EVENT, mode="online", place=None)
REQUIRED = ("name", "startDate", "location")
RECOMMENDED = ("description", "endDate", "eventStatus", "image", "offers", "organizer")


def locations(thing: Thing) -> list[Thing]:
    found = thing["location"]
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize(
    ("event", "date", "expected"),
    [
        (EVENT, DATE, {"eventStatus": "EventScheduled", "startDate": "2026-11-24T18:30-08:00"}),
        (EVENT, replace(DATE, cancelled=True), {"eventStatus": "EventCancelled"}),
        (
            EVENT,
            MOVED,
            {"eventStatus": "EventRescheduled", "previousStartDate": "2026-11-23T18:30-08:00"},
        ),
        (EVENT, WHOLE_DAYS, {"startDate": "2026-12-05", "endDate": "2026-12-06"}),
        (ONLINE, DATE, {"eventAttendanceMode": "OnlineEventAttendanceMode"}),
        (replace(EVENT, mode="hybrid"), DATE, {"eventAttendanceMode": "MixedEventAttendanceMode"}),
        (replace(EVENT, place=None), DATE, {"eventAttendanceMode": "OfflineEventAttendanceMode"}),
    ],
)
def test_a_date_has_what_google_requires_and_recommends(
    event: ListedEvent, date: ListedDate, expected: dict[str, str]
) -> None:
    thing = date_thing(event, date)
    assert thing["@context"] == "https://schema.org"
    assert thing["@type"] == "Event"
    for name in (*REQUIRED, *RECOMMENDED):
        assert thing[name], name
    for place in locations(thing):
        if place["@type"] == "VirtualLocation":
            assert place["url"].startswith("https://")
        elif event.place is not None:
            assert place["address"]["streetAddress"]
    for name, value in expected.items():
        assert thing[name].removeprefix("https://schema.org/") == value


def test_the_offer_says_whether_there_is_room_and_that_it_is_free() -> None:
    for availability, said in (
        ("open", "InStock"),
        ("drop-in", "InStock"),
        ("few", "LimitedAvailability"),
        ("full", "SoldOut"),
        ("closed", "SoldOut"),
    ):
        offer = date_thing(EVENT, replace(DATE, availability=availability))["offers"]
        assert offer["availability"] == f"https://schema.org/{said}"
        assert (offer["price"], offer["priceCurrency"]) == (0, "USD")
    paid = date_thing(replace(EVENT, free=False), DATE)["offers"]
    assert "price" not in paid  # what it costs is said in words


def test_an_unknown_end_is_not_made_up() -> None:
    assert "endDate" not in date_thing(EVENT, replace(DATE, end_known=False))


def test_a_link_that_is_not_public_is_the_pages_own() -> None:
    assert locations(date_thing(ONLINE, DATE)) == [
        {"@type": "VirtualLocation", "url": DATE.url},
    ]
    public = replace(ONLINE, online_url="https://meet.example.org/1")
    assert locations(date_thing(public, DATE))[0]["url"] == "https://meet.example.org/1"


def test_an_approximate_place_names_its_city_only() -> None:
    vague = replace(HALL, address="Orange County", approximate=True)
    [place] = locations(date_thing(replace(EVENT, place=vague), DATE))
    assert place["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Marlin Point",
        "addressRegion": "CA",
    }
    assert "geo" not in place


def test_a_date_elsewhere_says_where() -> None:
    elsewhere = replace(HALL, name="Garden", address="2 Pier Road")
    [place] = locations(date_thing(EVENT, replace(DATE, place=elsewhere)))
    assert place["name"] == "Garden"


def test_an_event_is_a_series_of_its_dates() -> None:
    thing = series_thing(EVENT, [DATE, MOVED])
    assert thing["@type"] == "EventSeries"
    assert [one["@type"] for one in thing["subEvent"]] == ["Event", "Event"]
    assert "@context" not in thing["subEvent"][0]
    assert thing["startDate"] == "2026-11-24T18:30-08:00"
    assert "subEvent" not in series_thing(replace(EVENT, place=None), [])
