"""Feeds over HTTP: what they say, what they never say, and how they are asked for again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import icalendar
import pytest

from events.models import EventStatus, Joining, Kind, Mode, OccurrenceStatus, Visibility
from tests.factory import PACIFIC, Factory

ICS = "text/calendar; charset=utf-8"
SECRET_LINK = "https://meet.example.org/j/999?pwd=hush"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
FEEDS = (
    "/feeds/all.ics",
    "/feeds/support-group.ics",
    "/feeds/events.json",
    "/feeds/meetings.json",
    "/feeds/events.atom",
    "/events/tuesday.ics",
    "/api/v1/occurrences",
)


def soon(days: int = 2, at: time = time(18, 30)) -> datetime:
    zone = ZoneInfo(PACIFIC)
    return datetime.combine(datetime.now(zone).date() + timedelta(days=days), at, zone)


def names(body: bytes) -> list[str]:
    return sorted(str(one["SUMMARY"]) for one in icalendar.Calendar.from_ical(body).walk("VEVENT"))


@pytest.fixture
def group(make) -> int:
    """A weekly group at a hall, with its next three dates."""
    venue = make.venue(slug="hall", latitude=33.66, longitude=-118.0)
    event_id = make.event(
        "Tuesday Group",
        slug="tuesday",
        venue_id=venue,
        summary="Bring a friend",
        capacity=10,
        tags=("big-book",),
        languages=("en", "es"),
    )
    series_id = make.series(
        event_id, starts_on=soon().date(), extended_to=soon(16).date(), end_known=True
    )
    for week in range(3):
        make.occurrence(event_id, soon(2 + 7 * week), series_id=series_id)
    return event_id


@pytest.fixture
def hidden(make) -> list[str]:
    """What stands in the database and must never be in a public feed."""
    for title, values in {
        "Hidden draft": {"status": EventStatus.DRAFT},
        "Hidden archived": {"status": EventStatus.ARCHIVED},
        "Hidden private": {"visibility": Visibility.PRIVATE},
        "Hidden members": {"visibility": Visibility.SIGNED_IN},
        "Hidden check-in": {"kind": Kind.ONE_TO_ONE},
    }.items():
        event_id = make.event(title, slug=title.lower().replace(" ", "-"), **values)
        series_id = make.series(event_id, starts_on=soon().date(), extended_to=soon().date())
        make.occurrence(event_id, soon(), series_id=series_id, key="2026-01-01T1200")
    online = make.event(
        "Online Group",
        slug="online",
        mode=Mode.ONLINE,
        online_url=SECRET_LINK,
        online_phone="+1 555 010 0199,,4242#",
        online_notes="passcode swordfish",
    )
    date_id = make.occurrence(online, soon())
    make.signup(date_id, "Rosalind Quartermaine", email="rosalind@example.org")
    facilitator = make.person("Bartholomew Winterbourne", public_name="Bart W.")
    make.assignment(online, facilitator)
    return [
        "Hidden",
        "meet.example.org",
        "0199",
        "swordfish",
        "Quartermaine",
        "rosalind",
        "Winterbourne",
    ]


def test_all_and_kind_and_event_and_date(client, group, make):
    workshop = make.event("Workshop", slug="workshop", kind=Kind.WORKSHOP)
    make.occurrence(workshop, soon())
    everything = client.get("/feeds/all.ics")
    assert everything.status_code == 200
    assert everything.content_type == ICS
    assert everything.headers["Content-Disposition"] == 'inline; filename="all.ics"'
    assert names(everything.data) == ["Tuesday Group", "Workshop"]
    assert names(client.get("/feeds/workshop.ics").data) == ["Workshop"]
    assert names(client.get("/events/tuesday.ics").data) == ["Tuesday Group"]
    key = soon(9).strftime("%Y-%m-%dT%H%M")
    one = client.get(f"/events/tuesday/{key}.ics")
    assert one.headers["Content-Disposition"].startswith("attachment; filename=")
    event = icalendar.Calendar.from_ical(one.data).walk("VEVENT")[0]
    assert event["DTSTART"].dt == soon(9)
    whole = icalendar.Calendar.from_ical(everything.data).walk("VEVENT")[0]
    assert event["UID"] == whole["UID"]
    assert event["RECURRENCE-ID"].dt == soon(9)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Tuesday Group", "Wednesday Talk"]),
        ("?venue=hall", ["Tuesday Group"]),
        ("?mode=online", ["Wednesday Talk"]),
        ("?tag=big-book&language=es", ["Tuesday Group"]),
        ("?q=talk", ["Wednesday Talk"]),
        ("?kind=support-group&kind=workshop", ["Tuesday Group", "Wednesday Talk"]),
        ("?venue=hall&mode=online", []),
        ("?mode=nonsense", []),
        ("?kind=one-to-one", []),
    ],
)
def test_feeds_take_the_filters_of_the_calendar(client, group, make, query, found):
    talk = make.event("Wednesday Talk", slug="talk", kind=Kind.WORKSHOP, mode=Mode.ONLINE)
    make.occurrence(talk, soon())
    answer = client.get(f"/feeds/all.ics{query}")
    assert answer.status_code == 200
    assert names(answer.data) == found
    dates = client.get(f"/feeds/events.json{query}").json["occurrences"]
    assert sorted({one["title"] for one in dates}) == found


@pytest.mark.parametrize("path", [*FEEDS, "/api/v1/openapi.json"])
def test_nothing_private_is_in_any_feed(client, group, hidden, path):
    body = client.get(path).text
    assert "Tuesday Group" in body or path.endswith("openapi.json")
    unfolded = body.replace("\r\n ", "")
    assert [word for word in hidden if word in unfolded] == []


def test_hidden_events_have_no_feed_of_their_own(client, hidden):
    for slug in ("hidden-draft", "hidden-private", "hidden-members", "hidden-check-in"):
        assert client.get(f"/events/{slug}.ics").status_code == 404
        assert client.get(f"/events/{slug}/2026-01-01T1200.ics").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/one-to-one.ics",
        "/feeds/nonsense.ics",
        "/feeds/me/abc.ics",
        "/events/nothing.ics",
        "/events/tuesday/2026-11-24T9999.ics",
        "/events/tuesday/nonsense.ics",
        "/events/tues%00day.ics",
        "/events/tuesday/%00.ics",
    ],
)
def test_unknown_feeds_are_not_found(client, group, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [*FEEDS, "/feeds/all.ics?q=%00&city=%00a&venue=%ff"])
def test_on_both_databases(both_databases, path):
    make = Factory(both_databases)
    event_id = make.event("Tuesday Group", slug="tuesday", venue_id=make.venue())
    series_id = make.series(event_id, starts_on=soon().date(), extended_to=soon().date())
    make.occurrence(event_id, soon(), series_id=series_id)
    client = both_databases.test_client()
    assert client.get(path).status_code == 200
    assert client.get("/events/tues%00day.ics").status_code == 404
    assert client.get("/events/tuesday/%00.ics").status_code == 404


def test_a_public_link_is_said(client, make):
    event_id = make.event(
        "Open Online",
        slug="open",
        mode=Mode.ONLINE,
        online_url="https://meet.example.org/open",
        online_url_public=True,
        online_notes="passcode swordfish",
    )
    make.occurrence(event_id, soon())
    body = client.get("/feeds/all.ics").data
    event = icalendar.Calendar.from_ical(body).walk("VEVENT")[0]
    assert event["CONFERENCE"] == "https://meet.example.org/open"
    assert event["LOCATION"] == "Online"
    assert b"swordfish" not in body


@pytest.mark.parametrize("path", FEEDS)
def test_asked_again_the_answer_is_304(client, group, path):
    first = client.get(path)
    assert first.status_code == 200, first.text
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in first.headers
    tag = first.headers["ETag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
    other = client.get(path, headers={"If-None-Match": '"x"'})
    assert (other.status_code, other.data) == (200, first.data)
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
    assert head.headers["Content-Length"] == str(len(first.data))


def test_dates_of_change_are_asked_only_without_tags(client, group):
    first = client.get("/feeds/all.ics")
    changed = first.headers["Last-Modified"]
    earlier = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)

    def status(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get("/feeds/all.ics", headers=sent).status_code

    assert status(If_Modified_Since=changed) == 304
    assert status(If_Modified_Since=earlier) == 200
    assert status(If_Modified_Since="yesterday-ish") == 200
    assert status(If_Modified_Since=changed, If_None_Match='"x"') == 200


def test_a_change_changes_the_tag_and_a_sign_up_does_not(client, group, make):
    tag = client.get("/feeds/all.ics").headers["ETag"]
    date_id = make.occurrence(group, soon(30))
    changed = client.get("/feeds/all.ics").headers["ETag"]
    assert changed != tag
    make.signup(date_id)
    assert client.get("/feeds/all.ics").headers["ETag"] == changed


def test_unknown_parameters_are_ignored_but_not_kept(client, group):
    plain, odd = client.get("/feeds/all.ics"), client.get("/feeds/all.ics?utm_source=x")
    assert odd.data == plain.data
    assert odd.headers["Cache-Control"] == "no-store"


def test_spanish(client, group, make):
    make.occurrence(group, soon(3), status=OccurrenceStatus.CANCELLED)
    body = client.get("/feeds/all.ics?lang=es").data
    assert b"/es/events/tuesday/" in body.replace(b"\r\n ", b"")
    assert client.get("/feeds/all.ics?lang=es&cancelled=hide").data.count(b"BEGIN:VEVENT") == 1


def test_meeting_guide(client, group, make):
    online = make.event("No Link", slug="no-link", mode=Mode.ONLINE)
    make.series(online)
    fortnightly = make.event("Fortnightly", slug="fortnightly", venue_id=make.venue())
    series_id = make.series(fortnightly, starts_on=soon().date(), interval=2)
    make.occurrence(fortnightly, soon(), series_id=series_id)
    answer = client.get("/feeds/meetings.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Left-Out"] == "2"
    (meeting,) = answer.json
    assert {"name": "Tuesday Group", "slug": "tuesday"}.items() <= meeting.items()
    assert meeting["day"] == soon().isoweekday() % 7
    assert (meeting["time"], meeting["end_time"]) == ("18:30", "20:00")
    assert meeting["timezone"] == PACIFIC
    assert meeting["formatted_address"].startswith("1 Pier Road")
    assert (meeting["latitude"], meeting["longitude"]) == (33.66, -118.0)
    assert meeting["url"] == "http://localhost/events/tuesday/"
    datetime.strptime(meeting["updated"], "%Y-%m-%d %H:%M:%S")
    assert meeting["types"] == ["B", "EN", "S"]


def test_atom_tells_what_is_new_and_when(client, group, make):
    make.event("Brand & <New>", slug="new", updated_at=datetime.now(UTC) + timedelta(hours=1))
    answer = client.get("/feeds/events.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    titles = [one.text for one in root.iterfind("a:entry/a:title", ATOM)]
    assert titles[0] == "Brand & <New>"
    assert titles[1].startswith("Tuesday Group (")
    assert titles[1].endswith(", 6:30 pm)")
    assert "Harbor Hall" in root.findtext("a:entry[2]/a:content", namespaces=ATOM)
    for one in (root, *root.iterfind("a:entry", ATOM)):
        assert one.findtext("a:id", namespaces=ATOM).startswith("tag:localhost,2026:")
        assert one.findtext("a:updated", namespaces=ATOM).endswith("Z")


def test_events_json_is_open_to_other_sites(client, group):
    answer = client.get("/feeds/events.json", headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert [one["starts_at"] for one in answer.json["occurrences"]] == [
        soon(days).isoformat() for days in (2, 9, 16)
    ]


class TestApi:
    def test_an_occurrence_in_the_form_that_was_promised(self, client, group, make):
        one = client.get("/api/v1/occurrences").json["occurrences"][0]
        key = soon().strftime("%Y-%m-%dT%H%M")
        assert one == {
            "id": one["id"],
            "event": "tuesday",
            "key": key,
            "title": "Tuesday Group",
            "kind": "support-group",
            "starts_at": soon().isoformat(),
            "ends_at": (soon() + timedelta(minutes=90)).isoformat(),
            "end_known": True,
            "all_day": False,
            "timezone": PACIFIC,
            "venue": {
                "slug": "hall",
                "name": "Harbor Hall",
                "city": "Huntington Beach",
                "url": "http://localhost/venues/hall/",
            },
            "mode": "in-person",
            "tags": ["big-book"],
            "status": "scheduled",
            "availability": "open",
            "url": f"http://localhost/events/tuesday/{key}/",
            "signup_url": f"http://localhost/api/v1/occurrences/{one['id']}/signups",
        }

    def test_availability(self, client, make):
        expected = {}
        for name, values in {
            "open": {"capacity": 40},
            "full": {"capacity": 1},
            "drop-in": {"joining": Joining.DROP_IN},
            "closed": {"capacity": 40, "signup_closes_minutes": 60 * 24 * 30},
        }.items():
            event_id = make.event(name, slug=name, **values)
            expected[make.occurrence(event_id, soon())] = name
        for date_id, name in expected.items():
            if name == "full":
                make.signup(date_id)
        found = client.get("/api/v1/occurrences").json["occurrences"]
        assert {one["id"]: one["availability"] for one in found} == expected
        closed = {one["title"] for one in found if one["signup_url"] is None}
        assert closed == {"drop-in", "closed"}

    def test_pages_follow_each_other(self, client, make):
        event_id = make.event()
        made = [make.occurrence(event_id, soon(days)) for days in range(1, 8)]
        found, path, pages = [], "/api/v1/occurrences?limit=3&kind=support-group", 0
        while path:
            page = client.get(path).json
            found += [one["id"] for one in page["occurrences"]]
            path = page["next"] and page["next"].removeprefix("http://localhost")
            pages += 1
        assert found == made
        assert pages == 3

    def test_from_and_to_are_local_dates_both_included(self, client, make):
        event_id = make.event()
        made = [make.occurrence(event_id, soon(days, time(23, 30))) for days in range(1, 6)]
        first, last = soon(2).date(), soon(4).date()
        page = client.get(f"/api/v1/occurrences?from={first}&to={last}").json
        assert [one["id"] for one in page["occurrences"]] == made[1:4]
        assert page["next"] is None

    @pytest.mark.parametrize(
        ("query", "parameter"),
        [
            ("from=yesterday", "from"),
            ("from=", "from"),
            ("from=2026-13-01", "from"),
            ("from=20261101", "from"),
            ("from=9999-12-31", "from"),
            ("from=0001-01-01", "from"),
            ("to=0001-01-01", "to"),
            ("to=9999-12-31", "to"),
            ("to=%00", "to"),
            ("limit=0", "limit"),
            ("limit=501", "limit"),
            ("limit=-1", "limit"),
            ("limit=99999999999999999999", "limit"),
            ("limit=1999999999", "limit"),
            ("offset=%D9%A1", "offset"),
            ("offset=x", "offset"),
        ],
    )
    def test_parameters_that_cannot_be_used(self, client, group, query, parameter):
        answer = client.get(f"/api/v1/occurrences?{query}")
        assert answer.status_code == 422
        assert answer.content_type == "application/problem+json"
        problem = json.loads(answer.data)
        assert problem["status"] == 422
        assert problem["parameter"] == parameter
        assert problem["detail"].startswith(parameter)

    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize("path", ["/api/v1/occurrences", "/feeds/events.json"])
    def test_queries_do_not_grow_with_dates(self, client, make, count_queries, count, path):
        for _number in range(count):
            make.occurrence(make.event(tags=("a", "b")), soon())
        with count_queries() as seen:
            assert len(client.get(path).json["occurrences"]) == count
        assert len(seen) == 4  # the transaction's BEGIN, dates, tags, seats

    def test_the_description_is_true(self, client, group):
        described = client.get("/api/v1/openapi.json").json
        assert described["openapi"] == "3.1.0"
        assert set(described["paths"]) == {
            "/api/v1/occurrences",
            "/api/v1/occurrences/{id}/signups",
            "/feeds/events.json",
            "/feeds/meetings.json",
        }
        schema = described["components"]["schemas"]["Occurrence"]
        one = client.get("/api/v1/occurrences").json["occurrences"][0]
        assert set(one) == set(schema["properties"]) == set(schema["required"])
        page = described | {"$ref": "#/components/schemas/Occurrences"}
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.validate(client.get("/api/v1/occurrences").json, page)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"occurrences": [{}], "next": None}, page)
