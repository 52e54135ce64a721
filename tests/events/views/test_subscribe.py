"""Choosing a calendar: what the page promises is what the feed then says, and nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import icalendar
import pytest
import segno
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from events.models import EventStatus, Kind, Mode, OccurrenceStatus, Visibility
from tests.factory import PACIFIC, Factory

ZONE = ZoneInfo(PACIFIC)
MONDAY = date(2026, 11, 23)
TITLES = ("Morning Tide", "Nueva Marea", "Skills", "Night Watch", "Beach Day")
SECRETS = ("Secret", "Quartermaine", "meet.example.org", "swordfish")


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=ZONE), tick=False):
        yield


def at(days: int, hour: int = 18) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=days), time(hour), ZONE)


@pytest.fixture
def town(make: Factory) -> Factory:
    """Five events that differ in everything one can choose by, and what nobody may see."""
    hall = make.venue("Harbor Hall", slug="harbor-hall", city="Marlin Point", address="1 Pier Road")
    room = make.venue("Blue Room", slug="blue-room", city="Costa Serena", address="9 Oak Street")
    make.occurrence(make.event("Morning Tide", tags=("newcomer",), venue_id=hall), at(1, 6))
    make.occurrence(make.event("Nueva Marea", languages=("es",), venue_id=room), at(1, 19))
    skills = make.event("Skills", kind=Kind.WORKSHOP, mode=Mode.HYBRID, venue_id=hall)
    make.occurrence(skills, at(2))
    online = make.event(
        "Night Watch",
        mode=Mode.ONLINE,
        slug="watch",
        online_url="https://meet.example.org/j/9",
        online_notes="passcode swordfish",
    )
    make.signup(make.occurrence(online, at(3, 22)), "Rosalind Quartermaine")
    beach = make.event("Beach Day", kind=Kind.COMMUNITY_EVENT, venue_id=room)
    make.occurrence(beach, at(4), status=OccurrenceStatus.CANCELLED, venue_id=hall)
    hidden = make.venue("Secret Cellar", slug="secret-cellar", city="Secret City")
    for number, values in enumerate(
        (
            {"status": EventStatus.DRAFT},
            {"visibility": Visibility.PRIVATE},
            {"visibility": Visibility.SIGNED_IN},
            {"kind": Kind.ONE_TO_ONE},
        )
    ):
        event_id = make.event(
            f"Secret {number}", tags=("secret-tag",), languages=("fr",), venue_id=hidden, **values
        )
        make.occurrence(event_id, at(1))
    return make


QUERIES = [
    ("", set(TITLES)),
    ("kind=workshop", {"Skills"}),
    ("kind=workshop&kind=support-group", {"Morning Tide", "Nueva Marea", "Skills", "Night Watch"}),
    ("venue=blue-room", {"Nueva Marea"}),
    ("venue=blue-room&venue=harbor-hall", set(TITLES) - {"Night Watch"}),
    ("city=Marlin+Point", {"Morning Tide", "Skills", "Beach Day"}),
    ("city=marlin+point", {"Morning Tide", "Skills", "Beach Day"}),
    ("mode=online", {"Night Watch"}),
    ("mode=hybrid&mode=online", {"Skills", "Night Watch"}),
    ("language=es", {"Nueva Marea"}),
    ("tag=newcomer", {"Morning Tide"}),
    ("q=tide", {"Morning Tide"}),
    ("q=blue+marea", {"Nueva Marea"}),
    ("cancelled=hide", set(TITLES) - {"Beach Day"}),
    ("city=Marlin+Point&kind=support-group&tag=newcomer&q=tide", {"Morning Tide"}),
    ("venue=harbor-hall&cancelled=hide", {"Morning Tide", "Skills"}),
    ("venue=harbor-hall&kind=community-event", {"Beach Day"}),
    ("kind=workshop&mode=hybrid&language=en&city=Marlin+Point", {"Skills"}),
    ("kind=workshop&city=Costa+Serena", set()),
]


def titles_of(body: bytes) -> set[str]:
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    return {str(one["SUMMARY"]).removeprefix("CANCELLED: ") for one in events}


def shown(text: str) -> set[str]:
    part = text[text.index('id="what"') :].split('id="apps"')[0]
    return {title for title in TITLES if title in part}


def address_on(text: str) -> str:
    found = re.search(r'id="feed-address" type="text" readonly value="([^"]+)"', text)
    assert found is not None, "the page offers no address"
    return html.unescape(found[1])


@pytest.mark.parametrize(("query", "found"), QUERIES)
def test_what_the_page_shows_is_what_the_feed_says(
    client: FlaskClient, town: Factory, query: str, found: set[str]
) -> None:
    answer = client.get(f"/subscribe/?{query}")
    assert answer.status_code == 200
    assert shown(answer.text) == found
    assert [word for word in SECRETS if word in answer.text] == []
    address = address_on(answer.text)
    feed = client.get(address.removeprefix("http://localhost"))
    assert feed.status_code == 200
    assert titles_of(feed.data) == found
    name = str(icalendar.Calendar.from_ical(feed.data)["X-WR-CALNAME"])
    assert html.escape(name, quote=False) in answer.text
    assert titles_of(client.get(f"/feeds/all.ics?{query}").data) == found


@pytest.mark.parametrize(("query", "found"), QUERIES)
def test_feeds_of_a_kind_or_a_place_take_every_filter_too(
    client: FlaskClient, town: Factory, query: str, found: set[str]
) -> None:
    asked = parse_qs(query)
    kind = client.get(f"/feeds/support-group.ics?{query}")
    if "kind" not in asked:
        assert titles_of(kind.data) == found & {"Morning Tide", "Nueva Marea", "Night Watch"}
    place = client.get(f"/venues/harbor-hall.ics?{query}")
    if "venue" not in asked:
        assert titles_of(place.data) == found & {"Morning Tide", "Skills", "Beach Day"}


class TestThePlaceFeed:
    def test_it_has_a_name_a_file_name_and_its_page(
        self, client: FlaskClient, town: Factory
    ) -> None:
        answer = client.get("/venues/harbor-hall.ics")
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'inline; filename="harbor-hall.ics"'
        calendar = icalendar.Calendar.from_ical(answer.data)
        assert str(calendar["X-WR-CALNAME"]) == "Harbor Hall · Groundswell"
        assert str(calendar["URL"]) == "http://localhost/venues/harbor-hall/"
        assert str(calendar["SOURCE"]) == "http://localhost/venues/harbor-hall.ics"

    def test_it_is_asked_for_again_like_every_feed(
        self, client: FlaskClient, town: Factory
    ) -> None:
        first = client.get("/venues/harbor-hall.ics")
        tag = first.headers["ETag"]
        assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        again = client.get("/venues/harbor-hall.ics", headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        head = client.head("/venues/harbor-hall.ics")
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
        assert client.get("/venues/harbor-hall.ics?x=1").headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("slug", ["nowhere", "secret-cellar", "%00"])
    def test_places_without_anything_public_have_none(
        self, client: FlaskClient, town: Factory, slug: str
    ) -> None:
        assert client.get(f"/venues/{slug}.ics").status_code == 404


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/", "/feeds/all.ics"),
        ("/es/", "/feeds/all.ics?lang=es"),
        ("/calendar/", "/feeds/all.ics"),
        (
            "/calendar/list/?kind=workshop&city=Marlin+Point",
            "/feeds/workshop.ics?city=Marlin+Point",
        ),
        (
            "/es/calendar/2026/w48/?tag=newcomer&q=tide",
            "/feeds/all.ics?tag=newcomer&q=tide&lang=es",
        ),
        ("/venues/harbor-hall/", "/venues/harbor-hall.ics"),
        ("/events/watch/", "/events/watch.ics"),
        ("/es/events/watch/2026-11-26T2200/", "/events/watch.ics?lang=es"),
        ("/subscribe/?venue=blue-room", "/venues/blue-room.ics"),
    ],
)
def test_pages_name_their_feed_with_the_pages_filters(
    client: FlaskClient, town: Factory, page: str, feed: str
) -> None:
    text = client.get(page).text
    links = re.findall(r'<link rel="alternate" type="text/calendar" [^>]*href="([^"]+)"', text)
    assert [html.unescape(link) for link in links] == [feed]
    assert client.get(feed).status_code == 200


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("/calendar/list/?kind=workshop&q=a", "/subscribe/?kind=workshop&q=a"),
        ("/es/calendar/2026/11/24/?city=Marlin+Point", "/es/subscribe/?city=Marlin+Point"),
        ("/venues/harbor-hall/", "/subscribe/?venue=harbor-hall"),
    ],
)
def test_pages_lead_to_subscribing_to_what_they_show(
    client: FlaskClient, town: Factory, page: str, link: str
) -> None:
    assert f'href="{html.escape(link)}"' in client.get(page).text


def links_of(text: str, part: str = 'id="apps"') -> list[str]:
    rest = text[text.index(part) : text.index("</main>")]
    return [html.unescape(link) for link in re.findall(r'<a [^>]*href="([^"]+)"', rest)]


class TestTheWays:
    def test_each_program_gets_the_address_in_its_own_spelling(
        self, client: FlaskClient, town: Factory
    ) -> None:
        links = links_of(client.get("/subscribe/?city=Costa+Serena&city=Marlin+Point").text)
        feed = "localhost/feeds/all.ics?city=Costa+Serena&city=Marlin+Point"
        assert links.count(f"webcal://{feed}") == 3, "Apple, Android and Thunderbird"
        asked = {urlsplit(link).hostname: parse_qs(urlsplit(link).query) for link in links}
        assert asked["calendar.google.com"] == {"cid": [f"webcal://{feed}"]}
        assert asked["outlook.live.com"]["url"] == [f"http://{feed}"]
        assert asked["outlook.office.com"]["url"] == [f"http://{feed}"]
        assert feed.removeprefix("localhost") in links, "a file"

    def test_the_code_says_the_webcal_address(self, client: FlaskClient, town: Factory) -> None:
        text = client.get("/subscribe/?kind=workshop").text
        code = segno.make_qr("webcal://localhost/feeds/workshop.ics", error="m")
        path = re.search(r' d="([^"]+)"', code.svg_inline(light="#fff", omitsize=True))
        assert path is not None
        assert path[1] in text

    def test_nothing_is_asked_of_another_site_before_a_click(
        self, client: FlaskClient, town: Factory
    ) -> None:
        text = client.get("/subscribe/").text
        for tag in re.findall(r"<(?:img|script|iframe|link|source)[^>]*>", text):
            if re.search(r'rel="(?:canonical|alternate)"', tag):  # says an address, asks nothing
                continue
            assert not re.search(r'(?:src|href)="(?:https?:)?//', tag), tag
        for tag in re.findall(r'<a [^>]*href="https://[^"]*"[^>]*>', text):
            assert 'rel="noreferrer"' in tag, tag

    def test_spanish_feeds_come_from_the_spanish_page(
        self, client: FlaskClient, town: Factory
    ) -> None:
        text = client.get("/es/subscribe/?kind=workshop").text
        assert address_on(text) == "http://localhost/feeds/workshop.ics?lang=es"

    def test_ones_own_dates_are_one_link_away(self, client: FlaskClient, town: Factory) -> None:
        assert 'href="/me/calendars/"' in client.get("/subscribe/").text


class TestTooLong:
    @pytest.fixture
    def many(self, make: Factory) -> str:
        """A choice of eight places with long names: about 300 characters."""
        slugs = [f"the-community-center-by-the-water-{number}" for number in range(8)]
        for number, slug in enumerate(slugs):
            venue = make.venue(f"Center {number}", slug=slug)
            make.occurrence(make.event(f"Circle {number}", venue_id=venue), at(number))
        return "&".join(f"venue={slug}" for slug in slugs)

    def test_it_is_said_and_something_to_leave_out_is_offered(
        self, client: FlaskClient, many: str
    ) -> None:
        text = client.get(f"/subscribe/?{many}").text
        assert "Too long for an address" in text
        assert "webcal://" not in text
        assert "calendar.google.com" not in text
        assert "Circle 0" in text, "what one would get is still shown"
        offers = [link for link in links_of(text) if link.startswith("/subscribe/?")]
        assert len(offers) == 8
        assert all(link.count("venue=") == 7 for link in offers)

    def test_following_the_offers_leads_to_an_address_that_fits(
        self, client: FlaskClient, many: str
    ) -> None:
        page, steps = f"/subscribe/?{many}", 0
        while "Too long" in (text := client.get(page).text):
            page = links_of(text)[0]
            steps += 1
            assert steps < 8
        assert steps > 0
        address = address_on(text)
        assert len(address.replace("http://", "webcal://")) <= 256
        assert client.get(address.removeprefix("http://localhost")).status_code == 200

    def test_the_offer_that_is_enough_says_so(self, client: FlaskClient, town: Factory) -> None:
        text = client.get(f"/subscribe/?q={'x' * 119}&tag=newcomer&tag={'y' * 119}").text
        assert "(enough)" in text


class TestOddValues:
    @pytest.mark.parametrize(
        ("query", "value"),
        [
            ("kind=nonsense", "nonsense"),
            ("kind=one-to-one", "one-to-one"),
            ("venue=secret-cellar", "secret-cellar"),
            ("city=Atlantis", "Atlantis"),
            ("city=Secret+City", "Secret City"),
            ("mode=telepathy", "telepathy"),
            ("language=fr", "fr"),
            ("tag=secret-tag", "secret-tag"),
        ],
    )
    def test_what_nothing_has_is_named_and_can_be_left_out(
        self, client: FlaskClient, town: Factory, query: str, value: str
    ) -> None:
        answer = client.get(f"/subscribe/?{query}&q=tide")
        assert answer.status_code == 200
        assert f"Nothing here is called “{value}”." in answer.text
        assert 'href="/subscribe/?q=tide"' in answer.text
        assert "webcal://" not in answer.text, "no calendar that would stay empty for ever"

    def test_a_rare_tag_is_known_though_it_is_not_offered(
        self, client: FlaskClient, make: Factory
    ) -> None:
        for number in range(30):
            make.event(f"Event {number}", tags=(f"tag-{number:02}",))
        assert "Nothing here is called" not in client.get("/subscribe/?tag=tag-29").text

    def test_a_city_of_a_single_moved_date_is_known(
        self, client: FlaskClient, make: Factory
    ) -> None:
        away = make.venue("Far Hall", city="Far Away")
        make.occurrence(make.event("Morning Tide"), at(1), venue_id=away)
        assert shown(client.get("/subscribe/?city=Far+Away").text) == {"Morning Tide"}

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("cancelled=maybe", "they are shown now"),
            ("&".join(f"kind=k{number}" for number in range(21)), "Only the first 20"),
            (
                "&".join(f"q={'x' * 100}&tag={number}{'y' * 99}" for number in range(20)),
                "more than",
            ),
        ],
    )
    def test_other_oddities_get_clear_words(
        self, client: FlaskClient, town: Factory, query: str, words: str
    ) -> None:
        answer = client.get(f"/subscribe/?{query}")
        assert answer.status_code == 200
        assert words in answer.text

    def test_what_was_too_much_is_not_kept_in_memory(
        self, client: FlaskClient, town: Factory
    ) -> None:
        query = "&".join(f"tag={number:0>119}" for number in range(20))
        assert client.get(f"/subscribe/?{query}").headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        "query", ["utm_source=x", "find=hall", "find=&find=hall", "page=2", "from=2026-01-01"]
    )
    def test_unknown_parameters_change_nothing_and_are_not_kept(
        self, client: FlaskClient, town: Factory, query: str
    ) -> None:
        answer = client.get(f"/subscribe/?{query}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert shown(answer.text) == set(TITLES)

    def test_known_ones_are_kept_until_the_first_shown_date_ends(
        self, client: FlaskClient, town: Factory
    ) -> None:
        answer = client.get("/subscribe/?kind=workshop&cancelled=hide&q=&find=")
        assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert answer.headers["X-Groundswell-Valid-Until"] == str(int(at(1, 0).timestamp()))
        assert "Set-Cookie" not in answer.headers


class TestNothingMatches:
    def test_it_says_so_and_how_to_widen(self, client: FlaskClient, town: Factory) -> None:
        text = client.get("/subscribe/?kind=workshop&city=Costa+Serena&cancelled=hide").text
        assert "No dates with all of that" in text
        assert 'href="/subscribe/?city=Costa+Serena&amp;cancelled=hide"' in text
        assert 'href="/subscribe/?kind=workshop&amp;cancelled=hide"' in text
        assert 'class="quiet">1 meeting</span>' in text

    def test_an_empty_program_may_be_subscribed_to_all_the_same(self, client: FlaskClient) -> None:
        text = client.get("/subscribe/").text
        assert "Nothing planned" in text
        assert address_on(text) == "http://localhost/feeds/all.ics"

    def test_what_comes_in_months_is_shown(self, client: FlaskClient, make: Factory) -> None:
        make.occurrence(make.event("Beach Day"), at(200))
        text = client.get("/subscribe/").text
        assert shown(text) == {"Beach Day"}
        assert "0 meetings in the next 30 days" in text


class TestPlaces:
    @pytest.fixture
    def county(self, make: Factory) -> Factory:
        for number in range(60):
            city = "Anaheim" if number < 50 else "Brea"
            venue = make.venue(
                f"Hall {number:02}", slug=f"hall-{number:02}", city=city, address=f"{number} Elm St"
            )
            make.event(f"Group {number}", venue_id=venue)
        return make

    @staticmethod
    def ticks(text: str) -> list[str]:
        return re.findall(r'type="checkbox" name="venue" value="([^"]+)"', text)

    def test_few_places_are_all_there(self, client: FlaskClient, town: Factory) -> None:
        assert self.ticks(client.get("/subscribe/").text) == ["blue-room", "harbor-hall"]

    def test_many_are_found_by_their_name_or_street(
        self, client: FlaskClient, county: Factory
    ) -> None:
        assert self.ticks(client.get("/subscribe/").text) == []
        assert self.ticks(client.get("/subscribe/?find=hall+07").text) == ["hall-07"]
        assert self.ticks(client.get("/subscribe/?find=41+elm").text) == ["hall-41"]
        text = client.get("/subscribe/?find=no-such&venue=hall-03").text
        assert "No place matches “no-such”." in text
        assert self.ticks(text) == ["hall-03"], "what was chosen stays"

    def test_or_by_their_city_and_never_too_many(
        self, client: FlaskClient, county: Factory
    ) -> None:
        ticks = self.ticks(client.get("/subscribe/?city=Brea&venue=hall-01").text)
        assert ticks == ["hall-01", *(f"hall-{number}" for number in range(50, 60))]
        assert len(self.ticks(client.get("/subscribe/?city=Anaheim").text)) == 40

    def test_odd_searches_get_an_answer(self, client: FlaskClient, county: Factory) -> None:
        for find in ("%00", "%25", "x" * 9000, "'; DROP TABLE venue; --"):
            assert client.get(f"/subscribe/?find={find}").status_code == 200


def test_the_page_asks_as_much_for_three_as_for_one(
    client: FlaskClient, make: Factory, count_queries: Callable
) -> None:
    for number in range(3):
        venue = make.venue(slug=f"hall-{number}")
        make.occurrence(make.event(f"Group {number}", tags=("open",), venue_id=venue), at(number))
        with count_queries() as seen:
            client.get("/subscribe/?kind=support-group&venue=hall-0")
        if number == 0:
            first = len(seen)
    assert len(seen) == first
    assert first <= 20


def test_on_both_databases(both_databases: Flask) -> None:
    make = Factory(both_databases)
    venue = make.venue(slug="hall", city="Brea")
    make.occurrence(make.event("Morning Tide", tags=("open",), venue_id=venue, slug="tide"), at(1))
    client = both_databases.test_client()
    for path, found in {
        "/subscribe/?q=tide&city=brea&find=hall": True,
        "/subscribe/?tag=nothing&language=zz&venue=%00": False,
        "/subscribe/?kind=workshop&cancelled=hide": False,
        "/venues/hall.ics?q=tide&cancelled=hide": True,
        "/events/tide/": True,
    }.items():
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert ("Morning Tide" in answer.text) is found, path
