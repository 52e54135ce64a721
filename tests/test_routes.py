"""Every route declares who may use it, and keeps to it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from people.access import PERMISSIONS, Permission, allowed
from people.models import Role
from tests.factory import Factory

SAMPLES = {
    "slug": "no-such",
    "key": "2026-11-03T1830",
    "code": "NONE",
    "token": "no-such-token",
    "year": 2026,
    "month": 11,
    "day": 23,
    "week": 48,
    "kind": "workshop",
}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(app: Flask, rule: Rule) -> str:
    values = {name: SAMPLES.get(name, 999_999) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_route_declares_its_access(app: Flask) -> None:
    for rule in rules(app):
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        assert access == "public" or isinstance(access, Permission), f"{rule} declares nothing"


def test_private_routes_are_closed_to_strangers(app: Flask, client: FlaskClient) -> None:
    closed = 0
    for rule in rules(app):
        if getattr(app.view_functions[rule.endpoint], "access", None) == "public":
            continue
        for method in rule.methods & {"GET", "POST"}:
            answer = client.open(address(app, rule), method=method)
            assert answer.status_code in {303, 401}, f"{method} {rule}: {answer.status_code}"
            if answer.status_code == 303:
                assert answer.location.startswith("/sign-in/")
            closed += 1
    assert closed > 10


@pytest.mark.parametrize("role", list(Role))
def test_each_role_enters_what_the_table_gives_it(
    app: Flask, role: Role, make: Factory, sign_in: Callable[[FlaskClient, str], None]
) -> None:
    client = app.test_client()
    sign_in(client, make.account(role))
    for rule in rules(app):
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        if access == "public" or "GET" not in rule.methods:
            continue
        status = client.get(address(app, rule)).status_code
        if allowed(frozenset({role}), access):
            assert status in {200, 303, 404}, f"{role} at {rule}: {status}"
        else:
            assert status == 403, f"{role} at {rule}: {status}"


def test_more_trust_never_opens_less() -> None:
    ladder = [Role.PARTICIPANT, Role.FACILITATOR, Role.COORDINATOR, Role.ADMINISTRATOR]
    for lower, higher in pairwise(ladder):
        assert PERMISSIONS[lower] <= PERMISSIONS[higher]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
def test_writes_from_elsewhere_are_refused(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    for rule in rules(app):
        if "POST" in rule.methods:
            answer = client.post(address(app, rule), headers=headers)
            assert answer.status_code == 403, rule


def test_every_answer_carries_the_security_headers(app: Flask, client: FlaskClient) -> None:
    for path in ("/", "/calendar/", "/sign-in/", "/no-such-page", "/healthz"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_public_pages_set_no_cookie_and_do_not_vary_by_one(client: FlaskClient) -> None:
    for path in ("/", "/calendar/", "/calendar/list/", "/help-now/", "/privacy/", "/subscribe/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


ODD = [
    "/calendar/9999/12/",
    "/calendar/2026/13/",
    "/calendar/2026/00/",
    "/calendar/2026/w54/",
    "/calendar/2026/w00/",
    "/calendar/2026/02/30/",
    "/calendar/1990/01/",
    "/calendar/list/?from=9999-99-99",
    "/calendar/list/?from=99999999",
    "/calendar/list/?page=0",
    "/calendar/list/?page=-1",
    "/events/%F0%9F%8C%8A/",
    "/events/a/9999-12-31T2359/",
    "/events/a/2026-02-30T1000/",
    "/events/" + "a" * 5000 + "/",
    "/venues/%00/",
    "/curriculum/courses/%00/",
    "/signups/%00/",
    "/es/nada/",
]


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "kind=nonsense",
        "city=%00",
        "q=" + "x" * 9000,
        "q=%25%5F%5C",
        "tag=" + "&tag=".join(str(number) for number in range(400)),
        "page=abc",
        "mode=%F0%9F%8C%8A&language=zz",
        "q='; DROP TABLE event; --",
    ],
)
def test_odd_filters_get_an_answer(client: FlaskClient, query: str) -> None:
    for path in ("/calendar/", "/calendar/list/", "/calendar/2026/w48/"):
        assert client.get(f"{path}?{query}").status_code == 200
