"""Adding a date or an event to one's own calendar, without scripts and without telling more."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from events.models import Mode, OccurrenceStatus, Visibility
from people.models import Role
from tests.factory import PACIFIC, Factory

ZONE = ZoneInfo(PACIFIC)
TUESDAY = date(2026, 11, 24)
ELSEWHERE = ("google.com", "outlook.", "webcal:")


@pytest.fixture(autouse=True)
def before() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=ZONE), tick=False):
        yield


def at(week: int = 0) -> datetime:
    return datetime.combine(TUESDAY + timedelta(weeks=week), time(18, 30), ZONE)


@pytest.fixture
def group(make: Factory) -> Factory:
    """A weekly group at a hall, and its next three dates."""
    venue = make.venue("Harbor Hall", slug="hall")
    event_id = make.event(
        "Tides & Talk",
        slug="tides",
        venue_id=venue,
        summary="Bring a friend.",
        online_url="https://meet.example.org/j/9",
    )
    series_id = make.series(event_id, starts_on=TUESDAY)
    for week in range(3):
        make.occurrence(event_id, at(week), series_id=series_id)
    return make


def menu(text: str) -> dict[str, str]:
    """What the menu's links say and where they lead."""
    found = re.search(r'<details class="menu">(.*?)</details>', text, re.DOTALL)
    if found is None:
        return {}
    links = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)<', found[1])
    return {html.unescape(label): html.unescape(url) for url, label in links}


def asked(url: str) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}


def test_a_date_as_a_file_and_as_a_filled_in_form(client: FlaskClient, group: Factory) -> None:
    text = client.get("/events/tides/2026-11-24T1830/").text
    links = menu(text)
    file = client.get(links["Apple, Outlook on a computer, others"])
    assert file.headers["Content-Disposition"].startswith("attachment")
    google, outlook = asked(links["Google Calendar"]), asked(links["Outlook.com"])
    assert google["text"] == outlook["subject"] == "Tides & Talk"
    assert google["dates"] == "20261125T023000Z/20261125T040000Z"
    assert outlook["startdt"] == "2026-11-25T02:30:00Z"
    page = "http://localhost/events/tides/2026-11-24T1830/"
    assert google["details"] == outlook["body"] == f"Bring a friend.\n\nDetails: {page}"
    assert google["location"].startswith("Harbor Hall, 1 Pier Road")
    assert links["Microsoft 365"].startswith("https://outlook.office.com/")
    assert links["Apple, Thunderbird, Android"] == "webcal://localhost/events/tides.ics"
    assert links["Google, Outlook and more"] == "/events/tides/#add"
    assert "“Tides &amp; Talk” will stand in your calendar" in text
    assert "meet.example.org" not in text


def test_the_whole_event_is_subscribed_to_or_copied(client: FlaskClient, group: Factory) -> None:
    links = menu(client.get("/events/tides/").text)
    assert links["Apple, Thunderbird, Android"] == "webcal://localhost/events/tides.ics"
    assert asked(links["Google Calendar"]) == {"cid": "webcal://localhost/events/tides.ics"}
    assert asked(links["Outlook.com"])["url"] == "http://localhost/events/tides.ics"
    assert links["A file"] == "/events/tides.ics"
    copy = asked(links["Google Calendar, repeating"])
    assert copy["recur"] == "RRULE:FREQ=WEEKLY;BYDAY=TU"
    assert copy["dates"] == "20261124T183000/20261124T200000"


def test_a_series_with_an_exception_is_not_copied_as_a_rule(
    client: FlaskClient, group: Factory, make: Factory
) -> None:
    event_id = make.event("Odd", slug="odd")
    series_id = make.series(event_id, starts_on=TUESDAY)
    make.occurrence(event_id, at(0), series_id=series_id)
    make.occurrence(event_id, at(1), series_id=series_id, status=OccurrenceStatus.CANCELLED)
    links = menu(client.get("/events/odd/").text)
    assert "A file" in links
    assert "Google Calendar, repeating" not in links


