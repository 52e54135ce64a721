"""The public calendar: the right dates, filters that combine, empty states, nothing private."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from events.models import EventStatus, Joining, Kind, Mode, OccurrenceStatus, Visibility
from tests.factory import PACIFIC, Factory

ZONE = ZoneInfo(PACIFIC)
MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=days), time(hour, minute), ZONE)


@pytest.fixture
def town(make: Factory) -> Factory:
    """Four Monday events that differ in everything one can filter by."""
    hall = make.venue("Harbor Hall", slug="harbor-hall", city="Marlin Point")
    room = make.venue("Blue Room", slug="blue-room", city="Costa Serena")
    make.occurrence(
        make.event("Morning Tide", tags=("newcomer",), venue_id=hall, slug="tide"), at(6, 30)
    )
    make.occurrence(
        make.event("Nueva Marea", languages=("es",), venue_id=room, slug="marea"), at(19)
    )
    make.occurrence(
        make.event("Skills", kind=Kind.WORKSHOP, mode=Mode.HYBRID, venue_id=hall, slug="skills"),
        at(13),
    )
    make.occurrence(make.event("Night Watch", mode=Mode.ONLINE, slug="watch"), at(22))
    return make


TITLES = ("Morning Tide", "Nueva Marea", "Skills", "Night Watch")


def shown(text: str) -> set[str]:
    main = text[text.index('class="schedule') :]
    return {title for title in TITLES if title in main}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", set(TITLES)),
        ("kind=workshop", {"Skills"}),
        ("kind=workshop&kind=support-group", set(TITLES)),
        ("city=Marlin+Point", {"Morning Tide", "Skills"}),
        ("city=marlin+point", {"Morning Tide", "Skills"}),
        ("venue=blue-room", {"Nueva Marea"}),
        ("mode=online", {"Night Watch"}),
        ("mode=hybrid&mode=online", {"Skills", "Night Watch"}),
        ("language=es", {"Nueva Marea"}),
        ("tag=newcomer", {"Morning Tide"}),
        ("q=tide", {"Morning Tide"}),
        ("q=blue+marea", {"Nueva Marea"}),
        ("q=100%25", set()),
        ("city=Marlin+Point&kind=support-group", {"Morning Tide"}),
        ("city=Nowhere", set()),
    ],
)
@pytest.mark.parametrize("path", ["2026/11/23/", "2026/w48/", "list/"])
def test_filters_combine_and_say_how_many_match(
    client: FlaskClient, town: Factory, path: str, query: str, found: set[str]
) -> None:
    text = client.get(f"/calendar/{path}?{query}").text
    assert shown(text) == found
    count = re.search(r'matching__count" role="status">(\d+) meeting', text)
    assert count is not None
    assert int(count[1]) == len(found)
    if not found:
        assert "Nothing matches" in text


def test_a_month_has_every_day_and_its_meetings(client: FlaskClient, town: Factory) -> None:
    text = client.get("/calendar/2026/11/").text
    assert text.count('role="cell"') == 35
    assert "+1 more" in text
    assert 'aria-current="date"' in text


def test_the_front_page_says_what_starts_soon(client: FlaskClient, town: Factory) -> None:
    answer = client.get("/")
    assert "Starts in 60 minutes" in answer.text
    assert "Morning Tide" not in answer.text.split("The next days")[0], "it is over"
    valid_until = int(answer.headers["X-Groundswell-Valid-Until"])
    assert valid_until == int(NOON.timestamp()) + 60


def test_empty_days_say_what_to_do(client: FlaskClient) -> None:
    assert "Nothing more today" in client.get("/").text
    assert "Nothing planned" in client.get("/calendar/2026/12/24/").text


def test_a_date_says_when_where_and_whether_there_is_room(
    client: FlaskClient, town: Factory
) -> None:
    text = client.get("/events/marea/2026-11-23T1900/").text
    assert "Monday, November 23, 2026" in text
    assert "7:00 pm – 8:30 pm" in text
    assert "PST" in text
    assert "Blue Room" in text
    assert 'action="/events/marea/2026-11-23T1900/signup"' in text
    spanish = client.get("/es/events/marea/2026-11-23T1900/").text
    assert '<html lang="es">' in spanish
    assert "19:00 – 20:30" in spanish
    assert 'action="/es/events/marea/2026-11-23T1900/signup"' in spanish


def test_a_moved_date_keeps_its_address_and_says_so(client: FlaskClient, make: Factory) -> None:
    make.occurrence(make.event(slug="moved"), at(20), key="2026-11-23T1830")
    text = client.get("/events/moved/2026-11-23T1830/").text
    assert "This date has moved" in text
    assert "6:30 pm" in text
    assert "8:00 pm" in text


def test_a_cancelled_date_says_so_everywhere(client: FlaskClient, make: Factory) -> None:
    make.occurrence(
        make.event(slug="off"),
        at(18),
        status=OccurrenceStatus.CANCELLED,
        cancel_reason="The hall is flooded.",
    )
    for path in ("/", "/calendar/2026/11/", "/calendar/2026/11/23/", "/events/off/"):
        assert "Cancelled" in client.get(path).text, path
    date_page = client.get("/events/off/2026-11-23T1800/").text
    assert "The hall is flooded." in date_page
    assert "<form" not in date_page[date_page.index("<main") : date_page.index("</main>")]


def test_a_venue_shows_its_two_weeks(client: FlaskClient, town: Factory) -> None:
    text = client.get("/venues/harbor-hall/").text
    assert "Morning Tide" in text
    assert "Nueva Marea" not in text


def test_drop_in_says_that_no_sign_up_is_needed(client: FlaskClient, make: Factory) -> None:
    make.occurrence(make.event(slug="open-door", joining=Joining.DROP_IN), at(18))
    text = client.get("/events/open-door/2026-11-23T1800/").text
    assert "no sign-up needed" in text
    assert "data-signup" not in text


def test_nothing_private_is_on_a_public_page(client: FlaskClient, make: Factory) -> None:
    secrets = {
        "Secret draft": {"status": EventStatus.DRAFT},
        "Secret archive": {"status": EventStatus.ARCHIVED},
        "Secret private": {"visibility": Visibility.PRIVATE},
        "Secret members": {"visibility": Visibility.SIGNED_IN},
        "Secret check-in": {"kind": Kind.ONE_TO_ONE},
    }
    for title, values in secrets.items():
        make.occurrence(make.event(title, slug=title.lower().replace(" ", "-"), **values), at(18))
    public = make.event(
        "Open group", slug="open", online_url="https://meet.example/hidden", online_notes="4711"
    )
    make.signup(make.occurrence(public, at(18)), "Wilhelmina Featherstone", email="w@example.org")
    for path in (
        "/",
        "/calendar/2026/11/",
        "/calendar/2026/w48/",
        "/calendar/2026/11/23/",
        "/calendar/list/",
        "/events/open/",
        "/events/open/2026-11-23T1800/",
        "/calendar/list/?q=secret",
    ):
        text = client.get(path).text
        for secret in ("Secret", "Wilhelmina", "w@example.org", "meet.example", "4711"):
            assert secret not in text, f"{secret} on {path}"
    assert client.get("/events/secret-draft/").status_code == 404


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/", 13),
        ("/calendar/2026/11/", 9),
        ("/calendar/2026/w48/", 9),
        ("/calendar/2026/11/23/", 8),
        ("/calendar/list/", 9),
    ],
)
def test_pages_ask_as_much_for_three_as_for_one(
    client: FlaskClient, make: Factory, count_queries: Counting, path: str, statements: int
) -> None:
    for number in range(3):
        venue = make.venue(slug=f"hall-{number}")
        event = make.event(f"Group {number}", venue_id=venue, tags=("open",))
        date_id = make.occurrence(event, at(18 + number))
        make.signup(date_id)
        if number in {0, 2}:
            with count_queries() as seen:
                assert client.get(path).status_code == 200
            asked = [one for one in seen if one.startswith(("SELECT", "WITH"))]
            assert len(asked) == statements, "\n".join(asked)


def test_a_busy_day_stays_readable(client: FlaskClient, app: Flask, make: Factory) -> None:
    event = make.event("Busy", joining=Joining.DROP_IN)
    for number in range(40):
        make.occurrence(event, at(6 + number % 16, number))
    text = client.get("/calendar/2026/11/23/").text
    for part in ("Morning", "Midday", "Afternoon", "Evening"):
        assert f"{part}</span>" in text, "a way to jump to each part of the day"
    week = client.get("/calendar/2026/w48/").text
    assert "40 meetings" in week
    assert "+32 more" in week


def test_dates_keep_their_wall_time_across_the_clock_change(
    client: FlaskClient, make: Factory
) -> None:
    event = make.event(slug="steady")
    make.occurrence(event, datetime(2027, 3, 13, 18, 0, tzinfo=ZONE))
    make.occurrence(event, datetime(2027, 3, 14, 18, 0, tzinfo=ZONE))
    for day, zone in (("2027-03-13", "PST"), ("2027-03-14", "PDT")):
        text = client.get(f"/events/steady/{day}T1800/").text
        assert "6:00 pm" in text
        assert zone in text


def test_utc_is_never_shown(client: FlaskClient, make: Factory) -> None:
    make.occurrence(make.event(slug="late"), datetime(2026, 11, 24, 5, 0, tzinfo=UTC))
    assert "9:00 pm" in client.get("/calendar/2026/11/23/").text
