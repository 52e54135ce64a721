"""The desk over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.db import db
from events.models import Assignment, Event, Occurrence, Series, SignupState, Venue
from people.models import Account, AuditEntry, OutboxMessage, Role
from tests.factory import PACIFIC, Factory

SOON = (datetime.now(UTC) + timedelta(days=30)).date()
FORM = {
    "title": "Riding Out Cravings",
    "kind": "workshop",
    "joining": "per-date",
    "capacity": "12",
    "closes": "60",
    "mode": "in-person",
    "visibility": "public",
    "languages": ["en", "es"],
    "venue": "",
    "tags": "Women, big book",
    "repeats": "once",
    "day": SOON.isoformat(),
    "start": "18:30",
    "end": "20:00",
}


@pytest.fixture
def desk(client: FlaskClient, make: Factory, sign_in: Callable[..., None]) -> FlaskClient:
    sign_in(client, make.account(Role.COORDINATOR))
    return client


def _fill(**values: object) -> dict[str, object]:
    return FORM | {"press": str(uuid4())} | values


def _count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def _only(app: Flask, model: type):
    with app.app_context():
        return db.session.scalars(select(model)).one()


def test_a_one_off_event_is_made_and_shown(app, desk):
    answer = desk.post("/manage/events/new", data=_fill())
    assert answer.status_code == 303
    page = desk.get(answer.location)
    assert "Riding Out Cravings" in page.text
    assert "The event is on the calendar." in page.text
    made = _only(app, Occurrence)
    assert made.key == f"{SOON}T1830"
    assert made.ends_at - made.starts_at == timedelta(minutes=90)
    assert _only(app, Event).capacity == 12


def test_a_weekly_series_is_made(app, desk):
    form = _fill(repeats="weekly", weekdays=["1", "3"], interval="2", end="00:30", start="23:00")
    assert desk.post("/manage/events/new", data=form).status_code == 303
    made = _only(app, Series)
    assert (made.weekdays, made.interval, made.duration_minutes) == ([1, 3], 2, 90)
    assert _count(app, Occurrence) > 60
    page = desk.get(f"/manage/events/{made.event_id}/").text
    assert "Every other Tuesday and Thursday" in page


def test_without_a_weekday_the_first_day_gives_it(app, desk):
    desk.post("/manage/events/new", data=_fill(repeats="weekly"))
    assert _only(app, Series).weekdays == [SOON.weekday()]


def test_a_new_place_is_made_with_the_event(app, desk):
    desk.post("/manage/events/new", data=_fill(new_venue_name="Pier Room"))
    assert _only(app, Event).venue_id == _only(app, Venue).id


def test_pressing_twice_makes_one_event(app, desk):
    form = _fill()
    first = desk.post("/manage/events/new", data=form)
    assert desk.post("/manage/events/new", data=form).location == first.location
    assert _count(app, Event) == 1


def test_the_form_gives_every_page_a_press_of_its_own(desk):
    pages = [desk.get("/manage/events/new").text for _ in range(2)]
    presses = {re.search(r'name="press"[^>]*value="([0-9a-f-]{36})"', page)[1] for page in pages}
    assert len(presses) == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Please give it a title."),
        ({"title": "\u202e\x00 \u200f"}, "Please give it a title."),
        ({"title": "x" * 201}, "Please use at most 200 letters."),
        ({"description": "x" * 10_001}, "Please use at most 10000 letters."),
        ({"kind": "party"}, "Not a valid choice."),
        ({"kind": ""}, "Please choose one."),
        ({"day": ""}, "Please give a date."),
        ({"day": "9999-12-31"}, "That date is too far ahead"),
        ({"day": "0001-01-01"}, "That date is too far back"),
        ({"day": "10000-01-01"}, "Not a valid date value."),
        ({"day": "2026-02-30"}, "Not a valid date value."),
        ({"end": "18:30"}, "It ends when it starts."),
        ({"end": "25:99"}, "Not a valid time value."),
        ({"last_day": "9999-12-31"}, "That is too long"),
        ({"last_day": "0001-01-01"}, "It ends when it starts."),
        ({"capacity": "-1"}, "Please write a number from 0 to 10,000."),
        ({"capacity": "9" * 5000}, "Not a valid integer value."),
        ({"venue": "4711"}, "Not a valid choice."),
        ({"online_url": "javascript:alert(1)"}, "Please give a full web address"),
        ({"online_url": "https://["}, "Please give a full web address"),
        ({"tags": ",".join("abcdefghijklm")}, "Please give at most 12 words."),
        ({"repeats": "weekly", "interval": "53"}, "Please write a number from 1 to 52."),
        ({"repeats": "weekly", "until": "2020-01-01"}, "That is before the first day."),
        ({"repeats": "weekly", "until": "9999-12-31"}, "That date is too far ahead"),
        ({"repeats": "weekly", "weekdays": ["7"]}, "is not a valid choice"),
        ({"repeats": "weekly", "joining": "cohort"}, "A sign-up for all dates needs a last date."),
    ],
)
def test_what_is_wrong_is_said_beside_the_form_filled_in(app, desk, wrong, words):
    answer = desk.post("/manage/events/new", data=_fill(city="", **wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="18:30"' in answer.text
    assert _count(app, Event) == 0


def test_an_empty_post_is_answered_with_the_form(desk):
    assert desk.post("/manage/events/new").status_code == 422


def test_an_odd_name_is_shown_as_text(app, desk):
    answer = desk.post("/manage/events/new", data=_fill(title="<b>Ω</b> 🌊 회복"))
    assert "&lt;b&gt;Ω&lt;/b&gt; 🌊 회복" in desk.get(answer.location).text


def test_an_event_is_edited_and_says_who_moved_up(app, desk, make):
    event = make.event(capacity=1, languages=("en", "de"))
    date = make.occurrence(event)
    make.signup(date, "Ana")
    make.signup(date, "Ben", SignupState.QUEUED)
    page = desk.get(f"/manage/events/{event}/edit").text
    assert 'value="Tuesday Group"' in page
    form = FORM | {"title": "Calm Waters", "kind": "support-group", "languages": ["en", "de"]}
    answer = desk.post(f"/manage/events/{event}/edit", data=form)
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Calm Waters" in page
    assert "1 person who waited has a place now." in page


def test_a_wrong_edit_keeps_what_was_typed(desk, make):
    event = make.event()
    answer = desk.post(f"/manage/events/{event}/edit", data=FORM | {"capacity": "many"})
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    answer = desk.post(f"/manage/events/{event}/edit", data=FORM | {"joining": "cohort"})
    assert answer.status_code == 422
    assert "that stays so" in answer.text


def test_an_event_is_archived_and_published(app, desk, make):
    event = make.event()
    assert desk.post(f"/manage/events/{event}/archive").status_code == 303
    assert _only(app, Event).status == "archived"
    assert desk.post(f"/manage/events/{event}/publish").status_code == 303
    assert _only(app, Event).status == "published"


def test_a_roster_shows_the_line_in_order_and_looking_is_recorded(app, desk, make):
    date = make.occurrence(make.event(capacity=1))
    make.signup(date, "Ana", guests=2, note="Brings her <sister>")
    make.signup(date, "Cleo", SignupState.QUEUED)
    make.signup(date, "Ben", SignupState.QUEUED)
    make.signup(date, "Dee", SignupState.CANCELLED)
    page = desk.get(f"/manage/occurrences/{date}/").text
    assert page.index("Ana") < page.index("1. Cleo") < page.index("2. Ben") < page.index("Dee")
    assert "Brings her &lt;sister&gt;" in page
    assert f"/roll-call/{date}/" in page
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "see-roster")).one()
        assert (entry.subject, entry.subject_id) == ("occurrence", date)
        assert entry.actor_id is not None


def test_cancelling_asks_first_and_can_be_undone(app, desk, make):
    date = make.occurrence(make.event())
    make.signup(date, "Ana", email="ana@example.org")
    make.signup(date, "Ben")
    ask = desk.get(f"/manage/occurrences/{date}/cancel").text
    assert "2 people are signed up. 1 left an address and gets a message." in ask
    assert _only(app, Occurrence).status == "scheduled"
    for _press in range(2):
        answer = desk.post(f"/manage/occurrences/{date}/cancel", data={"reason": "Repairs"})
        assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "This date is cancelled" in page and "Repairs" in page and "Restore" in page
    assert _count(app, OutboxMessage) == 2
    assert desk.get(f"/manage/occurrences/{date}/cancel").status_code == 303
    assert desk.post(f"/manage/occurrences/{date}/restore").status_code == 303
    assert _only(app, Occurrence).status == "scheduled"


def test_a_reason_that_is_too_long_keeps_the_date(app, desk, make):
    date = make.occurrence(make.event())
    answer = desk.post(f"/manage/occurrences/{date}/cancel", data={"reason": "x" * 301})
    assert answer.status_code == 422
    assert _only(app, Occurrence).status == "scheduled"


def test_a_date_is_moved(app, desk, make):
    date = make.occurrence(make.event())
    before = _only(app, Occurrence)
    page = desk.get(f"/manage/occurrences/{date}/move").text
    assert 'value="18:30' in page
    form = {"day": SOON.isoformat(), "start": "09:00", "end": "10:00", "venue": ""}
    assert desk.post(f"/manage/occurrences/{date}/move", data=form).status_code == 303
    after = _only(app, Occurrence)
    assert after.local_date == SOON
    assert after.key == before.key


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": "9999-12-31"}, "That date is too far ahead"),
        ({"day": "x"}, "Not a valid date value."),
        ({"end": "09:00"}, "It ends when it starts."),
        ({"venue": "4711"}, "Not a valid choice."),
    ],
)
def test_a_move_that_cannot_be_is_said(desk, make, wrong, words):
    date = make.occurrence(make.event())
    form = {"day": SOON.isoformat(), "start": "09:00", "end": "10:00", "venue": ""} | wrong
    answer = desk.post(f"/manage/occurrences/{date}/move", data=form)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_facilitator_is_assigned_and_taken_off(app, desk, make):
    email = make.account(Role.FACILITATOR, name="Rosa Mendez")
    with app.app_context():
        person = db.session.scalar(select(Account.person_id).where(Account.email == email))
    event = make.event()
    date = make.occurrence(event)
    form = {"person": person, "role": "lead"}
    for _press in range(2):
        answer = desk.post(f"/manage/events/{event}/assign", data=form | {"occurrence": date})
        assert answer.location.endswith(f"/manage/occurrences/{date}/#team")
    assert "<strong>Rosa Mendez</strong>, Lead" in desk.get(f"/manage/occurrences/{date}/").text
    made = _only(app, Assignment)
    assert made.occurrence_id == date
    for _press in range(2):
        form = {"assignment": made.id, "occurrence": date}
        assert desk.post(f"/manage/events/{event}/unassign", data=form).status_code == 303
    assert _count(app, Assignment) == 0
    desk.post(f"/manage/events/{event}/assign", data={"person": "4711", "role": "lead"})
    assert _count(app, Assignment) == 0
    assert desk.post(f"/manage/events/{event}/unassign", data={}).status_code == 400


def test_places_are_added_and_edited(app, desk):
    form = {"press": str(uuid4()), "name": "Pier Room", "capacity": "20"}
    for _press in range(2):
        assert desk.post("/manage/venues/new", data=form).status_code == 303
    venue = _only(app, Venue)
    assert "Pier Room" in desk.get("/manage/venues/").text
    assert 'value="20"' in desk.get(f"/manage/venues/{venue.id}/edit").text
    answer = desk.post(f"/manage/venues/{venue.id}/edit", data={"name": "Pier Hall"})
    assert answer.status_code == 303
    assert _only(app, Venue).name == "Pier Hall"
    assert desk.post(f"/manage/venues/{venue.id}/edit", data={"name": ""}).status_code == 422
    assert desk.post("/manage/venues/new", data={"capacity": "-3"}).status_code == 422


def test_events_are_found_by_words_kind_and_state(desk, make):
    make.event("Calm Waters", venue_id=make.venue("Lighthouse"))
    make.event("100% Honest_y", kind="workshop")
    make.event("Old Tides", status="archived")

    def titles(query: str) -> list[str]:
        page = desk.get(f"/manage/events/?{query}").text
        return [t for t in ("Calm Waters", "100% Honest_y", "Old Tides") if t in page]

    assert titles("") == ["Calm Waters", "100% Honest_y"]
    assert titles("q=LIGHT calm") == ["Calm Waters"]
    assert titles("q=%25") == ["100% Honest_y"]
    assert titles("q=_") == ["100% Honest_y"]
    assert titles("kind=workshop") == ["100% Honest_y"]
    assert titles("status=archived") == ["Old Tides"]
    assert titles("q=nothing+like+it") == []
    assert titles("q=%00&kind=x&status=x&page=99999999999999999999") != []


def test_the_list_of_events_has_pages(desk, make):
    for number in range(51):
        make.event(f"Group {number:03}")
    first = desk.get("/manage/events/").text
    assert "Group 049" in first and "Group 050" not in first and "Page 1 of 2" in first
    assert "Group 050" in desk.get("/manage/events/?page=2").text


@pytest.mark.parametrize(
    "path",
    [
        "/manage/events/4711/",
        "/manage/events/4711/edit",
        "/manage/occurrences/4711/",
        "/manage/occurrences/4711/move",
        "/manage/occurrences/99999999999999999999/",
        "/manage/venues/4711/edit",
    ],
)
def test_what_is_not_there_is_not_found(desk, path):
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/manage/events/4711/archive",
        "/manage/occurrences/4711/cancel",
        "/manage/occurrences/4711/restore",
        "/manage/venues/4711/edit",
    ],
)
def test_nothing_is_done_to_what_is_not_there(desk, path):
    assert desk.post(path, data={"name": "x"}).status_code == 404


PAGES = ["/manage/", "/manage/events/", "/manage/events/new", "/manage/venues/"]


@pytest.mark.parametrize("path", PAGES)
def test_the_desk_is_for_coordinators(client, make, sign_in, path):
    assert client.get(path).status_code == 303
    sign_in(client, make.account(Role.FACILITATOR))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_the_desk_speaks_spanish_and_is_not_kept(desk, path):
    answer = desk.get(f"/es{path}")
    assert answer.status_code == 200
    assert 'lang="es"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def _fill_desk(make: Factory, number: int, leader: int) -> None:
    start = datetime.now(UTC) + timedelta(hours=2)
    for _ in range(number):
        event = make.event(venue_id=make.venue(), tags=("a", "b"))
        make.assignment(event, leader)
        date = make.occurrence(event, start)
        make.signup(date, "Ana")
        make.signup(date, "Ben", SignupState.QUEUED)
        make.occurrence(make.event(), start)


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/manage/", 21),
        ("/manage/events/", 2),
        ("/manage/venues/", 1),
        ("/manage/events/1/", 9),
        ("/manage/occurrences/1/", 15),
    ],
)
def test_the_number_of_statements_does_not_grow(desk, make, count_queries, path, statements):
    leader = make.person("Rosa")
    seen = []
    for more in (1, 2):
        _fill_desk(make, more, leader)
        make.occurrence(1, datetime.now(UTC) + timedelta(days=more), timezone=PACIFIC)
        make.signup(1, "Cleo")
        with count_queries() as sent:
            assert desk.get(path).status_code == 200
        seen.append(len([one for one in sent if not one.startswith(("BEGIN", "PRAGMA"))]))
    assert seen == [statements + SIGNED_IN] * 2


SIGNED_IN = 2  # the account with its person, and its roles
