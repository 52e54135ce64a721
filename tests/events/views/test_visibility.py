"""Who sees what: public, signed-in-only and private events side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from events.models import Event, EventStatus, Joining, Kind, Occurrence, Signup, Visibility
from people.models import Account, Role
from tests.factory import PACIFIC, Factory

SOON = datetime.now(ZoneInfo(PACIFIC)).replace(hour=18, minute=30) + timedelta(days=2)
KEY = f"{SOON:%Y-%m-%dT%H%M}"
HIDDEN = ("Members Supper", "Closed Circle", "Mentor Hour", "Draft Walk", "Deleted Walk")


@pytest.fixture
def side_by_side(make: Factory) -> dict[str, int]:
    """One event of each sort at one place, each with a date; the dates' ids by title."""
    place = make.venue(slug="harbor-hall")
    sorts = {
        "Open Group": {},
        "Members Supper": {"visibility": Visibility.SIGNED_IN},
        "Closed Circle": {"visibility": Visibility.PRIVATE},
        "Mentor Hour": {"kind": Kind.ONE_TO_ONE},
        "Draft Walk": {"status": EventStatus.DRAFT},
        "Deleted Walk": {
            "status": EventStatus.DELETED,
            "deleted_at": datetime.now(UTC),
            "deleted_from": EventStatus.PUBLISHED,
        },
    }
    dates = {}
    for title, values in sorts.items():
        slug = title.lower().replace(" ", "-")
        event = make.event(title, slug=slug, venue_id=place, tags=("beach",), **values)
        dates[title] = make.occurrence(event, SOON)
    return dates


@pytest.fixture
def member(client: FlaskClient, make: Factory, sign_in: Callable[..., None]) -> FlaskClient:
    sign_in(client, make.account(Role.PARTICIPANT, email="me@example.org", name="Mia"))
    return client


PUBLIC_PAGES = (
    "/",
    "/calendar/",
    f"/calendar/{SOON:%Y/%m}/",
    f"/calendar/{SOON:%Y/%m/%d}/",
    "/calendar/list/",
    "/calendar/list/?q=beach",
    "/calendar/list/?tag=beach",
    "/calendar/list/?venue=harbor-hall",
    "/venues/harbor-hall/",
    "/es/calendar/list/",
    "/feeds/all.ics",
    "/feeds/support-group.ics",
    "/feeds/events.json",
    "/feeds/events.atom",
    f"/api/v1/occurrences?from={SOON:%Y-%m-%d}&to={SOON:%Y-%m-%d}",
)


@pytest.mark.parametrize("path", PUBLIC_PAGES)
@pytest.mark.parametrize("signed_in", [False, True], ids=["visitor", "member"])
def test_only_what_is_public_is_on_public_pages_and_in_feeds(
    app: Flask, member: FlaskClient, side_by_side: dict[str, int], path: str, signed_in: bool
) -> None:
    answer = (member if signed_in else app.test_client()).get(path)
    assert answer.status_code == 200
    text = answer.text.replace("\r\n ", "")
    assert "Open Group" in text or path in {"/feeds/meetings.json"}
    for title in HIDDEN:
        assert title not in text, title
        assert title.lower().replace(" ", "-") not in text, title


def test_the_meeting_guide_never_has_them(client: FlaskClient, side_by_side: object) -> None:
    text = client.get("/feeds/meetings.json").text
    for title in HIDDEN:
        assert title not in text


@pytest.mark.parametrize("title", HIDDEN)
def test_their_public_addresses_do_not_exist(
    member: FlaskClient, side_by_side: dict[str, int], title: str
) -> None:
    slug = title.lower().replace(" ", "-")
    for path in ("/", ".ics", f"/{KEY}/", f"/{KEY}.ics"):
        assert member.get(f"/events/{slug}{path}").status_code == 404, path
    form = {"name": "Eve"}
    assert member.post(f"/events/{slug}/{KEY}/signup", data=form).status_code == 404
    assert member.post(f"/events/{slug}/signup", data=form).status_code == 404
    api = f"/api/v1/occurrences/{side_by_side[title]}/signups"
    assert member.post(api, json=form).status_code == 404


