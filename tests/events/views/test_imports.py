"""Imports in the browser: a file, a plan, all or nothing, and back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.db import db
from events.imports import asked, uploads
from events.models import Event, Occurrence, Upload
from people.audit import SYSTEM
from people.models import AuditEntry, Role
from tests.events.imports.files import calendar, weekly
from tests.events.imports.rows import NOW, row
from tests.factory import Factory

SHEET = (
    "Title,Day,Start,End,Place,City\n"
    "Harbor Group,Tuesday,18:30,20:00,Harbor Hall,Huntington Beach\n"
    "Picnic,2027-05-01,11:00,14:00,Pier Park,Huntington Beach\n"
)


@pytest.fixture
def desk(client: FlaskClient, make: Factory, sign_in: Callable[..., None]) -> FlaskClient:
    sign_in(client, make.account(Role.COORDINATOR, name="Coral"))
    return client


def give(desk: FlaskClient, text: str | bytes, name: str = "list.csv"):
    content = text.encode() if isinstance(text, str) else text
    return desk.post("/manage/imports/", data={"file": (io.BytesIO(content), name)})


def chosen(desk: FlaskClient, location: str, *fields: str):
    data = {f"column-{at}": field for at, field in enumerate(fields)}
    return desk.post(location, data=data)


def planned(desk: FlaskClient, text: str = SHEET, name: str = "list.csv") -> str:
    """The address of the plan of a spreadsheet with these columns."""
    answer = give(desk, text, name)
    assert answer.status_code == 303, answer.text
    fields = ("title", "day", "start", "end", "place", "city")
    done = chosen(desk, answer.location, *fields)
    assert done.status_code == 303, done.text
    return done.location


def titles(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(select(Event.title)))


def test_a_spreadsheet_from_its_columns_to_the_calendar_and_back(app, desk):
    answer = give(desk, SHEET)
    page = desk.get(answer.location).text
    assert "Harbor Group" in page, "sample values are shown"
    assert page.count("selected") >= 6, "the columns are guessed"
    address = planned(desk)
    plan = desk.get(address).text
    assert "Harbor Group" in plan
    assert titles(app) == []
    done = desk.post(f"{address}apply")
    assert done.status_code == 303
    assert titles(app) == ["Harbor Group", "Picnic"]
    assert "Undo this import" in desk.get(done.location).text
    assert desk.post(f"{address}undo").status_code == 303
    assert titles(app) == []
    assert "This import was undone" in desk.get(address).text


def test_faults_are_named_with_their_rows_and_nothing_is_applied(app, desk):
    address = planned(desk, SHEET.replace("20:00", "25:99"))
    assert "End &#39;25:99&#39; is not a time" in desk.get(address).text
    assert "Row 2" in desk.get(address).text
    refused = desk.post(f"{address}apply")
    assert refused.status_code == 409
    assert "Some rows are refused" in refused.text
    assert titles(app) == []
    assert desk.post(f"{address}apply", data={"partial": "yes"}).status_code == 303
    assert titles(app) == ["Picnic"]


def test_the_columns_are_remembered_for_the_same_header(desk):
    answer = give(desk, SHEET)
    chosen(desk, answer.location, "title", "day", "start", "", "city", "place")
    again = desk.get(give(desk, SHEET).location).text
    assert "As you chose for the last file" in again


def test_columns_that_say_too_little_or_twice_the_same_are_refused(desk):
    answer = give(desk, SHEET)
    wrong = chosen(desk, answer.location, "", "title", "title")
    assert wrong.status_code == 422
    assert "Say which column is the date or the weekday." in wrong.text
    assert "Title is chosen for two columns." in wrong.text


@pytest.mark.parametrize(
    ("content", "name"),
    [(json.dumps([row()]), "meetings.json"), (calendar(weekly()), "harbor.ics")],
)
def test_meeting_lists_and_calendars_go_straight_to_their_plan(app, desk, content, name):
    address = give(desk, content, name).location
    assert "Harbor Group" in desk.get(address).text
    desk.post(f"{address}apply")
    assert titles(app) == ["Harbor Group"]
    desk.post(f"{address}undo")
    assert titles(app) == []
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Occurrence)) == 0


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x00\x01\x02", b"PK\x03\x04", b"title\n"])
def test_what_is_no_list_is_refused_with_a_sentence(desk, content):
    answer = give(desk, content, "x.bin")
    assert answer.status_code == 422
    assert 'class="field__error"' in answer.text


def test_a_file_that_is_too_large_gets_a_page_that_names_the_limit(desk):
    answer = desk.post(
        "/manage/imports/",
        data=b"--x\r\n" + b"a" * 5_100_000,
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "5 MB" in answer.text


def test_pressing_apply_twice_does_it_once(app, desk):
    address = planned(desk)
    assert desk.post(f"{address}apply").status_code == 303
    assert desk.post(f"{address}apply").status_code == 303
    assert titles(app) == ["Harbor Group", "Picnic"]


def test_an_import_whose_events_the_desk_changed_stays(app, desk):
    address = planned(desk)
    desk.post(f"{address}apply")
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.title == "Picnic")).one()
        event.title, event.updated_at = "Big Picnic", datetime.now(UTC)
        db.session.commit()
    said = desk.get(desk.post(f"{address}undo").location).text
    assert "the desk changed these events since: Big Picnic" in said
    assert titles(app) == ["Big Picnic", "Harbor Group"]


def test_an_event_with_people_on_it_goes_to_the_archive(app, desk, make):
    address = planned(desk)
    desk.post(f"{address}apply")
    with app.app_context():
        date = db.session.scalars(
            select(Occurrence.id).join(Event).where(Event.title == "Picnic")
        ).one()
        db.session.remove()
    make.signup(date)
    said = desk.get(desk.post(f"{address}undo").location).text
    assert "in the archive" in said
    with app.app_context():
        assert list(db.session.execute(select(Event.title, Event.status))) == [
            ("Picnic", "archived")
        ]


def test_a_large_file_is_handed_to_the_worker_and_the_page_says_so(app, desk, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_AT_ONCE", 1)
    address = planned(desk)
    desk.post(f"{address}apply")
    page = desk.get(address)
    assert "being put into the calendar" in page.text
    assert page.headers["Refresh"] == "2"
    assert titles(app) == []
    with app.app_context():
        assert asked.apply_asked(datetime.now(UTC)) == 1
        assert asked.apply_asked(datetime.now(UTC)) == 0
    assert titles(app) == ["Harbor Group", "Picnic"]
    assert "In the calendar" in desk.get(address).text


def test_a_discarded_file_is_gone(app, desk):
    address = planned(desk)
    desk.post(f"{address}discard")
    assert desk.get(address).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Upload)) == 0


def test_every_step_is_on_record(app, desk):
    address = planned(desk)
    desk.post(f"{address}apply")
    desk.post(f"{address}undo")
    with app.app_context():
        verbs = set(db.session.scalars(select(AuditEntry.verb)))
        assert {"upload", "import", "undo"} <= verbs


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.FACILITATOR])
def test_only_who_plans_events_may_import(app, make, sign_in, role):
    token = "x" * 32
    with app.app_context():
        given = uploads.FileGiven("a.csv", SHEET.encode(), "America/Los_Angeles")
        token = uploads.keep_upload(given, by=SYSTEM, now=NOW)
    client = app.test_client()
    sign_in(client, make.account(role))
    for path in ("", f"{token}/", f"{token}/columns"):
        assert client.get(f"/manage/imports/{path}").status_code == 403
    for path in ("", f"{token}/columns", f"{token}/options", f"{token}/apply"):
        assert client.post(f"/manage/imports/{path}").status_code == 403
    for path in (f"{token}/undo", f"{token}/discard"):
        assert client.post(f"/manage/imports/{path}").status_code == 403


def test_the_list_asks_as_often_for_three_files_as_for_one(desk, count_queries):
    give(desk, SHEET)
    with count_queries() as one:
        desk.get("/manage/imports/")
    give(desk, SHEET)
    give(desk, SHEET)
    with count_queries() as three:
        desk.get("/manage/imports/")
    assert len(three) == len(one)
