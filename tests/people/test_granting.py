"""Access that is given, changed, ended, and ends by itself with its last local day."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.db import db, write
from core.outcome import Refused
from people.accounts import load_account
from people.audit import SYSTEM, person
from people.granting import (
    GrantRefusal,
    end_role,
    end_sessions,
    grant_role,
    invite,
    set_password,
    take_password,
)
from people.invitations import invitation_of, token_for
from people.models import Account, AuditEntry, Role, RoleGrant
from people.roles import ending_soon, standing_roles
from tests.factory import PASSWORD, Factory

NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SECRET = "a secret of its own"


@pytest.fixture
def house(both_databases: Flask) -> Iterator[Factory]:
    with both_databases.app_context():
        yield Factory(both_databases)


def made(house: Factory, role: Role) -> int:
    email = house.account(role)
    found = db.session.scalar(select(Account.person_id).where(Account.email == email))
    db.session.rollback()
    assert found is not None
    return found


def ends_of(person_id: int, role: Role) -> date | None:
    db.session.rollback()
    return db.session.get_one(RoleGrant, (person_id, role), populate_existing=True).ends_on


def test_a_grant_holds_through_its_last_day() -> None:
    grants = [
        RoleGrant(role=Role.COORDINATOR, ends_on=TODAY),
        RoleGrant(role=Role.FACILITATOR, ends_on=None),
    ]
    assert standing_roles(grants, TODAY) == {Role.COORDINATOR, Role.FACILITATOR}
    assert standing_roles(grants, TODAY + timedelta(days=1)) == {Role.FACILITATOR}


def test_notice_is_given_thirty_days_ahead() -> None:
    grant = RoleGrant(role=Role.COORDINATOR, ends_on=date(2026, 12, 31))
    for_good = RoleGrant(role=Role.FACILITATOR, ends_on=None)
    assert ending_soon([grant, for_good], date(2026, 11, 30)) == []
    assert ending_soon([grant, for_good], date(2026, 12, 1)) == [grant]
    assert ending_soon([grant], date(2026, 12, 31)) == [grant]
    assert ending_soon([grant], date(2027, 1, 1)) == []


def test_a_role_is_given_prolonged_and_ended(house: Factory) -> None:
    admin, other = made(house, Role.ADMINISTRATOR), made(house, Role.FACILITATOR)
    by, until = person(admin), date(2026, 12, 31)
    assert grant_role(other, Role.COORDINATOR, until, by=by, today=TODAY, now=NOW) is True
    assert ends_of(other, Role.COORDINATOR) == until
    assert grant_role(other, Role.COORDINATOR, None, by=by, today=TODAY, now=NOW) is True
    assert ends_of(other, Role.COORDINATOR) is None
    assert end_role(other, Role.COORDINATOR, by=by, today=TODAY, now=NOW) is True
    assert ends_of(other, Role.COORDINATOR) == TODAY - timedelta(days=1)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(one.verb, one.subject_id, one.actor_id) for one in entries] == [
        ("grant", other, admin),
        ("grant", other, admin),
        ("end", other, admin),
    ]
    assert entries[0].detail == {"role": "coordinator", "until": "2026-12-31"}


def test_what_is_refused(house: Factory) -> None:
    admin, other = made(house, Role.ADMINISTRATOR), made(house, Role.COORDINATOR)
    by, yesterday = person(admin), TODAY - timedelta(days=1)
    role = Role.COORDINATOR
    past = grant_role(other, role, yesterday, by=by, today=TODAY, now=NOW)
    assert past == Refused(GrantRefusal.IN_THE_PAST)
    own = Refused(GrantRefusal.OWN_ACCESS)
    assert grant_role(admin, role, None, by=by, today=TODAY, now=NOW) == own
    assert end_role(admin, Role.ADMINISTRATOR, by=by, today=TODAY, now=NOW) == own
    assert take_password(admin, by=by, now=NOW) == own
    unknown = Refused(GrantRefusal.UNKNOWN)
    assert grant_role(4711, role, None, by=by, today=TODAY, now=NOW) == unknown
    assert end_role(other, Role.PARTICIPANT, by=by, today=TODAY, now=NOW) == unknown
    assert end_sessions(4711, by=by, now=NOW) == unknown
    assert take_password(4711, by=by, now=NOW) == unknown
    taken = invite("X", "coordinator2@example.org", role, None, by=by, today=TODAY, now=NOW)
    assert taken == Refused(GrantRefusal.ADDRESS_TAKEN)
    late = invite("X", "x@example.org", role, yesterday, by=by, today=TODAY, now=NOW)
    assert late == Refused(GrantRefusal.IN_THE_PAST)


def test_the_last_administrator_stays(house: Factory) -> None:
    first, second = made(house, Role.ADMINISTRATOR), made(house, Role.ADMINISTRATOR)
    until, role = date(2026, 12, 31), Role.ADMINISTRATOR
    assert grant_role(second, role, until, by=person(first), today=TODAY, now=NOW) is True
    last = Refused(GrantRefusal.LAST_ADMINISTRATOR)
    by = person(second)
    assert end_role(first, role, by=by, today=TODAY, now=NOW) == last
    assert grant_role(first, role, date(2027, 6, 1), by=by, today=TODAY, now=NOW) == last
    assert ends_of(first, role) is None
    db.session.rollback()
    invited = invite("New", "new@example.org", role, None, by=by, today=TODAY, now=NOW)
    assert isinstance(invited, int)
    assert end_role(first, role, by=by, today=TODAY, now=NOW) == last  # cannot sign in yet
    assert end_role(second, role, by=person(first), today=TODAY, now=NOW) is True


def test_two_administrators_cannot_end_each_other_at_once(both_databases: Flask) -> None:
    with both_databases.app_context():
        house = Factory(both_databases)
        pair = made(house, Role.ADMINISTRATOR), made(house, Role.ADMINISTRATOR)
    answers: list[object] = []
    gate = threading.Barrier(2)

    def end(target: int, by: int) -> None:
        with both_databases.app_context():
            gate.wait()
            answers.append(
                end_role(target, Role.ADMINISTRATOR, by=person(by), today=TODAY, now=NOW)
            )

    threads = [threading.Thread(target=end, args=(a, b)) for a, b in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == sorted(
        map(str, [True, Refused(GrantRefusal.LAST_ADMINISTRATOR)])
    )


def test_a_session_ends_with_the_last_role(house: Factory) -> None:
    other = made(house, Role.COORDINATOR)
    key = db.session.get_one(Account, other).session_key
    grant_role(other, Role.COORDINATOR, TODAY, by=SYSTEM, today=TODAY, now=NOW)
    assert load_account(key, TODAY) is not None
    assert load_account(key, TODAY + timedelta(days=1)) is None
    assert load_account("nonsense", TODAY) is None


def test_a_link_gives_a_password_once_and_for_seven_days(house: Factory) -> None:
    made_id = invite(
        "New", "New@Example.org", Role.FACILITATOR, None, by=SYSTEM, today=TODAY, now=NOW
    )
    assert isinstance(made_id, int)
    account = db.session.get_one(Account, made_id)
    assert account.email == "new@example.org"
    token = token_for(account, SECRET, NOW)
    found = invitation_of(token, SECRET, NOW + timedelta(days=7))
    assert found is not None
    assert found.person_id == made_id
    assert invitation_of(token, SECRET, NOW + timedelta(days=7, seconds=1)) is None
    assert invitation_of(token, "another secret", NOW) is None
    assert invitation_of(token + "x", SECRET, NOW) is None
    assert set_password(made_id, found.session_key, PASSWORD, now=NOW)
    assert not set_password(made_id, found.session_key, "another one here", now=NOW)
    assert invitation_of(token, SECRET, NOW) is None
    take_password(made_id, by=SYSTEM, now=NOW)
    assert invitation_of(token, SECRET, NOW) is None  # the old link stays dead
    assert not set_password(4711, "x", PASSWORD, now=NOW)


def test_signing_out_everywhere_keeps_the_password(house: Factory) -> None:
    other = made(house, Role.COORDINATOR)
    before = db.session.get_one(Account, other).session_key
    assert end_sessions(other, by=SYSTEM, now=NOW) is True
    account = db.session.get_one(Account, other, populate_existing=True)
    assert account.session_key != before
    assert account.password_hash


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets what time it is."""

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment.astimezone(UTC))

    return set_clock


