"""The life of an event on the desk: draft, published, archived, copied, deleted, restored."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db, write
from events.models import Event, EventStatus, EventTemplate, Kind, Signup, Visibility
from people.models import AuditEntry, Role
from tests.factory import Factory


@pytest.fixture
def desk(client: FlaskClient, make: Factory, sign_in: Callable[..., None]) -> FlaskClient:
    sign_in(client, make.account(Role.COORDINATOR, name="Coral"))
    return client


def _event(app: Flask, event_id: int) -> Event:
    with app.app_context():
        return db.session.get_one(Event, event_id)


def test_a_draft_is_seen_at_the_desk_alone_until_it_is_published(app, desk, make):
    event = make.event("Lunch Circle", status=EventStatus.DRAFT, slug="lunch-circle")
    make.occurrence(event)
    visitor = app.test_client()
    for path in ("/events/lunch-circle/", "/events/lunch-circle.ics"):
        assert visitor.get(path).status_code == 404
    assert "Lunch Circle" not in visitor.get("/calendar/list/").text
    assert "Lunch Circle" in desk.get("/manage/events/?status=draft").text
    page = desk.get(f"/manage/events/{event}/").text
    assert "only the desk can see it" in page
    preview = desk.get(f"/manage/events/{event}/preview")
    assert "Nobody but the desk sees it yet." in preview.text
    assert "Lunch Circle" in preview.text
    assert preview.headers["Cache-Control"] == "no-store"
    assert "/events/lunch-circle" not in preview.text
    asked = desk.get(f"/manage/events/{event}/publish").text
    assert "the public calendar and into its feeds at once, with 1 date to come" in asked
    done = desk.post(f"/manage/events/{event}/publish")
    assert "The event is on the calendar." in desk.get(done.location).text
    assert visitor.get("/events/lunch-circle/").status_code == 200


def test_a_preview_offers_no_form(desk, make):
    event = make.event(joining="cohort", status=EventStatus.DRAFT)
    make.occurrence(event)
    assert "data-signup" not in desk.get(f"/manage/events/{event}/preview").text


def test_before_it_is_put_away_the_desk_hears_who_is_signed_up(app, desk, make):
    event = make.event()
    make.signup(make.occurrence(event))
    page = desk.get(f"/manage/events/{event}/archive").text
    assert "1 person is signed up for a date to come." in page
    assert "They are not told and keep their places." in page
    assert desk.post(f"/manage/events/{event}/archive").status_code == 303
    assert _event(app, event).status == "archived"
    again = desk.get(f"/manage/events/{event}/archive")
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"visibility": Visibility.SIGNED_IN}, "find it on their own page"),
        ({"visibility": Visibility.PRIVATE}, "Those who take part and the team"),
        ({"kind": Kind.ONE_TO_ONE}, "Those who take part and the team"),
    ],
)
def test_publishing_says_who_will_see_it(desk, make, values, words):
    event = make.event(status=EventStatus.DRAFT, **values)
    assert words in desk.get(f"/manage/events/{event}/publish").text


def test_what_was_put_away_has_no_dates_of_that_time(app, desk, make):
    event = make.event(status=EventStatus.ARCHIVED)
    today = datetime.now(UTC).date()
    make.series(event, starts_on=today - timedelta(days=700), extended_to=today - timedelta(30))
    desk.post(f"/manage/events/{event}/publish")
    page = desk.get(f"/manage/events/{event}/").text
    assert "/manage/occurrences/" in page
    past = desk.get(f"/manage/events/{event}/?show=past").text
    assert "There are none." in past


def test_deleting_says_exactly_what_happens_and_comes_back(app, desk, make):
    event = make.event("Lunch Circle", slug="lunch-circle")
    date = make.occurrence(event)
    ana = make.signup(date, "Ana", email="ana@example.org")
    make.signup(date, "Ben")
    asked = desk.get(f"/manage/events/{event}/delete").text
    for words in (
        "It leaves the calendar, its own pages and every feed at once.",
        "1 date to come does not take place.",
        "2 people are signed up for dates to come.",
        "1 left an address and gets a message that it does not take place.",
    ):
        assert words in asked
    done = desk.post(f"/manage/events/{event}/delete")
    assert desk.post(f"/manage/events/{event}/delete").location == done.location
    listed = desk.get(done.location).text
    assert "Lunch Circle" in listed
    assert "Restore it before" not in listed
    assert "You can restore it until" in listed
    visitor = app.test_client()
    for path in ("/events/lunch-circle/", "/events/lunch-circle.ics"):
        assert visitor.get(path).status_code == 404
    assert "Lunch Circle" not in visitor.get("/feeds/all.ics").text
    with app.app_context():
        token = db.session.get_one(Signup, ana).token
    own = visitor.get(f"/signups/{token}/").text
    assert "This does not take place" in own
    assert "/events/lunch-circle" not in own
    assert desk.get("/manage/events/").text.count("Lunch Circle") == 0
    assert desk.post(f"/manage/events/{event}/restore").status_code == 303
    assert desk.post(f"/manage/events/{event}/restore").status_code == 303
    assert "You have a place" in visitor.get(f"/signups/{token}/").text
    assert visitor.get("/events/lunch-circle/").status_code == 200


def test_a_deleted_event_is_left_as_it_is(app, desk, make):
    event = make.event("Lunch Circle")
    date, series = make.occurrence(event), make.series(event)
    desk.post(f"/manage/events/{event}/delete")
    for path in (
        f"/manage/series/{series}/edit",
        f"/manage/events/{event}/edit",
        f"/manage/events/{event}/publish",
        f"/manage/events/{event}/assign",
        f"/manage/occurrences/{date}/cancel",
    ):
        answer = desk.post(path, data={})
        assert (answer.status_code, answer.location) == (303, "/manage/deleted/"), path
    assert "Restore it before you change it." in desk.get("/manage/deleted/").text
    page = desk.get(f"/manage/events/{event}/").text
    assert "It is deleted: nobody finds it" in page
    assert f"/manage/events/{event}/restore" in page
    assert f"/manage/events/{event}/edit" not in page
    for path in ("preview", "copy", "delete", "archive"):
        assert desk.get(f"/manage/events/{event}/{path}").status_code == 404
    assert app.test_client().post(f"/manage/events/{event}/edit").status_code == 401


def test_its_address_stays_its_own_while_it_is_deleted(app, desk, make):
    desk.post(f"/manage/events/{make.event(slug='lunch-circle')}/delete")
    other = make.event("Other")
    make.occurrence(other)
    data = {"title": "Lunch Circle", "day": "2027-01-05", "press": str(uuid4())}
    made = desk.post(f"/manage/events/{other}/copy", data=data).location
    assert _event(app, int(made.split("/")[3])).slug == "lunch-circle-2"


def test_a_copy_says_what_it_copied(desk, make):
    event = make.event("Lunch Circle")
    make.occurrence(event)
    page = desk.get(f"/manage/events/{event}/copy").text
    assert 'value="Lunch Circle"' in page
    data = {"title": "Dinner Circle", "day": "2027-01-05", "press": str(uuid4())}
    done = desk.post(f"/manage/events/{event}/copy", data=data)
    said = desk.get(done.location).text
    assert "Copied as a draft: details, place, picture and 1 date." in said
    assert "Dinner Circle" in said
    assert desk.post(f"/manage/events/{event}/copy", data=data | {"day": ""}).status_code == 422
    far = desk.post(f"/manage/events/{event}/copy", data=data | {"day": "2040-01-01", "press": ""})
    assert far.status_code == 422
    assert "too far ahead" in far.text


def test_the_history_is_readable(app, desk, make):
    event = make.event()
    date = make.occurrence(event)
    make.signup(date, "Ana")
    lead = make.person("Lee")
    make.account(Role.FACILITATOR, email="f@example.org", name="Fran")
    desk.post(f"/manage/occurrences/{date}/cancel", data={"reason": ""})
    desk.get(f"/manage/occurrences/{date}/")
    desk.post(f"/manage/events/{event}/archive")
    with app.app_context(), write() as session:
        now = datetime.now(UTC)
        for subject, subject_id, about, verb, detail in (
            ("event", event, event, "edit", {"fields": "title,venue_id,odd_one"}),
            ("event", event, event, "assign", {"person": lead, "role": "lead"}),
            ("event", event, event, "frob-nicate", {}),
            ("closure", 4, event, "close", {"event": event, "dates": 3}),
            ("signup", 5, event, "cancel", {"event": event}),
            ("event", 4711, 4711, "publish", {}),
            ("occurrence", 4711, event, "move", {"event": event}),
        ):
            session.add(
                AuditEntry(
                    at=now,
                    actor_kind="system",
                    verb=verb,
                    subject=subject,
                    subject_id=subject_id,
                    event_id=about,
                    detail=detail,
                )
            )
    page = desk.get(f"/manage/events/{event}/history").text
    for words in (
        "Changed: title, place, odd one",
        "Lee leads every date: Lead",
        "Frob nicate",
        "Closed the place or the program; 3 dates cancelled",
        "Moved a date; it is now a date that is gone",
        "Archived it",
        "Looked at the roster of",
        "Cancelled ",
        "The program itself",
        "Coral",
    ):
        assert words in page, words
    assert "Ana" not in page
    assert "Published it" not in page
    spanish = desk.get(f"/es/manage/events/{event}/history")
    assert spanish.status_code == 200


def test_the_history_is_paged_at_a_fixed_number_of_queries(app, desk, make, count_queries):
    event, busy = make.event(), make.event()
    with app.app_context(), write() as session:
        for number in range(121):
            session.add(
                AuditEntry(
                    at=datetime.now(UTC),
                    actor_kind="system",
                    verb="publish" if number else "create",
                    subject="event",
                    subject_id=busy,
                    event_id=busy,
                    detail={},
                )
            )
    counts = []
    for one in (event, busy):
        desk.get(f"/manage/events/{one}/history")
        with count_queries() as seen:
            desk.get(f"/manage/events/{one}/history")
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts[0] == counts[1] == 9
    first = desk.get(f"/manage/events/{busy}/history").text
    assert "Older" in first
    assert "Made it" not in first
    last = desk.get(f"/manage/events/{busy}/history?page=3").text
    assert "Made it" in last
    assert "Older" not in last


def test_the_list_of_deleted_events_takes_a_fixed_number_of_queries(desk, make, count_queries):
    counts = []
    for more in (1, 2):
        for _one in range(more):
            desk.post(f"/manage/events/{make.event()}/delete")
        desk.get("/manage/deleted/")
        with count_queries() as seen:
            desk.get("/manage/deleted/")
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts == [3, 3]


def test_five_templates_come_with_the_program_and_fill_in_a_new_event(app, desk):
    page = desk.get("/manage/templates/").text
    for name in (
        "Weekly support group",
        "Workshop for a closed group",
        "Leadership training",
        "Community event",
        "One-to-one",
    ):
        assert name in page
    with app.app_context():
        found = {one.kind: one.id for one in db.session.scalars(select(EventTemplate))}
    assert set(found) == set(Kind)
    form = desk.get(f"/manage/events/new?template={found['workshop']}").text
    assert 'value="12"' in form
    assert re.search(r'<input[^>]* name="count"[^>]* value="6"', form)
    assert 'value="18:00"' in form
    assert 'value="20:00"' in form
    chosen = 'name="joining" type="radio" value="cohort"'
    assert f"checked {chosen}" in form.replace("required ", "").replace(' id="joining-2"', "")
    for odd in ("0", "-1", "4711", "99999999999", "x"):
        assert desk.get(f"/manage/events/new?template={odd}").status_code == 200


FORM = {
    "name": "Beach walk",
    "kind": "community-event",
    "joining": "drop-in",
    "closes": "0",
    "mode": "in-person",
    "visibility": "public",
    "languages": ["en"],
    "repeats": "once",
    "start": "09:00",
    "minutes": "120",
}


def test_an_event_is_saved_as_a_template_changed_and_removed(app, desk, make):
    event = make.event("Pier Walk", capacity=9, summary="By the sea", tags=("women",))
    make.series(event)
    form = desk.get(f"/manage/templates/new?event={event}").text
    for value in ("Pier Walk", "By the sea", "women", "18:30"):
        assert f'value="{value}"' in form
    assert 'name="title"' not in form
    assert 'name="venue"' not in form
    assert desk.post("/manage/templates/new", data=FORM).status_code == 303
    taken = desk.post("/manage/templates/new", data=FORM)
    assert taken.status_code == 422
    assert "Another template has that name." in taken.text
    assert desk.post("/manage/templates/new", data=FORM | {"name": ""}).status_code == 422
    with app.app_context():
        made = db.session.scalars(select(EventTemplate).filter_by(name="Beach walk")).one()
    assert (made.kind, made.details["minutes"], made.details["start"]) == (
        *("community-event", 120, "09:00"),
    )
    assert 'value="Beach walk"' in desk.get(f"/manage/templates/{made.id}/").text
    changed = FORM | {"minutes": "45"}
    assert desk.post(f"/manage/templates/{made.id}/", data=changed).status_code == 303
    wrong = desk.post(f"/manage/templates/{made.id}/", data=FORM | {"minutes": "0"})
    assert wrong.status_code == 422
    other = desk.post(f"/manage/templates/{made.id}/", data=FORM | {"name": "One-to-one"})
    assert other.status_code == 422
    assert 'value="09:45"' in desk.get(f"/manage/events/new?template={made.id}").text
    assert "Beach walk" in desk.get(f"/manage/templates/{made.id}/remove").text
    for _press in range(2):
        assert desk.post(f"/manage/templates/{made.id}/remove").status_code == 303
    assert desk.get(f"/manage/templates/{made.id}/").status_code == 404
    assert desk.post(f"/manage/templates/{made.id}/", data=FORM).status_code == 404


def test_a_template_of_the_program_keeps_its_name_in_every_language(app, desk):
    with app.app_context():
        known = db.session.scalars(select(EventTemplate).filter_by(name="One-to-one")).one()
    form = FORM | {"name": "One-to-one", "kind": "one-to-one"}
    assert desk.post(f"/manage/templates/{known.id}/", data=form).status_code == 303
    with app.app_context():
        assert db.session.get_one(EventTemplate, known.id).name == "One-to-one"


def test_templates_and_handing_over_take_a_fixed_number_of_queries(app, desk, make, count_queries):
    lead = make.person("Lee")
    counts: dict[str, list[int]] = {"/manage/templates/": [], f"/manage/hand-over/{lead}/": []}
    for more in (1, 2):
        for _one in range(more):
            event = make.event()
            make.assignment(event, lead, make.occurrence(event))
            desk.post("/manage/templates/new", data=FORM | {"name": f"Walk {event}"})
        for path, found in counts.items():
            desk.get(path)
            with count_queries() as seen:
                desk.get(path)
            found.append(len([one for one in seen if one.startswith("SELECT")]))
    assert list(counts.values()) == [[3, 3], [5, 5]]


def test_a_program_that_lets_nothing_be_booked_twice_says_what_to_do(app, desk, make):
    app.config["DOUBLE_BOOKING"] = "block"
    place = make.venue()
    taken = make.event(venue_id=place)
    make.occurrence(taken)
    draft = make.event(venue_id=place, status=EventStatus.DRAFT)
    deleted = make.event(
        venue_id=place,
        status=EventStatus.DELETED,
        deleted_at=datetime.now(UTC),
        deleted_from=EventStatus.PUBLISHED,
    )
    for event, verb in ((draft, "publish"), (deleted, "restore")):
        make.occurrence(event)
        answer = desk.post(f"/manage/events/{event}/{verb}")
        assert "Move or cancel what is in the way" in desk.get(answer.location).text
    assert _event(app, draft).status == "draft"
    assert _event(app, deleted).status == "deleted"
