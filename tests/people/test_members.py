"""The administrators' pages: who may do what, and until when."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from core.db import db, write
from people.models import Account, AuditEntry, Person, Role, RoleGrant
from tests.conftest import SETTINGS
from tests.factory import PASSWORD, Factory

LATER = (datetime.now(UTC) + timedelta(days=300)).date()


@pytest.fixture
def admin(client: FlaskClient, make: Factory, sign_in: Callable[..., None]) -> FlaskClient:
    sign_in(client, make.account(Role.ADMINISTRATOR, email="admin@example.org", name="Ada"))
    return client


def _id(app: Flask, email: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Account.person_id).where(Account.email == email)).one()


NEW = {"name": "Nia", "email": "nia@example.org", "role": "coordinator", "until": LATER.isoformat()}


def test_somebody_is_invited_and_sets_a_password(app, admin):
    made = admin.post("/admin/people/new", data=NEW)
    assert made.status_code == 303
    page = admin.get(made.location).text
    link = re.search(r"http://localhost(/set-password/[^<]+/)</code>", page)[1]
    newcomer = app.test_client()
    form = newcomer.get(link)
    assert form.status_code == 200
    assert form.headers["Referrer-Policy"] == "no-referrer"
    assert form.headers["Cache-Control"] == "no-store"
    short = newcomer.post(link, data={"password": "short", "again": "short"})
    assert short.status_code == 422
    differ = newcomer.post(link, data={"password": PASSWORD, "again": PASSWORD + "!"})
    assert "The two passwords differ." in differ.text
    done = newcomer.post(link, data={"password": PASSWORD, "again": PASSWORD})
    assert done.status_code == 303
    assert "Your password is set." in newcomer.get(done.location).text
    assert newcomer.get(link).status_code == 404
    dead = newcomer.post(link, data={"password": PASSWORD, "again": PASSWORD})
    assert dead.status_code == 404
    entered = newcomer.post("/sign-in/", data={"email": "nia@example.org", "password": PASSWORD})
    assert entered.status_code == 303
    assert "set-password/" not in admin.get(made.location).text
    with app.app_context():
        verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()
    assert verbs[-3:] == ["create", "set-password", "sign-in"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "\u202e"}, "Please give a name."),
        ({"name": ""}, "Please give a name."),
        ({"email": "nowhere"}, "That does not look like an email address."),
        ({"email": "ADMIN@example.org"}, "That address has an account already."),
        ({"role": "king"}, "Not a valid choice."),
        ({"until": "2020-01-01"}, "That day is over."),
        ({"until": "soon"}, "Not a valid date value."),
    ],
)
def test_what_is_wrong_is_said(app, admin, wrong, words):
    answer = admin.post("/admin/people/new", data=NEW | wrong)
    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert db.session.scalars(select(Account.email)).all() == ["admin@example.org"]


def test_the_list_says_who_may_do_what_until_when(app, admin, make):
    make.account(Role.FACILITATOR, name="Fern")
    make.account(Role.COORDINATOR, name="Cleo", email="cleo@example.org")
    with app.app_context(), write() as session:
        session.get_one(RoleGrant, (_id(app, "cleo@example.org"), "coordinator")).ends_on = date(
            2020, 1, 31
        )
    page = admin.get("/admin/people/").text
    assert "3 accounts" in page
    assert "ended on Friday, January 31, 2020" in page
    assert "no access" in page
    found = admin.get("/admin/people/?q=cleo").text
    assert "1 account" in found
    assert "Fern" not in found
    for odd in ("page=0", "page=99", "page=x", "q=%25%00", "q=" + "x" * 9000):
        assert admin.get(f"/admin/people/?{odd}").status_code == 200


def test_the_list_takes_a_fixed_number_of_queries(admin, make, count_queries):
    counts = []
    for more in (1, 2):
        for _one in range(more):
            make.account(Role.FACILITATOR)
        with count_queries() as seen:
            admin.get("/admin/people/")
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts == [5, 5]


def test_access_is_changed_ended_and_given_again(app, admin, make):
    other = _id(app, make.account(Role.COORDINATOR))
    at = f"/admin/people/{other}"
    data = {"role": "coordinator", "until": LATER.isoformat()}
    assert admin.post(f"{at}/grant", data=data).status_code == 303
    assert (
        f"until {LATER:%A, %B} {LATER.day}, {LATER.year}, that day included"
        in admin.get(f"{at}/").text
    )
    past = admin.post(f"{at}/grant", data=data | {"until": "2020-01-01"})
    assert past.status_code == 422
    assert "That day is over." in past.text
    assert admin.post(f"{at}/grant", data={"role": "king"}).status_code == 422
    assert admin.post(f"{at}/end", data={"role": "coordinator"}).status_code == 303
    assert "ended on" in admin.get(f"{at}/").text
    assert admin.post(f"{at}/end", data={"role": "king"}).status_code == 400
    assert admin.post(f"{at}/end", data={"role": "participant"}).status_code == 404
    assert admin.post("/admin/people/4711/end", data={"role": "participant"}).status_code == 404
    assert admin.get("/admin/people/4711/").status_code == 404


def test_nobody_changes_their_own_access(app, admin):
    me = _id(app, "admin@example.org")
    page = admin.get(f"/admin/people/{me}/").text
    assert "Nobody changes their own access." in page
    assert "/grant" not in page
    answer = admin.post(f"/admin/people/{me}/grant", data={"role": "coordinator", "until": ""})
    assert answer.status_code == 409
    assert "Ask another administrator." in answer.text
    assert admin.post(f"/admin/people/{me}/end", data={"role": "administrator"}).status_code == 409
    assert admin.post(f"/admin/people/{me}/password").status_code == 409


def test_signing_out_everywhere_and_taking_the_password_end_sessions(app, admin, make, sign_in):
    email = make.account(Role.COORDINATOR)
    other = _id(app, email)
    phone = app.test_client()
    sign_in(phone, email)
    assert phone.get("/manage/").status_code == 200
    assert admin.post(f"/admin/people/{other}/sign-out").status_code == 303
    assert phone.get("/manage/").status_code == 303
    sign_in(phone, email)
    assert admin.post(f"/admin/people/{other}/password").status_code == 303
    assert phone.get("/manage/").status_code == 303
    refused = phone.post("/sign-in/", data={"email": email, "password": PASSWORD})
    assert refused.status_code == 422
    assert "/set-password/" in admin.get(f"/admin/people/{other}/").text


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.FACILITATOR, Role.COORDINATOR])
def test_only_administrators_decide_who_may_do_what(app, client, make, sign_in, role):
    sign_in(client, make.account(role, email="me@example.org"))
    me = _id(app, "me@example.org")
    data = {"role": "administrator", "until": ""}
    for path in ("new", f"{me}/grant", f"{me}/end", f"{me}/sign-out", f"{me}/password"):
        assert client.post(f"/admin/people/{path}", data=data | NEW).status_code == 403
    assert client.get("/admin/people/").status_code == 403
    with app.app_context():
        assert db.session.scalars(select(Person.name)).all() == [role.value.title()]


def test_a_link_that_was_never_given_opens_nothing(client):
    for token in ("x", "a.b", "WzEsIngiLDk5OTk5OTk5OTldfQ.sig"):
        assert client.get(f"/set-password/{token}/").status_code == 404


def test_links_cannot_be_guessed_by_trying(sqlite_url):
    app = create_app(SETTINGS | {"DATABASE_URL": sqlite_url, "RATE_LIMITS": "on"})
    client = app.test_client()
    answers = [client.post(f"/set-password/{n}/").status_code for n in range(11)]
    assert answers == [404] * 10 + [429]
