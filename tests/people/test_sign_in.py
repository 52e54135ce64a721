"""Signing in tells nothing about who is known, and leads nowhere but home."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from core.db import db
from people.accounts import normal_email
from people.models import AuditEntry, Role
from tests.conftest import SETTINGS
from tests.factory import PASSWORD, Factory


def enter(client: FlaskClient, email: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in/", data={"email": email, "password": password, **more})


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.PARTICIPANT, "/me/"),
        (Role.FACILITATOR, "/today/"),
        (Role.COORDINATOR, "/manage/"),
        (Role.ADMINISTRATOR, "/manage/"),
    ],
)
def test_everyone_arrives_where_their_work_is(
    client: FlaskClient, make: Factory, role: Role, home: str
) -> None:
    answer = enter(client, make.account(role).upper())
    assert (answer.status_code, answer.location) == (303, home)
    assert client.get(home).status_code == 200


def test_unknown_addresses_and_wrong_passwords_get_the_same_words(
    client: FlaskClient, make: Factory
) -> None:
    known = make.account()
    wrong, unknown = enter(client, known, "wrong"), enter(client, "nobody@example.org", "wrong")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace(known, "") == unknown.text.replace("nobody@example.org", "")
    assert "do not go together" in wrong.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_signing_in_never_leads_to_another_site(
    client: FlaskClient, make: Factory, elsewhere: str
) -> None:
    assert enter(client, make.account(), next=elsewhere).location == "/manage/"


def test_one_is_taken_to_the_page_one_wanted(client: FlaskClient, make: Factory) -> None:
    asked = client.get("/manage/venues/")
    assert asked.location == "/sign-in/?next=/manage/venues/"
    assert enter(client, make.account(), next="/manage/venues/").location == "/manage/venues/"


def test_signing_out_ends_it(client: FlaskClient, make: Factory) -> None:
    enter(client, make.account())
    assert client.post("/sign-out/").status_code == 303
    assert client.get("/manage/").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(
    client: FlaskClient, make: Factory
) -> None:
    cookie = enter(client, make.account()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_tries_are_limited_and_shared_over_redis(sqlite_url: str, redis_url: str) -> None:
    settings = SETTINGS | {
        "DATABASE_URL": sqlite_url,
        "RATE_LIMITS": "on",
        "REDIS_URL": redis_url,
    }
    first, second = create_app(settings).test_client(), create_app(settings).test_client()
    answers = [enter(first, "a@example.org", "x").status_code for _ in range(6)]
    answers += [enter(second, "a@example.org", "x").status_code for _ in range(5)]
    assert answers == [422] * 10 + [429]


def test_signing_in_and_looking_at_the_record_are_recorded(
    app: Flask, client: FlaskClient, make: Factory
) -> None:
    enter(client, make.account(Role.ADMINISTRATOR))
    assert "sign-in" in client.get("/admin/").text
    with app.app_context():
        verbs = set(db.session.scalars(select(AuditEntry.verb)))
    assert {"sign-in", "look"} <= verbs


def test_addresses_are_compared_without_case_or_space() -> None:
    assert normal_email("  Ana@Example.ORG ") == "ana@example.org"


def test_an_operator_makes_an_account(app: Flask) -> None:
    runner = app.test_cli_runner()
    command = ["create-person", "--name", "Joan", "--email", "joan@example.org"]
    command += ["--role", "coordinator", "--password", "a fine password"]
    assert runner.invoke(args=command).exit_code == 0
    again = runner.invoke(args=command)
    assert again.exit_code == 1
    assert "has an account already" in again.output
    assert enter(app.test_client(), "joan@example.org", "a fine password").status_code == 303


@pytest.mark.parametrize("size", [5_000_001, 10_000_000])
def test_a_huge_post_is_refused(client: FlaskClient, size: int) -> None:
    answer = client.post("/sign-in/", data={"email": "x" * size})
    assert answer.status_code == 413
    assert "too large" in answer.text
