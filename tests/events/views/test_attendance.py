"""The facilitator's day, the roll call page and the marks endpoint, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.db import db, write
from events.models import (
    AttendanceMark,
    AttendanceRecord,
    HeadCount,
    Occurrence,
    OccurrenceStatus,
    SignupState,
)
from people.models import Account, AuditEntry, Person, Role
from tests.factory import Factory


class Hall:
    """A date that began a moment ago, led by the facilitator who is signed in on `client`."""

    def __init__(self, app: Flask, make: Factory, client: FlaskClient) -> None:
        self.app, self.make, self.client = app, make, client
        self.venue = make.venue(capacity=20)
        self.event = make.event(venue_id=self.venue)
        self.start = datetime.now(UTC) - timedelta(minutes=10)
        self.date = make.occurrence(self.event, self.start)
        self.ana = make.person("Ana")
        make.signup(self.date, person_id=self.ana)
        self.email = make.account(Role.FACILITATOR)
        make.assignment(self.event, self.person_of(self.email))

    def person_of(self, email: str) -> int:
        with self.app.app_context():
            found = db.session.scalar(select(Account.person_id).where(Account.email == email))
        assert found is not None
        return found

    @property
    def page(self) -> str:
        return f"/roll-call/{self.date}/"

    def mark(self, **values: object) -> dict[str, object]:
        return {
            "id": str(uuid4()),
            "person": self.ana,
            "status": "present",
            "marked_at": datetime.now(UTC).isoformat(),
        } | values

    def send(self, *marks: object, **more: object):
        return self.client.post(f"{self.page}marks", json={"marks": marks, **more})

    def records(self) -> dict[str, str]:
        with self.app.app_context():
            rows = db.session.execute(
                select(Person.name, AttendanceRecord.status).join_from(
                    AttendanceRecord, Person, Person.id == AttendanceRecord.person_id
                )
            )
            return dict(tuple(row) for row in rows)

    def count(self, model: type) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(model)) or 0

    def press(self) -> str:
        found = re.search(r'name="press" value="([^"]+)"', self.client.get(self.page).text)
        assert found
        return found[1]


@pytest.fixture
def hall(
    app: Flask, make: Factory, client: FlaskClient, sign_in: Callable[[FlaskClient, str], None]
) -> Hall:
    hall = Hall(app, make, client)
    sign_in(client, hall.email)
    return hall


# --- The marks endpoint --------------------------------------------------------------------------


def test_each_mark_gets_its_outcome_in_order(hall: Hall) -> None:
    first = hall.mark()
    late = hall.mark(status="late", marked_at=(hall.start - timedelta(hours=1)).isoformat())
    walk_in = hall.mark(person=None, walk_in={"name": "Zed"})
    bad = hall.mark(status="here")
    answer = hall.send(first, bad, late, walk_in, first, head_count=14)
    assert answer.status_code == 200
    outcomes = answer.json["outcomes"]
    zed = outcomes[3].pop("person")
    assert outcomes == [
        {"id": first["id"], "outcome": "recorded", "person": hall.ana, "stands": "present"},
        {"id": bad["id"], "outcome": "refused", "reason": "unknown_status"},
        {"id": late["id"], "outcome": "superseded", "person": hall.ana, "stands": "present"},
        {"id": walk_in["id"], "outcome": "recorded", "stands": "present"},
        {"id": first["id"], "outcome": "already_recorded", "person": hall.ana, "stands": "present"},
    ]
    assert hall.records() == {"Ana": "present", "Zed": "present"}
    with hall.app.app_context():
        assert db.session.get_one(Person, zed).name == "Zed"
        assert db.session.get_one(HeadCount, hall.date).people == 14


NIGHTMARES: list[tuple[object, str]] = [
    (5, "unreadable"),
    (None, "unreadable"),
    ([], "unreadable"),
    ({}, "unreadable"),
    ({"id": "no-uuid"}, "bad_id"),
    ({"id": "{00000000-0000-4000-8000-000000000001}"}, "bad_id"),
    ({"id": 7}, "unreadable"),
    ({"status": None}, "unreadable"),
    ({"status": "x" * 10_000}, "unknown_status"),
    ({"marked_at": "yesterday"}, "unreadable_time"),
    ({"marked_at": "2026-11-23T18:30:00"}, "unreadable_time"),
    ({"marked_at": "2026-11-23T25:99:00Z"}, "unreadable_time"),
    ({"marked_at": "9999-12-31T23:59:59-12:00"}, "in_the_future"),
    ({"marked_at": "0001-01-01T00:00:00+14:00"}, "too_early"),
    ({"minutes": -5}, "minutes_out_of_range"),
    ({"minutes": 10**18}, "minutes_out_of_range"),
    ({"minutes": 1.5}, "unreadable"),
    ({"person": 2**31}, "not_on_roster"),
    ({"person": -1}, "not_on_roster"),
    ({"person": "1"}, "unreadable"),
    ({"person": None}, "name_missing"),
    ({"person": None, "walk_in": {"name": " \u0000\u202e "}}, "name_missing"),
    ({"person": None, "walk_in": {}}, "unreadable"),
    ({"walk_in": {"name": "Both"}}, "unreadable"),
]


@pytest.mark.parametrize(("wrong", "reason"), NIGHTMARES)
def test_a_bad_mark_is_refused_and_the_good_one_beside_it_recorded(
    hall: Hall, wrong: object, reason: str
) -> None:
    bad = hall.mark(**wrong) if isinstance(wrong, dict) and wrong else wrong
    answer = hall.send(bad, hall.mark())
    assert answer.status_code == 200, answer.text
    refused, recorded = answer.json["outcomes"]
    assert (refused["outcome"], refused["reason"]) == ("refused", reason)
    assert recorded["outcome"] == "recorded"
    assert hall.records() == {"Ana": "present"}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("\u202eAna\u0007  Lucía ", "Ana Lucía"),
        ("Zoë", "Zoë"),
        ("👩🏽‍🦱 Kim", None),
        ("<b>Bo</b>", "<b>Bo</b>"),
        ("=1+1", "=1+1"),
    ],
)
def test_odd_names_are_cleaned_and_shown_as_text(hall: Hall, name: str, kept: str | None) -> None:
    assert hall.send(hall.mark(person=None, walk_in={"name": name})).json["outcomes"][0]["person"]
    [stored] = hall.records()
    assert kept is None or stored == kept
    page = hall.client.get(hall.page)
    assert page.status_code == 200
    assert "<b>Bo" not in page.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"marks": [{]}',
        b'\xff\xfe{"marks": []}',
        b'{"marks": [{"id": "\\ud800"}]}',  # half a character; the page never sends one
        b"[" * 100_000,
    ],
)
def test_what_is_not_json_is_said_to_be_so(hall: Hall, body: bytes) -> None:
    answer = hall.client.post(f"{hall.page}marks", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.content_type.startswith("application/problem+json")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"marks": None},
        {"marks": {}},
        {"marks": [], "head_count": -1},
        {"marks": [], "head_count": 1.5},
        {"marks": [], "head_count": 10**12},
        {"marks": [], "head_count": 3, "counted_at": "2026-11-23T18:30:00"},
        {"marks": [{}] * 501},
    ],
)
def test_a_body_of_another_shape_is_a_problem_and_changes_nothing(hall: Hall, body) -> None:
    answer = hall.client.post(f"{hall.page}marks", json=body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 422
    assert (hall.count(AttendanceMark), hall.count(HeadCount)) == (0, 0)


def test_five_hundred_marks_go_at_once_in_a_fixed_number_of_reads(
    hall: Hall, count_queries: Callable[[], object]
) -> None:
    moment = datetime.now(UTC)
    marks = [hall.mark(marked_at=(moment - timedelta(seconds=i)).isoformat()) for i in range(500)]
    with count_queries() as seen:  # type: ignore[attr-defined]
        answer = hall.send(*marks)
    outcomes = [one["outcome"] for one in answer.json["outcomes"]]
    assert outcomes == ["recorded"] + ["superseded"] * 499
    assert len([one for one in seen if one.startswith("SELECT")]) <= 10


def test_too_large_is_413_in_json(hall: Hall) -> None:
    answer = hall.send(padding="x" * 1_100_000)
    assert answer.status_code == 413
    assert answer.json["status"] == 413


def test_who_is_signed_out_keeps_the_queue(hall: Hall) -> None:
    answer = hall.app.test_client().post(f"{hall.page}marks", json={"marks": [hall.mark()]})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert hall.records() == {}


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.FACILITATOR])
def test_other_peoples_rolls_are_closed(hall: Hall, sign_in, role: Role) -> None:
    other = hall.app.test_client()
    sign_in(other, hall.make.account(role))
    answer = other.post(f"{hall.page}marks", json={"marks": [hall.mark()]})
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert other.get(hall.page).status_code == 403
    press = {"press": str(uuid4()), "person": hall.ana, "status": "present"}
    assert other.post(hall.page, data=press).status_code == 403
    assert hall.records() == {}


def test_a_coordinator_takes_any_roll(hall: Hall, sign_in) -> None:
    other = hall.app.test_client()
    sign_in(other, hall.make.account(Role.COORDINATOR))
    assert other.get(hall.page).status_code == 200
    answer = other.post(f"{hall.page}marks", json={"marks": [hall.mark()]})
    assert answer.json["outcomes"][0]["outcome"] == "recorded"


def test_another_site_marks_nobody(hall: Hall) -> None:
    answer = hall.client.post(
        f"{hall.page}marks",
        json={"marks": [hall.mark()]},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert hall.records() == {}


@pytest.mark.parametrize("number", [999, 2**31 - 1, 2**31, 10**30])
def test_an_unknown_date_is_not_found(hall: Hall, number: int) -> None:
    assert hall.client.post(f"/roll-call/{number}/marks", json={"marks": []}).status_code == 404
    assert hall.client.get(f"/roll-call/{number}/").status_code == 404


def test_a_cancelled_date_takes_no_marks(hall: Hall) -> None:
    with hall.app.app_context(), write() as session:
        session.get_one(Occurrence, hall.date).status = OccurrenceStatus.CANCELLED
    answer = hall.send(hall.mark())
    assert (answer.status_code, answer.json["reason"]) == (409, "cancelled")
    page = hall.client.get(hall.page)
    assert page.status_code == 200
    assert "This date is cancelled" in page.text
    assert "<button" not in page.text.split("<main")[1].split("</main")[0]
    press = {"press": str(uuid4()), "person": hall.ana, "status": "present"}
    assert hall.client.post(hall.page, data=press).status_code == 409
    assert hall.records() == {}


# --- The page without scripts --------------------------------------------------------------------


def main_of(page: str) -> str:
    return re.sub(r"\s+", " ", page.split("<main")[1].split("</main")[0])


def test_a_button_pressed_twice_is_one_mark(hall: Hall) -> None:
    form = {"press": hall.press(), "person": hall.ana, "status": "present"}
    for _ in range(2):
        answer = hall.client.post(hall.page, data=form)
        assert (answer.status_code, answer.location) == (
            303,
            f"{hall.page}#person-{hall.ana}",
        )
    assert hall.count(AttendanceMark) == 1
    shown = main_of(hall.client.get(hall.page).text)
    assert "1 here of 1" in shown
    assert "Room for 20" in shown


def test_another_button_of_the_same_page_is_another_mark(hall: Hall) -> None:
    form = {"press": hall.press(), "person": hall.ana, "status": "present"}
    hall.client.post(hall.page, data=form)
    hall.client.post(hall.page, data=form | {"status": "late"})
    assert hall.records() == {"Ana": "late"}
    hall.client.post(hall.page, data=form | {"status": "unmarked"})
    assert hall.records() == {}


def test_a_walk_in_added_twice_by_one_press_is_one_person(hall: Hall) -> None:
    form = {"press": hall.press(), "name": " Zed "}
    for _ in range(2):
        assert hall.client.post(hall.page, data=form).status_code == 303
    hall.client.post(hall.page, data={"press": hall.press(), "name": "Zed"})
    with hall.app.app_context():
        names = db.session.scalars(select(Person.name).where(Person.name == "Zed")).all()
    assert names == ["Zed", "Zed"], "two people may have the same first name"


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "x" * 121])
def test_a_walk_in_needs_a_name_that_can_be_read(hall: Hall, name: str) -> None:
    answer = hall.client.post(hall.page, data={"press": hall.press(), "name": name})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert hall.records() == {}


@pytest.mark.parametrize("count", ["", "many", "-3", "9" * 30, "1e3"])
def test_a_head_count_is_a_number(hall: Hall, count: str) -> None:
    answer = hall.client.post(hall.page, data={"head_count": count})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert hall.count(HeadCount) == 0


@pytest.mark.parametrize("count", [0, 17])
def test_a_head_count_is_kept_and_shown(hall: Hall, count: int) -> None:
    assert hall.client.post(hall.page, data={"head_count": count}).status_code == 303
    shown = main_of(hall.client.get(hall.page).text)
    assert f"{count} counted" in shown
    assert f'value="{count}"' in shown


@pytest.mark.parametrize(
    "change",
    [{"press": ""}, {"press": "x"}, {"person": "me"}, {"person": ""}, {"status": "here"}],
)
def test_a_form_we_did_not_make_is_not_read(hall: Hall, change: dict[str, str]) -> None:
    form = {"press": str(uuid4()), "person": str(hall.ana), "status": "present"}
    assert hall.client.post(hall.page, data=form | change).status_code == 400
    assert hall.records() == {}


def test_a_person_of_another_roll_is_refused_in_words(hall: Hall) -> None:
    stranger = hall.make.person("Stranger")
    form = {"press": hall.press(), "person": stranger, "status": "present"}
    answer = hall.client.post(hall.page, data=form)
    assert answer.status_code == 409
    assert "no longer on the roll" in answer.text
    assert "Stranger" not in answer.text


def test_the_roll_opens_a_day_before(hall: Hall) -> None:
    hall.date = hall.make.occurrence(hall.event, datetime.now(UTC) + timedelta(hours=25))
    hall.make.signup(hall.date, person_id=hall.ana)
    page = hall.client.get(hall.page)
    assert "Not open yet" in page.text
    assert "Ana" in page.text
    assert "<button" not in main_of(page.text)
    assert hall.client.post(hall.page, data={"head_count": 3}).status_code == 409
    form = {"press": str(uuid4()), "person": hall.ana, "status": "present"}
    answer = hall.client.post(hall.page, data=form)
    assert answer.status_code == 409
    assert "opens a day before" in answer.text


def test_looking_at_a_roll_is_private_and_leaves_an_entry(hall: Hall) -> None:
    page = hall.client.get(hall.page)
    assert page.headers["Cache-Control"] == "no-store"
    with hall.app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "look")).one()
    assert (entry.subject, entry.subject_id) == ("roster", hall.date)
    assert entry.actor_id == hall.person_of(hall.email)


def test_those_who_wait_stand_apart(hall: Hall) -> None:
    hall.make.signup(hall.date, "Walt", state=SignupState.QUEUED)
    hall.make.signup(hall.date, "Nia", state=SignupState.CANCELLED)
    shown = main_of(hall.client.get(hall.page).text)
    before, after = shown.split("Waiting for a place")
    assert "Ana" in before
    assert "Walt" in after
    assert "Walt" not in before
    assert "Nia" not in shown
    assert "0 here of 1" in shown


def test_signed_out_visitors_are_sent_to_sign_in(hall: Hall) -> None:
    visitor = hall.app.test_client()
    for page in ("/today/", hall.page):
        answer = visitor.get(page)
        assert answer.status_code == 303
        assert "/sign-in/" in answer.location
    assert visitor.post(hall.page, data={"head_count": 3}).status_code == 401


# --- The facilitator's day -----------------------------------------------------------------------


def test_the_day_shows_my_dates_only(hall: Hall) -> None:
    elsewhere = hall.make.event("Another Group")
    hall.make.occurrence(elsewhere, hall.start)
    mine_once = hall.make.event("Garden Day")
    once = hall.make.occurrence(mine_once, datetime.now(UTC) + timedelta(days=3))
    hall.make.occurrence(mine_once, datetime.now(UTC) + timedelta(days=4))
    hall.make.assignment(mine_once, hall.person_of(hall.email), once)
    shown = main_of(hall.client.get("/today/").text)
    assert hall.page in shown
    assert "1 signed up" in shown
    assert "Another Group" not in shown
    assert shown.count("Garden Day") == 1
    assert f"/roll-call/{once}/" in shown


def test_a_day_without_dates_says_so(hall: Hall, sign_in) -> None:
    other = hall.app.test_client()
    sign_in(other, hall.make.account(Role.FACILITATOR))
    shown = main_of(other.get("/today/").text)
    assert "Nothing of yours today" in shown
    assert "To the desk" not in shown


def test_past_dates_say_whether_their_roll_was_taken(hall: Hall) -> None:
    past = hall.make.occurrence(hall.event, datetime.now(UTC) - timedelta(days=2))
    assert "No roll taken" in hall.client.get("/today/").text
    hall.client.post(f"/roll-call/{past}/", data={"head_count": 8})
    assert "8 counted" in hall.client.get("/today/").text
    name = {"press": str(uuid4()), "name": "Zed"}
    hall.client.post(f"/roll-call/{past}/", data=name)
    shown = hall.client.get("/today/").text
    assert "1 came" in shown
    assert "No roll taken" not in shown


def of_the_roll(seen: list[str]) -> list[str]:
    """The statements that a list of dates or names could multiply; not those of the sign-in."""
    tables = ("occurrence", "signup", "assignment", "attendance_record", "head_count")
    return [one for one in seen if any(f" {table}" in one for table in tables)]


@pytest.mark.parametrize("dates", [1, 3])
def test_the_day_sends_the_same_number_of_statements(
    hall: Hall, count_queries: Callable[[], object], dates: int
) -> None:
    for number in range(dates):
        date = hall.make.occurrence(hall.event, datetime.now(UTC) + timedelta(days=1, hours=number))
        hall.make.signup(date)
    hall.client.get("/today/")
    with count_queries() as seen:  # type: ignore[attr-defined]
        assert hall.client.get("/today/").status_code == 200
    statements = of_the_roll(seen)
    assert len(statements) == 5, "\n".join(statements)


@pytest.mark.parametrize("names", [1, 3])
def test_a_roll_opens_with_the_same_number_of_statements(
    hall: Hall, count_queries: Callable[[], object], names: int
) -> None:
    for number in range(names):
        hall.make.signup(hall.date, f"Person {number}")
        hall.send(hall.mark(person=None, walk_in={"name": f"Walk-in {number}"}))
    hall.client.get(hall.page)
    with count_queries() as seen:  # type: ignore[attr-defined]
        assert hall.client.get(hall.page).status_code == 200
    statements = of_the_roll(seen)
    assert len(statements) == 6, "\n".join(statements)