def test_access_ends_with_the_program_s_day_in_every_session(
    app: Flask, make: Factory, sign_in: Callable[..., None], at: Callable[[datetime], None]
) -> None:
    email = make.account(Role.COORDINATOR)
    with app.app_context(), write() as session:
        session.scalars(select(RoleGrant)).one().ends_on = date(2026, 12, 31)
    zone = ZoneInfo("America/Los_Angeles")
    at(datetime(2026, 12, 31, 12, tzinfo=zone))
    client = app.test_client()
    sign_in(client, email)
    page = client.get("/manage/")
    assert page.status_code == 200
    assert "Your access as coordinator ends on Thursday, December 31, 2026." in page.text
    at(datetime(2026, 12, 31, 23, 59, tzinfo=zone))  # the new year has begun in UTC
    assert client.get("/manage/").status_code == 200
    at(datetime(2027, 1, 1, 0, 0, tzinfo=zone))
    assert client.get("/manage/").status_code == 303
    assert client.post("/manage/venues/new", data={}).status_code == 401
    again = client.post("/sign-in/", data={"email": email, "password": PASSWORD})
    assert again.status_code == 422
    assert "Your access ended on Thursday, December 31, 2026." in again.text
    wrong = client.post("/sign-in/", data={"email": email, "password": "wrong wrong wrong"})
    assert "ended" not in wrong.text.split("<form")[1]


def test_no_notice_long_before(
    app: Flask, make: Factory, sign_in: Callable[..., None], at: Callable[[datetime], None]
) -> None:
    email = make.account(Role.COORDINATOR)
    with app.app_context(), write() as session:
        session.scalars(select(RoleGrant)).one().ends_on = date(2026, 12, 31)
    at(datetime(2026, 11, 1, 12, tzinfo=UTC))
    client = app.test_client()
    sign_in(client, email)
    assert "Your access as" not in client.get("/manage/").text


def test_the_operator_gives_access_until_a_day(app: Flask) -> None:
    runner = app.test_cli_runner()
    args = ["create-person", "--name", "Kim", "--email", "kim@example.org"]
    said = runner.invoke(args=[*args, "--role", "coordinator", "--until", "2030-12-31"])
    assert said.output == "Made coordinator Kim until 2030-12-31\n"
    with app.app_context():
        assert db.session.scalars(select(RoleGrant.ends_on)).one() == date(2030, 12, 31)
    wrong = runner.invoke(args=[*args, "--role", "coordinator", "--until", "soon"])
    assert wrong.exit_code == 2


def test_an_account_without_any_role_is_told_so(app: Flask, client: FlaskClient, make: Factory):
    email = make.account(Role.COORDINATOR)
    with app.app_context(), write() as session:
        session.delete(session.scalars(select(RoleGrant)).one())
    answer = client.post("/sign-in/", data={"email": email, "password": PASSWORD})
    assert "This account has no access." in answer.text
