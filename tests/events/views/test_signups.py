"""Signing up over HTTP: a first name is enough, every no has a reason, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app import create_app
from core.db import db
from events.models import (
    EventStatus,
    Joining,
    Kind,
    Mode,
    Occurrence,
    OccurrenceStatus,
    Signup,
    Visibility,
)
from people.models import Person, Role
from tests.conftest import SETTINGS
from tests.factory import Factory

SignIn = Callable[[FlaskClient, str], None]


@pytest.fixture
def path_of(app: Flask) -> Callable[[int], str]:
    """The public path of a date."""

    def find(date_id: int) -> str:
        with app.app_context():
            one = db.session.get_one(Occurrence, date_id)
            return f"/events/{one.event.slug}/{one.key}/"

    return find


@pytest.fixture
def path(make: Factory, path_of: Callable[[int], str]) -> str:
    """The path of a date with two places."""
    return path_of(make.occurrence(make.event(capacity=2)))


def sign_up(client: FlaskClient, path: str, **data: str) -> TestResponse:
    return client.post(f"{path}signup", data={"name": "Sam"} | data)


def test_a_first_name_gives_a_seat_and_a_private_page(client: FlaskClient, path: str) -> None:
    answer = sign_up(client, path)
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert '<main id="main" class="shell" tabindex="-1" data-state="seated">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_third_of_two_is_first_in_line_and_moves_up(client: FlaskClient, path: str) -> None:
    first, _second, third = (sign_up(client, path, name=name) for name in ("Ana", "Bo", "Cy"))
    assert 'data-state="queued" data-position="1"' in client.get(third.location).text
    for _press in range(2):
        assert client.post(f"{first.location}cancel").status_code == 303
    assert 'data-state="seated"' in client.get(third.location).text
    assert 'data-state="cancelled"' in client.get(first.location).text


@pytest.mark.parametrize(
    ("email", "advice"),
    [("bo@example.org", "We write to you"), ("", "Look at this page again")],
)
def test_the_line_knows_who_can_be_written_to(
    client: FlaskClient, make: Factory, path_of: Callable[[int], str], email: str, advice: str
) -> None:
    path = path_of(make.occurrence(make.event(capacity=1)))
    sign_up(client, path, name="Ana")
    assert advice in client.get(sign_up(client, path, name="Bo", email=email).location).text


def test_the_same_press_twice_is_one_sign_up(client: FlaskClient, path: str) -> None:
    assert sign_up(client, path).location == sign_up(client, path).location


def test_two_people_of_one_name_are_two_when_the_page_tells_them_apart(
    client: FlaskClient, path: str
) -> None:
    assert (
        sign_up(client, path, press="one").location != sign_up(client, path, press="two").location
    )


@pytest.mark.parametrize("change", [{"name": "Bo"}, {"email": "bo@example.org"}])
def test_one_key_never_leads_to_another_s_place(
    client: FlaskClient, path: str, change: dict[str, str]
) -> None:
    ana = {"name": "Ana", "press": "a page gone back to"}
    mine = sign_up(client, path, **ana)
    assert sign_up(client, path, **ana).location == mine.location
    assert sign_up(client, path, **(ana | change)).location != mine.location


def test_an_address_never_opens_another_s_place(client: FlaskClient, path: str) -> None:
    mine = sign_up(client, path, email="ana@example.org")
    theirs = client.post(
        f"{path}signup",
        data={"name": "Sam", "email": "ana@example.org"},
        headers={"User-Agent": "another browser"},
    )
    assert theirs.status_code == mine.status_code == 303
    assert theirs.location != mine.location


def test_signed_in_people_sign_up_as_themselves(
    app: Flask, client: FlaskClient, path: str, make: Factory, sign_in: SignIn
) -> None:
    sign_in(client, make.account(Role.PARTICIPANT))
    first = sign_up(client, path, name="Sam")
    assert sign_up(client, path, name="Another name").location == first.location
    assert client.get("/me/").text.count("/signups/") == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(Person.id))) == 1


@pytest.mark.parametrize(
    "data",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "\u202e\u200b"},
        {"name": "x" * 10_000},
        {"email": "not an address"},
        {"email": "a@b"},
        {"email": "a@b.org\r\nBcc: c@d.org"},
        {"guests": "-1"},
        {"guests": "10"},
        {"guests": "many"},
        {"guests": "9" * 5000},
        {"note": "x" * 1001},
        {"website": "https://spam.example"},
    ],
)
def test_bad_fields_come_back_filled_in(
    client: FlaskClient, path: str, data: dict[str, str]
) -> None:
    answer = sign_up(client, path, **({"note": "please keep this"} | data))
    assert answer.status_code == 422
    if "note" not in data:
        assert "please keep this" in answer.text


@pytest.mark.parametrize(
    "name", ["José", "O'Brien <b>", "王小明", "👩‍👩‍👧", "A\x00B", "\u202eevil", "=1+1", "Zoë " * 20]
)
def test_names_of_all_kinds_are_welcome_and_harmless(
    client: FlaskClient, path: str, name: str
) -> None:
    answer = sign_up(client, path, name=name)
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("event", "date", "words"),
    [
        ({}, {"status": OccurrenceStatus.CANCELLED}, "cancelled"),
        ({}, {"starts_at": datetime.now(UTC) - timedelta(days=1)}, "over"),
        ({"signup_closes_minutes": 60 * 24 * 7}, {}, "closed"),
        ({"joining": Joining.DROP_IN}, {}, "Just come"),
        ({"capacity": 1}, {}, "more people than the room holds"),
    ],
)
def test_every_no_has_its_reason(
    client: FlaskClient,
    make: Factory,
    path_of: Callable[[int], str],
    event: dict[str, object],
    date: dict[str, object],
    words: str,
) -> None:
    path = path_of(make.occurrence(make.event(**event), **date))
    answer = sign_up(client, path, guests="1")
    assert answer.status_code == 409
    assert words in answer.text
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "event",
    [
        {"status": EventStatus.DRAFT},
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.SIGNED_IN},
        {"kind": Kind.ONE_TO_ONE},
    ],
)
def test_what_is_not_public_is_not_there(
    client: FlaskClient,
    make: Factory,
    path_of: Callable[[int], str],
    event: dict[str, object],
) -> None:
    date_id = make.occurrence(make.event(**event))
    path = path_of(date_id)
    assert client.get(path).status_code == 404
    assert sign_up(client, path).status_code == 404
    answer = client.post(f"/api/v1/occurrences/{date_id}/signups", json={"name": "Sam"})
    assert answer.status_code == 404


def test_the_online_link_is_for_those_with_a_seat(
    client: FlaskClient, make: Factory, path_of: Callable[[int], str]
) -> None:
    link = "https://meet.example/secret"
    event = make.event(capacity=1, mode=Mode.ONLINE, online_url=link, online_notes="passcode 4711")
    path = path_of(make.occurrence(event))
    seat, queue = sign_up(client, path, name="Ana"), sign_up(client, path, name="Bo")
    for public in (path, "/", "/calendar/list/", queue.location):
        text = client.get(public).text
        assert link not in text
        assert "4711" not in text
    assert link in client.get(seat.location).text


def test_one_sign_up_for_all_dates_of_a_cohort(
    app: Flask, client: FlaskClient, make: Factory
) -> None:
    event = make.event(slug="course", joining=Joining.COHORT, capacity=1)
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    for week in range(3):
        make.occurrence(event, start + timedelta(weeks=week))
    seat = client.post("/events/course/signup", data={"name": "Ana"})
    line = client.post("/events/course/signup", data={"name": "Bo"})
    assert 'data-state="seated"' in client.get(seat.location).text
    assert 'data-position="1"' in client.get(line.location).text
    with app.app_context():
        assert db.session.scalar(select(func.count(Signup.id))) == 6
    assert client.post(f"{seat.location}cancel").status_code == 303
    assert 'data-state="seated"' in client.get(line.location).text


def test_too_many_presses_are_asked_to_wait(sqlite_url: str) -> None:
    app = create_app(SETTINGS | {"DATABASE_URL": sqlite_url, "RATE_LIMITS": "on"})
    make = Factory(app)
    make.occurrence(make.event(slug="busy", capacity=100))
    with app.app_context():
        key = db.session.scalar(select(Occurrence.key))
    client = app.test_client()
    answers = [
        client.post(f"/events/busy/{key}/signup", data={"name": f"Person {number}"})
        for number in range(31)
    ]
    assert [one.status_code for one in answers[:30]] == [303] * 30
    assert answers[30].status_code == 429
    assert "Person 30" in answers[30].text


def test_an_unknown_private_page_is_not_there(client: FlaskClient) -> None:
    assert client.get("/signups/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 404
    assert client.post("/signups/AAAAAAAAAAAAAAAAAAAAAA/cancel").status_code == 404


def test_a_program_signs_someone_up(client: FlaskClient, make: Factory) -> None:
    date_id = make.occurrence(make.event(capacity=1))
    address = f"/api/v1/occurrences/{date_id}/signups"
    first = client.post(address, json={"name": "Ana"}, headers={"Idempotency-Key": "k1"})
    again = client.post(address, json={"name": "Ana"}, headers={"Idempotency-Key": "k1"})
    second = client.post(address, json={"name": "Bo", "guests": 0})
    assert (first.status_code, again.status_code, second.status_code) == (201, 200, 201)
    assert first.json == again.json
    assert first.json["state"] == "seated"
    assert second.json["state"] == "queued"
    assert second.json["position"] == 1
    assert first.json["manage_url"].startswith("http://localhost/signups/")
    assert client.get(first.json["calendar_url"]).status_code == 200


def test_two_programs_may_count_their_keys_from_one(client: FlaskClient, make: Factory) -> None:
    address = f"/api/v1/occurrences/{make.occurrence(make.event())}/signups"
    answers = [
        client.post(address, json={"name": name}, headers={"Idempotency-Key": "1"})
        for name in ("Ana", "Bo")
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json["manage_url"] != answers[1].json["manage_url"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b"{"),
        (400, b"\xff"),
        (422, b"[]"),
        (422, b'{"name": 7}'),
        (422, b'{"name": ""}'),
        (422, b'{"name": "Ana", "guests": 99}'),
        (422, b'{"name": "Ana", "guests": 1e400}'),
        (422, b'{"name": "Ana", "guests": ' + b"1" * 5000 + b"}"),
        (422, b'{"name": "Ana", "is_admin": true}'),
        (400, b'{"name": "\\ud800"}'),
        (413, b'{"name": "' + b"x" * 200_000 + b'"}'),
    ],
)
def test_bad_bodies_get_a_problem(
    client: FlaskClient, make: Factory, status: int, body: bytes
) -> None:
    date_id = make.occurrence(make.event())
    answer = client.post(
        f"/api/v1/occurrences/{date_id}/signups", data=body, content_type="application/json"
    )
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_a_program_is_told_why_not(client: FlaskClient, make: Factory) -> None:
    date_id = make.occurrence(make.event(joining=Joining.DROP_IN))
    answer = client.post(f"/api/v1/occurrences/{date_id}/signups", json={"name": "Ana"})
    assert answer.status_code == 409
    assert answer.json["reason"] == "drop-in"
    missing = client.post("/api/v1/occurrences/999999/signups", json={"name": "Ana"})
    assert missing.status_code == 404
    text = client.post(f"/api/v1/occurrences/{date_id}/signups", data="name=Ana")
    assert text.status_code == 415