def test_whoever_has_signed_in_finds_what_is_for_them_and_no_more(
    app: Flask, member: FlaskClient, side_by_side: dict[str, int]
) -> None:
    assert "/me/events/" in member.get("/me/").text
    page = member.get("/me/events/")
    assert "Members Supper" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    for title in ("Open Group", *HIDDEN[1:]):
        assert title not in page.text
        slug = title.lower().replace(" ", "-")
        for path in (f"{slug}/", f"{slug}/{KEY}/", f"{slug}/nonsense/"):
            assert member.get(f"/me/events/{path}").status_code == 404, path
        for path in (f"{slug}/signup", f"{slug}/{KEY}/signup"):
            answer = member.post(f"/me/events/{path}", data={"name": "Mia"})
            assert answer.status_code == 404, path
    visitor = app.test_client()
    for path in ("", "members-supper/", f"members-supper/{KEY}/"):
        assert visitor.get(f"/me/events/{path}").status_code == 303, path
    answer = visitor.post(f"/me/events/members-supper/{KEY}/signup", data={"name": "Eve"})
    assert answer.status_code == 401


def test_they_sign_up_under_their_own_name(
    app: Flask, member: FlaskClient, side_by_side: dict[str, int]
) -> None:
    page = member.get(f"/me/events/members-supper/{KEY}/").text
    assert 'value="Mia"' in page
    assert "/events/members-supper.ics" not in page
    assert f'action="/me/events/members-supper/{KEY}/signup"' in page
    bad = member.post(f"/me/events/members-supper/{KEY}/signup", data={"name": " "})
    assert bad.status_code == 422
    made = member.post(f"/me/events/members-supper/{KEY}/signup", data={"name": "Mia"})
    assert made.status_code == 303
    again = member.post(f"/me/events/members-supper/{KEY}/signup", data={"name": "Mia"})
    assert again.location == made.location
    own = member.get(made.location).text
    assert "You have a place" in own
    assert ".ics" not in own
    assert 'href="/me/events/members-supper/"' in own
    with app.app_context():
        me = db.session.scalars(select(Account.person_id)).one()
        assert db.session.scalars(select(Signup.person_id)).all() == [me]
    assert "Members Supper" in member.get("/me/").text


def test_a_cohort_for_members_has_one_sign_up(app: Flask, member: FlaskClient, make: Factory):
    event = make.event(
        "Circle", slug="circle", visibility=Visibility.SIGNED_IN, joining=Joining.COHORT
    )
    for week in (0, 7):
        make.occurrence(event, SOON + timedelta(days=week))
    for page in ("/me/events/circle/", f"/me/events/circle/{KEY}/"):
        assert 'action="/me/events/circle/signup"' in member.get(page).text
    assert member.post("/me/events/circle/signup", data={"name": ""}).status_code == 422
    made = member.post("/me/events/circle/signup", data={"name": "Mia"})
    assert made.status_code == 303
    same = member.post(f"/me/events/circle/{KEY}/signup", data={"name": "Mia"})
    assert same.location == made.location
    with app.app_context():
        assert len(db.session.scalars(select(Signup.id)).all()) == 2


def test_what_is_private_is_on_the_page_of_those_who_take_part(
    app: Flask, member: FlaskClient, make: Factory, side_by_side: dict[str, int]
) -> None:
    with app.app_context():
        me = db.session.scalars(select(Account.person_id)).one()
    signup = make.signup(side_by_side["Closed Circle"], person_id=me)
    make.signup(side_by_side["Mentor Hour"], person_id=me, state="seated")
    mine = member.get("/me/").text
    assert "Closed Circle" in mine
    assert "Mentor Hour" in mine
    with app.app_context():
        token = db.session.get_one(Signup, signup).token
    own = app.test_client().get(f"/signups/{token}/").text
    assert "Closed Circle" in own
    assert "/events/closed-circle" not in own


def test_the_team_sees_all_of_them(
    app: Flask, make: Factory, sign_in: Callable[..., None], side_by_side: dict[str, int]
) -> None:
    desk = app.test_client()
    sign_in(desk, make.account(Role.COORDINATOR))
    listed = desk.get("/manage/events/").text
    for title in ("Open Group", *HIDDEN[:3]):
        assert title in listed
    assert "Draft Walk" in desk.get("/manage/events/?status=draft").text
    assert "Deleted Walk" in desk.get("/manage/deleted/").text


def test_the_list_for_members_takes_a_fixed_number_of_queries(
    app: Flask, member: FlaskClient, make: Factory, count_queries: Callable[[], object]
) -> None:
    event = make.event(visibility=Visibility.SIGNED_IN)
    counts = []
    for weeks in ((0,), (1, 2)):
        for week in weeks:
            make.occurrence(event, SOON + timedelta(days=7 * week))
        with count_queries() as seen:  # type: ignore[attr-defined]
            member.get("/me/events/")
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts == [6, 6]
    for odd in ("page=0", "page=999", "page=x"):
        assert member.get(f"/me/events/?{odd}").status_code == 200
    with app.app_context():
        assert db.session.get_one(Event, event).visibility == "signed-in"
        assert len(db.session.scalars(select(Occurrence.id)).all()) == 3
