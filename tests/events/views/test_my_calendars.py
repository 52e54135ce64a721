"""The pages on which people make, show, change and end links to their own calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.db import db
from events import subscriptions
from events.models import PersonalFeed
from events.subscriptions import MOST_LINKS, LinkPlan
from people import audit
from people.models import AuditEntry, Person, Role, Wording
from tests.events.personal_feeds import change, entries, link, person_of, soon, summaries

ADDRESS = re.compile(r'value="http://localhost(/feeds/(?:me|team)/[\w-]{22}\.ics)"')
FIELDS = {"name": "My phone", "says": "discreet", "reminder": "0"}


@pytest.fixture
def people(app, make, sign_in) -> dict[str, object]:
    """A participant and a facilitator, each signed in on a client of their own."""
    found: dict[str, object] = {}
    for role in (Role.PARTICIPANT, Role.FACILITATOR):
        email = make.account(role)
        browser = app.test_client()
        sign_in(browser, email)
        found[role.value] = browser
        found[f"{role.value}_id"] = person_of(app, email)
    return found


@pytest.fixture
def mine(people):
    return people["participant"]


@pytest.fixture
def me(people) -> int:
    return people["participant_id"]


def made_page(answer) -> str:
    assert answer.status_code == 303, answer.text
    assert re.fullmatch(r"/me/calendars/\d+/", answer.location)
    return answer.location


def address_on(page: str) -> str:
    (found,) = ADDRESS.findall(page)
    return found


def test_make_a_link_and_subscribe_to_it(client, make, mine, me):
    make.signup(make.occurrence(make.event("Tuesday Group"), soon()), person_id=me)
    assert "No links yet" in mine.get("/me/calendars/").text
    assert "/me/calendars/" in mine.get("/me/").text
    where = made_page(mine.post("/me/calendars/new", data=FIELDS | {"name": "  My   phone "}))
    page = mine.get(where)
    assert page.headers["Cache-Control"] == "no-store"
    path = address_on(page.text)
    assert f"webcal://localhost{path}" in page.text
    assert "calendar.google.com/calendar/r?cid=webcal%3A%2F%2Flocalhost%2Ffeeds%2Fme" in page.text
    assert "outlook.live.com/calendar/0/addfromweb?url=http" in page.text
    assert f'href="{path}" download' in page.text
    assert "<svg" in page.text
    assert summaries(client.get(path).data) == [f"Your {soon():%A} appointment"]
    listed = mine.get("/me/calendars/").text
    assert "My phone" in listed
    assert path not in listed
    assert address_on(mine.get(where).text) == path


def test_the_list_says_when_each_was_last_used(app, client, mine, me):
    made = link(app, me)
    assert "Never used yet" in mine.get("/me/calendars/").text
    client.get(made.path)
    change(app, PersonalFeed, made.id, last_used_on=datetime(2026, 11, 23).date())
    assert "Last used Monday, November 23" in mine.get("/me/calendars/").text
    assert "Last used Monday, November 23" in mine.get(f"/me/calendars/{made.id}/").text


def test_the_form_starts_as_the_person_has_their_mail(app, mine, me, people):
    def chosen(browser, query="") -> str:
        page = browser.get(f"/me/calendars/new{query}").text
        (found,) = re.findall(r'<input checked [^>]*name="says"[^>]*value="(\w+)"', page)
        return found

    assert chosen(mine) == "discreet"
    change(app, Person, me, wording=Wording.FULL)
    assert chosen(mine) == "full"
    assert chosen(people["facilitator"], "?of=team") == "full"


def test_who_leads_has_a_link_to_what_they_lead(client, make, people):
    leader, leader_id = people["facilitator"], people["facilitator_id"]
    event_id = make.event("Tuesday Group")
    make.occurrence(event_id, soon())
    make.assignment(event_id, leader_id)
    assert "/me/calendars/" in leader.get("/today/").text
    assert "of=team" in leader.get("/me/calendars/").text
    fields = FIELDS | {"says": "full", "reminder": "60"}
    where = made_page(leader.post("/me/calendars/new?of=team", data=fields))
    body = client.get(address_on(leader.get(where).text)).data
    assert summaries(body) == ["Tuesday Group (lead)"]
    assert b"TRIGGER:-PT1H" in body


def test_others_have_no_link_to_what_is_led(mine):
    assert "of=team" not in mine.get("/me/calendars/").text
    assert mine.get("/me/calendars/new?of=team").status_code == 403
    assert mine.post("/me/calendars/new?of=team", data=FIELDS).status_code == 403
    assert mine.get("/me/calendars/new?of=all").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "   "}, "Please give it a name"),
        ({"name": "x" * 61}, "at most 60 letters"),
        ({"says": ""}, "Please choose one."),
        ({"says": "all"}, "Not a valid choice"),
        ({"reminder": "7"}, "Not a valid choice"),
    ],
)
def test_a_form_that_cannot_be_used_comes_back_filled_in(app, mine, me, fields, words):
    sent = FIELDS | {"name": "Kitchen tablet"} | fields
    answer = mine.post("/me/calendars/new", data=sent)
    assert answer.status_code == 422
    assert words in answer.text
    made = link(app, me)
    answer = mine.post(f"/me/calendars/{made.id}/", data=sent)
    assert answer.status_code == 422
    assert words in answer.text
    if "name" not in fields:
        assert 'value="Kitchen tablet"' in answer.text


def test_pressing_twice_makes_one_link(app, mine):
    page = mine.get("/me/calendars/new").text
    press = re.search(r'name="press"[^>]*value="([^"]+)"', page)[1]
    fields = FIELDS | {"press": press}
    first = made_page(mine.post("/me/calendars/new", data=fields))
    assert made_page(mine.post("/me/calendars/new", data=fields)) == first
    other = made_page(mine.post("/me/calendars/new", data=fields | {"name": "My tablet"}))
    assert other != first
    mine.post(f"{first}revoke")
    again = made_page(mine.post("/me/calendars/new", data=fields))
    assert again != first
    assert made_page(mine.post("/me/calendars/new", data=FIELDS)) not in (first, again)


def test_nobody_makes_anothers_link_by_their_press(mine, people):
    fields = FIELDS | {"press": "11111111-1111-4111-8111-111111111111"}
    other = people["facilitator"]
    pages = [made_page(one.post("/me/calendars/new", data=fields)) for one in (mine, other)]
    paths = [address_on(one.get(page).text) for one, page in zip((mine, other), pages, strict=True)]
    assert paths[0] != paths[1]


def test_change_what_it_says(app, client, make, mine, me):
    make.signup(make.occurrence(make.event("Tuesday Group"), soon()), person_id=me)
    made = link(app, me, LinkPlan("Phone", Wording.FULL, reminder_minutes=1440))
    page = mine.get(f"/me/calendars/{made.id}/").text
    assert re.search(r"<option selected value=\"1440\"", page)
    assert "everything · reminder 1 day before" in mine.get("/me/calendars/").text
    sent = {"name": "Shared", "says": "busy", "reminder": "0"}
    answer = mine.post(f"/me/calendars/{made.id}/", data=sent)
    assert (answer.status_code, answer.location) == (303, f"/me/calendars/{made.id}/")
    page = mine.get(f"/me/calendars/{made.id}/").text
    assert "Saved." in page
    assert address_on(page) == made.path
    assert "only “Busy”" in mine.get("/me/calendars/").text
    (one,) = entries(client.get(made.path).data)
    assert (one["SUMMARY"], len(one.walk("VALARM"))) == ("Busy", 0)


def test_a_new_address_in_one_click(app, client, mine, me):
    made = link(app, me, LinkPlan("Phone", Wording.FULL, reminder_minutes=15))
    where = made_page(mine.post(f"/me/calendars/{made.id}/renew"))
    path = address_on(mine.get(where).text)
    assert client.get(made.path).status_code == 410
    assert client.get(path).status_code == 200
    with app.app_context():
        new = db.session.scalars(select(PersonalFeed).where(PersonalFeed.id != made.id)).one()
        assert (new.name, new.wording, new.reminder_minutes) == ("Phone", "full", 15)
    again = mine.post(f"/me/calendars/{made.id}/renew")
    assert (again.status_code, again.location) == (303, "/me/calendars/")
    with app.app_context():
        assert len(subscriptions.links_of(me)) == 1


def test_end_a_link(app, client, mine, me):
    made = link(app, me)
    other = link(app, me)
    asked = mine.get(f"/me/calendars/{made.id}/revoke")
    assert "Yes, end it" in asked.text
    assert client.get(made.path).status_code == 200
    for _press in range(2):
        answer = mine.post(f"/me/calendars/{made.id}/revoke")
        assert (answer.status_code, answer.location) == (303, "/me/calendars/")
    assert client.get(made.path).status_code == 410
    assert client.get(other.path).status_code == 200
    for ask in (mine.get, lambda url: mine.post(url, data=FIELDS)):
        answer = ask(f"/me/calendars/{made.id}/")
        assert (answer.status_code, answer.location) == (303, "/me/calendars/")
    assert mine.get(f"/me/calendars/{made.id}/revoke").status_code == 303
    assert "That link has ended." in mine.get("/me/calendars/").text


def test_anothers_link_is_not_there(app, people, mine):
    made = link(app, people["facilitator_id"])
    with app.app_context():
        ended = link(app, people["facilitator_id"]).id
        owner = audit.person(people["facilitator_id"])
        subscriptions.revoke_link(ended, by=owner, now=datetime.now(UTC))
    for number in (made.id, ended, 999):
        base = f"/me/calendars/{number}/"
        assert mine.get(base).status_code == 404
        assert mine.get(f"{base}revoke").status_code == 404
        for path in (base, f"{base}revoke", f"{base}renew"):
            assert mine.post(path, data=FIELDS).status_code == 404
    with app.app_context():
        stranger = audit.person(people["participant_id"])
        now = datetime.now(UTC)
        plan = LinkPlan("Mine now", Wording.FULL)
        assert subscriptions.revoke_link(made.id, by=stranger, now=now) is not True
        assert subscriptions.change_link(made.id, plan, by=stranger, now=now) is not True
        feed = db.session.get_one(PersonalFeed, made.id)
        assert (feed.revoked_at, feed.name) == (None, "My phone")


def test_there_is_a_most(app, mine, me):
    for number in range(MOST_LINKS):
        link(app, me, LinkPlan(f"Device {number}", Wording.DISCREET))
    page = mine.get("/me/calendars/").text
    assert "You have 20 links" in page
    assert "/me/calendars/new" not in page
    answer = mine.post("/me/calendars/new", data=FIELDS)
    assert answer.status_code == 409
    assert "End one first" in answer.text
    assert 'value="My phone"' in answer.text
    with app.app_context():
        first = subscriptions.links_of(me)[0].id
    assert mine.post(f"/me/calendars/{first}/renew").status_code == 303
    mine.post(f"/me/calendars/{first + 1}/revoke")
    made_page(mine.post("/me/calendars/new", data=FIELDS))


def test_after_the_site_s_key_was_changed(app, client, mine, me, make, sign_in):
    made = link(app, me)
    app.config["SECRET_KEY"] = "another key " * 4
    sign_in(mine, make.account(Role.PARTICIPANT, email="new@example.org"))
    change(app, PersonalFeed, made.id, person_id=person_of(app, "new@example.org"))
    page = mine.get(f"/me/calendars/{made.id}/").text
    assert "cannot be shown again" in page
    assert "/feeds/me/" not in page
    assert client.get(made.path).status_code == 200
    where = made_page(mine.post(f"/me/calendars/{made.id}/renew"))
    assert client.get(address_on(mine.get(where).text)).status_code == 200


def test_all_of_it_is_in_the_record_without_names(app, mine, me):
    where = made_page(mine.post("/me/calendars/new", data=FIELDS))
    mine.post(where, data=FIELDS | {"says": "full"})
    mine.post(where, data=FIELDS | {"says": "full"})  # nothing is different
    mine.post(f"{where}renew")
    with app.app_context():
        found = db.session.scalars(
            select(AuditEntry).where(AuditEntry.subject == "calendar-link").order_by(AuditEntry.id)
        ).all()
        assert [one.verb for one in found] == ["make", "edit", "revoke", "make"]
        assert {one.actor_id for one in found} == {me}
        assert [one.detail for one in found] == [{"scope": "me"}, {}, {}, {"scope": "me"}]


def test_its_language_is_that_of_the_page_it_was_made_on(client, make, mine, me):
    make.signup(make.occurrence(make.event("Tuesday Group"), soon()), person_id=me)
    answer = mine.post("/es/me/calendars/new", data=FIELDS)
    path = address_on(mine.get(answer.location).text)
    body = client.get(path).data.decode()
    assert "URL:http://localhost/es/me/" in body


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_links(app, mine, me, count_queries, count):
    for _number in range(count):
        link(app, me)
    with count_queries() as seen:
        assert mine.get("/me/calendars/").text.count("<h2 class=") == count
    assert len(seen) == 4  # BEGIN, the account, its roles, the links


def test_two_changes_within_a_second_are_two(app, me):
    made = link(app, me)
    now = datetime.now(UTC) + timedelta(seconds=5)
    with app.app_context():
        for name in ("One", "Two"):
            plan = LinkPlan(name, Wording.DISCREET)
            subscriptions.change_link(made.id, plan, by=audit.person(me), now=now)
        feed = db.session.get_one(PersonalFeed, made.id)
        assert feed.updated_at == now + timedelta(seconds=1)