def test_in_spanish_files_and_pages_are_spanish(client: FlaskClient, group: Factory) -> None:
    links = menu(client.get("/es/events/tides/2026-11-24T1830/").text)
    assert "/events/tides/2026-11-24T1830.ics?lang=es" in links.values()
    assert "webcal://localhost/events/tides.ics?lang=es" in links.values()
    google = next(url for url in links.values() if "google" in url)
    assert "http://localhost/es/events/tides/2026-11-24T1830/" in asked(google)["details"]


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"mode": Mode.ONLINE}, "Online"),
        ({"mode": Mode.HYBRID}, "Online"),
        ({"mode": Mode.IN_PERSON}, None),
        ({"venue": {"approximate": True}, "mode": Mode.HYBRID}, "Huntington Beach"),
        ({"venue": {"approximate": True}, "mode": Mode.ONLINE}, "Online"),
        ({"venue": {"address": ""}}, "Harbor Hall, Huntington Beach"),
    ],
)
def test_where_it_is(client: FlaskClient, make: Factory, values: dict, place: str | None) -> None:
    values = dict(values)
    if "venue" in values:
        values["venue_id"] = make.venue(**values.pop("venue"))
    make.occurrence(make.event(slug="one", **values), at())
    links = menu(client.get("/events/one/2026-11-24T1830/").text)
    assert asked(links["Google Calendar"]).get("location") == place
    assert "Google, Outlook and more" not in links, "a single date has no series"


@pytest.mark.parametrize("values", [{"status": OccurrenceStatus.CANCELLED}, {"minutes": 1}])
def test_what_is_cancelled_or_over_is_not_added(
    client: FlaskClient, make: Factory, values: dict
) -> None:
    when = at(-1) if "minutes" in values else at()
    make.occurrence(make.event(slug="off"), when, **values)
    text = client.get(f"/events/off/{when:%Y-%m-%dT%H%M}/").text
    assert menu(text) == {}
    if "minutes" in values:
        assert menu(client.get("/events/off/").text) == {}


def test_private_events_have_no_link_to_another_site(
    app: Flask, make: Factory, sign_in: Callable[[FlaskClient, str], None]
) -> None:
    event_id = make.event("Members", slug="members", visibility=Visibility.SIGNED_IN)
    make.occurrence(event_id, at())
    draft = make.event("Draft", slug="draft", status="draft")
    make.occurrence(draft, at())
    client = app.test_client()
    sign_in(client, make.account(Role.COORDINATOR))
    for path in (
        "/me/events/members/",
        "/me/events/members/2026-11-24T1830/",
        f"/manage/events/{draft}/preview",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "6:30 pm" in answer.text
        assert [word for word in ELSEWHERE if word in answer.text] == [], path
        assert menu(answer.text) == {}


class TestZones:
    """An online date names the program's zone; without scripts that is all there is."""

    @pytest.mark.parametrize("mode", [Mode.ONLINE, Mode.HYBRID])
    def test_what_one_can_join_from_anywhere_names_its_zone(
        self, client: FlaskClient, make: Factory, mode: Mode
    ) -> None:
        make.occurrence(make.event(slug="watch", mode=mode), at())
        for path in (
            "/events/watch/",
            "/events/watch/2026-11-24T1830/",
            "/calendar/2026/11/24/",
            "/calendar/list/",
        ):
            text = client.get(path).text
            assert "Pacific Time" in text, path
            assert 'data-zone="America/Los_Angeles"' in text, path
            assert "hora del Pacífico" in client.get(f"/es{path}").text, path

    @pytest.mark.parametrize(
        "values", [{"mode": Mode.IN_PERSON}, {"mode": Mode.ONLINE, "all_day": True}]
    )
    def test_what_happens_in_a_place_or_all_day_never_shows_a_second_time(
        self, client: FlaskClient, make: Factory, values: dict
    ) -> None:
        values = dict(values)
        whole = {"all_day": True} if values.pop("all_day", False) else {}
        make.occurrence(make.event(slug="hall", **values), at(), **whole)
        for path in ("/events/hall/", "/events/hall/2026-11-24T1830/", "/calendar/2026/11/24/"):
            text = client.get(path).text
            assert "data-zone" not in text, path
            assert "Pacific Time" not in text, path

    def test_a_cancelled_date_names_the_zone_only(self, client: FlaskClient, make: Factory) -> None:
        event_id = make.event(slug="off", mode=Mode.ONLINE)
        make.occurrence(event_id, at(), status=OccurrenceStatus.CANCELLED)
        for path in ("/events/off/", "/events/off/2026-11-24T1830/", "/calendar/2026/11/24/"):
            text = client.get(path).text
            assert "data-zone" not in text, path

    def test_whoever_signed_up_sees_it_on_their_own_page(
        self, client: FlaskClient, make: Factory
    ) -> None:
        online = make.event(slug="watch", mode=Mode.ONLINE, online_url="https://meet.example.org/j")
        hall = make.event(slug="hall")
        for event_id, token in ((online, "online-token"), (hall, "hall-token")):
            make.signup(make.occurrence(event_id, at()), token=token)
        text = client.get("/signups/online-token/").text
        assert "Pacific Time" in text
        assert 'data-zone="America/Los_Angeles"' in text
        assert "Pacific Time" not in client.get("/signups/hall-token/").text
