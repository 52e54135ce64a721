"""The desk's pages of many dates and of closures."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from events.models import Closure, Occurrence, Visibility
from people.models import Role
from tests.factory import PACIFIC, Factory

TODAY = datetime.now(ZoneInfo(PACIFIC)).date()
SOON = TODAY + timedelta(days=2)


@pytest.fixture
def desk(client: FlaskClient, make: Factory, sign_in) -> FlaskClient:
    sign_in(client, make.account(Role.COORDINATOR))
    return client


def undo_button(page: str) -> str:
    found = re.search(r'action="(/manage/changes/\d+/undo)"', page)
    assert found, page
    return found[1]


def statuses(app: Flask) -> list[str]:
    with app.app_context():
        return [str(one) for one in db.session.scalars(select(Occurrence.status))]


def test_a_hurricane_week_in_three_presses(desk: FlaskClient, app: Flask, make: Factory) -> None:
    ids = [make.occurrence(make.event(f"Group {n}", venue_id=make.venue())) for n in range(3)]
    make.signup(ids[0], email="sam@example.org")
    page = desk.get("/manage/dates/?all=1").text
    assert page.count('name="chosen"') == page.count(" checked>") == 3
    page = desk.post("/manage/dates/", data={"chosen": ids, "verb": "cancel"}).text
    assert "Cancel 3 dates?" in page
    assert "1 left an address" in page
    data = {"chosen": ids, "verb": "cancel", "action": "apply", "reason": "Hurricane"}
    answer = desk.post("/manage/dates/", data=data)
    assert answer.status_code == 303
    assert statuses(app) == ["cancelled"] * 3
    page = desk.get(answer.location).text
    assert "3 dates are cancelled." in page
    assert desk.post(undo_button(page)).status_code == 303
    assert statuses(app) == ["scheduled"] * 3


def test_moving_says_where_to_and_what_collides(
    desk: FlaskClient, app: Flask, make: Factory
) -> None:
    hall, mill = make.venue("Harbor Hall"), make.venue("Old Mill")
    one = make.occurrence(make.event("Tuesday Group", venue_id=hall))
    make.occurrence(make.event("Choir", venue_id=mill))
    page = desk.post("/manage/dates/", data={"chosen": [one], "verb": "move"}).text
    assert "Where does 1 date go?" in page
    form = {"chosen": [one], "verb": "move", "days": "", "minutes": "", "venue": ""}
    answer = desk.post("/manage/dates/", data=form)
    assert (answer.status_code, "or choose a place" in answer.text) == (422, True)
    form["venue"] = str(mill)
    page = desk.post("/manage/dates/", data=form).text
    assert "Move 1 date?" in page
    assert "at the same time there: Choir" in page
    assert desk.post("/manage/dates/", data=form | {"action": "apply"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Occurrence, one).venue_id == mill


def test_faults_are_said_and_the_choice_stays(desk: FlaskClient, make: Factory) -> None:
    one = make.occurrence(make.event())
    answer = desk.post("/manage/dates/", data={"verb": "cancel"})
    assert (answer.status_code, "choose at least one" in answer.text) == (422, True)
    many = [str(number) for number in range(1, 502)]
    answer = desk.post("/manage/dates/", data={"verb": "cancel", "chosen": many})
    assert (answer.status_code, "at most 500" in answer.text) == (422, True)
    assert f'value="{one}" checked' in answer.text
    odd = {"verb": "explode", "chosen": ["x", "99999999999", str(one)]}
    assert desk.post("/manage/dates/", data=odd).status_code == 422
    wild = "/manage/dates/?from=x&to=9999-99-99&venue=x&kind=x&status=x&q=%25_%5C"
    assert desk.get(wild).status_code == 200


def test_the_search_finds_by_day_place_kind_and_words(desk: FlaskClient, make: Factory) -> None:
    hall = make.venue("Harbor Hall")
    make.occurrence(make.event("Tuesday Group", venue_id=hall))
    make.occurrence(make.event("Choir", kind="community-event"))
    for query, shown in (
        (f"venue={hall}", "Tuesday Group"),
        ("q=harbor", "Tuesday Group"),
        ("kind=community-event", "Choir"),
    ):
        page = desk.get(f"/manage/dates/?{query}").text
        assert page.count('name="chosen"') == 1
        assert shown in page
    assert "No date like that" in desk.get("/manage/dates/?status=cancelled").text


@pytest.mark.parametrize(("path", "statements"), [("/manage/dates/", 7), ("/manage/closures/", 4)])
def test_the_lists_ask_as_much_for_three_as_for_one(
    desk: FlaskClient, make: Factory, count_queries, path: str, statements: int
) -> None:
    for number in range(3):
        venue = make.venue()
        make.signup(make.occurrence(make.event(venue_id=venue)))
        span = {"first_day": SOON, "last_day": SOON, "reason": "Repairs"}
        desk.post(
            "/manage/closures/new",
            data={"venue": venue, "action": "apply"}
            | {key: str(value) for key, value in span.items()},
        )
        if number in {0, 2}:
            desk.get(path)
            with count_queries() as seen:
                assert desk.get(path).status_code == 200
            asked = [one for one in seen if one.startswith(("SELECT", "WITH"))]
            assert len(asked) == statements, "\n".join(asked)


def closure(venue: int | str, **more: str) -> dict[str, str]:
    days = {"first_day": SOON.isoformat(), "last_day": SOON.isoformat()}
    return {"venue": str(venue), "reason": "New floor", **days, **more}


def test_a_place_is_closed_after_seeing_what_happens(
    desk: FlaskClient, app: Flask, make: Factory
) -> None:
    hall = make.venue("Harbor Hall")
    one = make.occurrence(make.event("Tuesday Group", venue_id=hall, slug="tuesday"))
    make.signup(one, email="sam@example.org")
    page = desk.post("/manage/closures/new", data=closure(hall)).text
    assert "1 date is closed and says so." in page
    assert "Tuesday Group: 1 date" in page
    assert "1 left an address and gets one message" in page
    assert statuses(app) == ["scheduled"]
    answer = desk.post("/manage/closures/new", data=closure(hall, action="apply"))
    assert answer.status_code == 303
    assert statuses(app) == ["cancelled"]
    page = desk.get("/manage/closures/").text
    assert "Harbor Hall" in page and "New floor" in page and "1 date is closed" in page
    page = desk.get(f"/manage/occurrences/{one}/").text
    assert "comes back by itself" in page
    with app.app_context():
        number = db.session.scalars(select(Closure.id)).one()
    assert "1 date takes place again." in desk.get(f"/manage/closures/{number}/lift").text
    desk.post(f"/manage/closures/{number}/lift")
    assert statuses(app) == ["scheduled"]


def test_a_closure_that_is_changed_says_what_changes(
    desk: FlaskClient, app: Flask, make: Factory
) -> None:
    hall = make.venue("Harbor Hall")
    make.occurrence(make.event(venue_id=hall))
    desk.post("/manage/closures/new", data=closure(hall, action="apply"))
    with app.app_context():
        stored = db.session.scalars(select(Closure)).one()
        number, seen = stored.id, stored.updated_at.isoformat()
    assert SOON.isoformat() in desk.get(f"/manage/closures/{number}/").text
    later = (SOON + timedelta(days=1)).isoformat()
    moved = closure(hall, first_day=later, last_day=later, seen=seen)
    page = desk.post(f"/manage/closures/{number}/", data=moved).text
    assert "1 date takes place again." in page
    assert desk.post(f"/manage/closures/{number}/", data=moved | {"action": "apply"}).location
    assert statuses(app) == ["scheduled"]
    again = moved | {"action": "apply", "reason": "Other"}
    answer = desk.post(f"/manage/closures/{number}/", data=again)
    assert (answer.status_code, "changed this closure meanwhile" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first_day": "", "last_day": ""}, "Please give a date."),
        ({"last_day": (SOON - timedelta(days=1)).isoformat()}, "before the first day"),
        ({"first_day": "2020-01-01", "last_day": "2020-01-02"}, "are over"),
        ({"last_day": (SOON + timedelta(days=400)).isoformat()}, "too long"),
        ({"venue": "4711"}, "Not a valid choice"),
    ],
)
def test_a_bad_closure_is_shown_again(
    desk: FlaskClient, make: Factory, fields: dict[str, str], said: str
) -> None:
    answer = desk.post("/manage/closures/new", data=closure("") | fields)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text


def test_public_pages_say_plainly_what_is_closed(
    desk: FlaskClient, app: Flask, make: Factory
) -> None:
    hall = make.venue("Harbor Hall", slug="harbor-hall")
    event = make.event("Tuesday Group", venue_id=hall, slug="tuesday")
    one = make.occurrence(event)
    house = make.venue("Private House", slug="private-house")
    make.event("Secret", venue_id=house, visibility=Visibility.PRIVATE)
    desk.post("/manage/closures/new", data=closure(hall, action="apply"))
    desk.post("/manage/closures/new", data=closure(house, action="apply"))
    visitor = app.test_client()
    for path in ("/", "/events/tuesday/", "/venues/harbor-hall/"):
        page = unescape(visitor.get(path).text)
        assert "Harbor Hall is closed on" in page, path
        assert "New floor" in page
        assert "Private House" not in page
    with app.app_context():
        key = db.session.get_one(Occurrence, one).key
    page = visitor.get(f"/events/tuesday/{key}/").text
    assert "This date is cancelled" in page and "New floor" in page
    feed = visitor.get("/events/tuesday.ics").text
    assert "STATUS:CANCELLED" in feed and "New floor" in feed


def test_the_move_page_warns_of_a_closure(desk: FlaskClient, app: Flask, make: Factory) -> None:
    hall, mill = make.venue("Harbor Hall"), make.venue("Old Mill")
    one = make.occurrence(make.event(venue_id=mill))
    desk.post("/manage/closures/new", data=closure(hall, action="apply"))
    move = {"day": SOON.isoformat(), "start": "18:30", "end": "20:00", "venue": str(hall)}
    answer = desk.post(f"/manage/occurrences/{one}/move", data=move)
    assert (answer.status_code, "It is closed there" in answer.text) == (422, True)
    answer = desk.post(f"/manage/occurrences/{one}/move", data=move | {"even_so": "1"})
    assert answer.status_code == 303
    assert statuses(app) == ["cancelled"]
    assert (
        "It is closed then"
        in desk.post(f"/manage/occurrences/{one}/restore", follow_redirects=True).text
    )


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.FACILITATOR])
@pytest.mark.parametrize("path", ["/manage/dates/", "/manage/closures/", "/manage/closures/new"])
def test_only_who_plans_events_may(
    client: FlaskClient, make: Factory, sign_in, role: Role, path: str
) -> None:
    assert client.get(path).status_code == 303
    sign_in(client, make.account(role))
    assert client.get(path).status_code == 403
    posted = client.post(path)
    assert posted.status_code in {403, 405}
