"""Editing an event or a place: what is shown, what stays secret, and two who edit at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import db
from events.models import Event, Kind, Mode, Room, SignupState, Venue
from people.models import Role
from tests.factory import Factory

SignIn = Callable[[FlaskClient, str], None]


@pytest.fixture
def desk(client: FlaskClient, make: Factory, sign_in: SignIn) -> FlaskClient:
    sign_in(client, make.account(Role.COORDINATOR, "ana@example.org", name="Ana"))
    return client


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def filled(**values: object) -> dict[str, object]:
    return {
        "title": "Tuesday Group",
        "kind": Kind.SUPPORT_GROUP.value,
        "joining": "per-date",
        "closes": "0",
        "mode": Mode.IN_PERSON.value,
        "visibility": "public",
        "languages": ["en"],
    } | values


def test_the_second_of_two_sees_what_changed_and_loses_nothing(
    app: Flask, desk: FlaskClient, make: Factory
) -> None:
    event = make.event(summary="For all")
    path = f"/manage/events/{event}/edit"
    first = second = seen(desk.get(path).text)
    saved = desk.post(path, data=filled(title="Calm Waters", summary="For all", seen=first))
    assert saved.status_code == 303
    mine = filled(title="Still Waters", summary="For everyone", cost="$2", seen=second)
    answer = desk.post(path, data=mine)
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "Ana changed this event meanwhile" in page
    assert "was “Tuesday Group”, is now “Calm Waters”" in page
    assert "You changed it too; yours is in the form." in page
    assert 'value="Still Waters"' in page
    assert 'value="For everyone"' in page
    again = desk.post(path, data=mine | {"seen": seen(answer.text)})
    assert again.status_code == 303
    with app.app_context():
        kept = db.session.get_one(Event, event)
        assert (kept.title, kept.summary, kept.cost) == ("Still Waters", "For everyone", "$2")


def test_what_only_the_other_touched_is_taken_over(
    app: Flask, desk: FlaskClient, make: Factory
) -> None:
    event = make.event()
    path = f"/manage/events/{event}/edit"
    second = seen(desk.get(path).text)
    desk.post(path, data=filled(cost="$5", audiences=["women"], seen=second))
    answer = desk.post(path, data=filled(title="Calm Waters", seen=second))
    assert answer.status_code == 409
    assert "You changed it too" not in answer.text
    form = re.findall(r'name="cost"[^>]*value="([^"]*)"', answer.text)
    assert form == ["$5"]
    assert re.search(r'<input[^>]*checked[^>]*value="women"', answer.text)


def test_without_a_second_editor_there_is_nothing_to_see(
    app: Flask, desk: FlaskClient, make: Factory
) -> None:
    event = make.event()
    path = f"/manage/events/{event}/edit"
    for known in (seen(desk.get(path).text), "", "[]", "nonsense"):
        assert desk.post(path, data=filled(title="A", seen=known)).status_code == 303
        assert desk.post(path, data=filled(seen=seen(desk.get(path).text))).status_code == 303


def test_an_edit_can_be_undone(app: Flask, desk: FlaskClient, make: Factory) -> None:
    event = make.event()
    path = f"/manage/events/{event}/edit"
    page = desk.post(path, data=filled(title="Wrong"), follow_redirects=True).text
    undo = re.search(r'action="(/manage/changes/\d+/undo)"', page)
    assert undo
    assert "Undone." in desk.post(undo[1], follow_redirects=True).text
    with app.app_context():
        assert db.session.get_one(Event, event).title == "Tuesday Group"


def test_two_edit_one_place(app: Flask, desk: FlaskClient, make: Factory) -> None:
    venue = make.venue()
    path = f"/manage/venues/{venue}/edit"
    known = seen(desk.get(path).text)
    hall = {"name": "Harbor Hall", "address": "2 Pier Road", "city": "Huntington Beach"}
    assert desk.post(path, data=hall | {"seen": known}).status_code == 303
    answer = desk.post(path, data=hall | {"address": "3 Pier Road", "seen": known})
    assert answer.status_code == 409
    assert "is now “2 Pier Road”" in unescape(answer.text)
    with app.app_context():
        assert db.session.get_one(Venue, venue).address == "2 Pier Road"


def test_coordinates_come_in_pairs_and_lie_on_the_earth(desk: FlaskClient, make: Factory) -> None:
    path = f"/manage/venues/{make.venue()}/edit"
    one = desk.post(path, data={"name": "Hall", "latitude": "33.6"})
    assert (one.status_code, "both numbers" in one.text) == (422, True)
    far = desk.post(path, data={"name": "Hall", "latitude": "91", "longitude": "1"})
    assert (far.status_code, "from -90 to 90" in far.text) == (422, True)


def test_rooms_are_added_and_removed_by_form(app: Flask, desk: FlaskClient, make: Factory) -> None:
    venue = make.venue()
    page = desk.post(
        f"/manage/venues/{venue}/rooms",
        data={"name": "Attic", "capacity": 8},
        follow_redirects=True,
    )
    assert "The room is added." in page.text
    assert desk.post(f"/manage/venues/{venue}/rooms", data={"name": ""}).status_code == 422
    with app.app_context():
        room = db.session.query(Room).one().id
    assert f'value="{venue}:{room}"' in desk.get("/manage/events/new").text
    gone = {"name": "Attic", "action": "remove"}
    desk.post(f"/manage/venues/{venue}/rooms/{room}", data=gone)
    with app.app_context():
        assert db.session.query(Room).count() == 0


def test_what_is_said_of_an_event_is_on_its_public_page(client: FlaskClient, make: Factory) -> None:
    make.event(visibility="private", title="Hidden", cost="$99")
    venue = make.venue(transit="Bus 1 and 55", access_notes="Ring twice.")
    event = make.event(
        slug="calm", venue_id=venue, audiences=["women", "veterans"], cost="$2 for coffee"
    )
    make.occurrence(event)
    page = client.get("/events/calm/").text
    for words in ("Women, Veterans", "$2 for coffee", "Bus 1 and 55", "Ring twice."):
        assert words in page
    assert "$99" not in page


def test_a_passcode_is_for_the_signed_up_only(client: FlaskClient, make: Factory) -> None:
    event = make.event(
        slug="calm",
        mode=Mode.ONLINE,
        online_url="https://meet.example.org/1",
        online_url_public=True,
        online_passcode="blue-42",
    )
    one = make.occurrence(event)
    for path in (
        "/events/calm/",
        "/events/calm.ics",
        "/feeds/all.ics",
        "/feeds/events.json",
        "/feeds/meetings.json",
        "/feeds/events.atom",
        "/api/v1/occurrences",
        "/calendar/list/",
    ):
        assert "blue-42" not in client.get(path).text, path
    make.signup(one, token="t" * 22)
    make.signup(one, state=SignupState.QUEUED, token="q" * 22)
    assert "blue-42" in client.get(f"/signups/{'t' * 22}/").text
    assert "blue-42" not in client.get(f"/signups/{'q' * 22}/").text


def test_markdown_is_shown_before_it_is_saved(desk: FlaskClient, make: Factory) -> None:
    path = f"/manage/events/{make.event()}/edit"
    text = "We *listen* <script>alert(1)</script>"
    page = desk.post(path, data=filled(description=text, action="preview-text"))
    assert page.status_code == 200
    assert "<em>listen</em>" in page.text
    assert "<script>alert" not in page.text


def test_another_place_says_first_who_is_told(app: Flask, desk: FlaskClient, make: Factory) -> None:
    event, hall = make.event(), make.venue()
    one = make.occurrence(event)
    make.signup(one, email="sam@example.org")
    make.signup(one, "Robin")
    path = f"/manage/events/{event}/edit"
    wanted = filled(venue=str(hall), seen=seen(desk.get(path).text))
    page = desk.post(path, data=wanted)
    said = "1 date with people on it changes its place; messages that go out: 1."
    assert (page.status_code, said in page.text) == (200, True)
    with app.app_context():
        assert db.session.get_one(Event, event).venue_id is None
    assert desk.post(path, data=wanted | {"sure": said}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Event, event).venue_id == hall
