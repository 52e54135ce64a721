"""A coordinator leaves: what they lead goes to somebody else in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db, write
from core.outcome import Refused
from events.handing_over import hand_over, led_by
from events.models import Assignment, EventStatus
from events.staffing import StaffingRefusal, facilitators
from people.audit import SYSTEM
from people.models import Account, AuditEntry, Role, RoleGrant
from tests.factory import Factory

NOW = datetime.now(UTC)
TODAY = NOW.date()


@pytest.fixture
def house(both_databases: Flask) -> Iterator[Factory]:
    with both_databases.app_context():
        yield Factory(both_databases)


def lead(house: Factory, name: str = "Lee") -> int:
    email = house.account(Role.FACILITATOR, name=name)
    found = db.session.scalars(select(Account.person_id).where(Account.email == email)).one()
    db.session.rollback()
    return found


def led(person_id: int) -> set[tuple[int, int | None]]:
    db.session.rollback()
    rows = db.session.scalars(select(Assignment).where(Assignment.person_id == person_id))
    return {(one.event_id, one.occurrence_id) for one in rows}


def test_all_that_is_to_come_goes_over_and_the_past_stays(house: Factory) -> None:
    leaving, taking = lead(house), lead(house, "Tia")
    weekly, single = house.event("Weekly"), house.event("Single")
    coming, over = house.occurrence(single), house.occurrence(single, NOW - timedelta(days=9))
    archived = house.event("Old", status=EventStatus.ARCHIVED)
    house.assignment(weekly, leaving)
    house.assignment(single, leaving, coming)
    house.assignment(single, leaving, over)
    house.assignment(archived, leaving)
    assert [one.title for one in led_by(leaving, NOW)] == ["Weekly", "Single"]
    assert hand_over(leaving, taking, by=SYSTEM, today=TODAY, now=NOW) == 2
    assert led(taking) == {(weekly, None), (single, coming)}
    assert led(leaving) == {(single, over), (archived, None)}
    assert hand_over(leaving, taking, by=SYSTEM, today=TODAY, now=NOW) == 0
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "hand-over")).all()
    assert [one.event_id for one in entries] == [weekly, single]
    assert entries[0].detail == {"from_person": leaving, "to": taking}


def test_whoever_leads_it_already_keeps_their_part(house: Factory) -> None:
    leaving, taking = lead(house), lead(house, "Tia")
    event = house.event()
    house.assignment(event, leaving)
    house.assignment(event, taking)
    assert hand_over(leaving, taking, by=SYSTEM, today=TODAY, now=NOW) == 1
    assert led(taking) == {(event, None)}
    assert led(leaving) == set()


def test_only_to_somebody_else_who_may_lead(house: Factory) -> None:
    leaving, ended = lead(house), lead(house, "Ed")
    house.assignment(house.event(), leaving)
    with write() as session:
        session.get_one(RoleGrant, (ended, Role.FACILITATOR)).ends_on = date(2020, 1, 1)
    refused = Refused(StaffingRefusal.NOT_A_FACILITATOR)
    for to in (leaving, ended, house.person(), 4711):
        assert hand_over(leaving, to, by=SYSTEM, today=TODAY, now=NOW) == refused
    assert [one.name for one in facilitators(TODAY)] == ["Lee"]
    assert len(led(leaving)) == 1


def test_the_page_shows_it_and_does_it(
    app: Flask, client: FlaskClient, make: Factory, sign_in: Callable[..., None]
) -> None:
    sign_in(client, make.account(Role.COORDINATOR, email="me@example.org", name="Mae"))
    make.account(Role.FACILITATOR, email="to@example.org", name="Tia")
    with app.app_context():
        ids = {one.email: one.person_id for one in db.session.scalars(select(Account))}
    me, to = ids["me@example.org"], ids["to@example.org"]
    event = make.event("Weekly")
    make.assignment(event, me)
    mine = client.get("/manage/hand-over/")
    assert mine.location == f"/manage/hand-over/{me}/"
    page = client.get(mine.location).text
    assert "Weekly" in page
    assert "Every date" in page
    assert ">Mae</option>" not in page
    for wrong in ({}, {"to": "x"}, {"to": "99999999999"}):
        assert client.post(mine.location, data=wrong).status_code == 422
    assert client.post(mine.location, data={"to": str(me)}).status_code == 422
    done = client.post(mine.location, data={"to": str(to)})
    said = client.get(done.location).text
    assert "1 thing was handed over." in said
    assert "Mae leads nothing from now on." in said
    assert client.get("/manage/hand-over/4711/").status_code == 404
    history = client.get(f"/manage/events/{event}/history").text
    assert "Handed over from Mae to Tia" in history


def test_where_nobody_leads_two_things_at_once_it_is_refused_as_a_whole(house: Factory) -> None:
    leaving, taking = lead(house), lead(house, "Tia")
    free, busy, own = house.event("Free"), house.event("Busy"), house.event("Own")
    when = NOW + timedelta(days=3)
    house.occurrence(free, when + timedelta(days=1))
    for event in (busy, own):
        house.occurrence(event, when)
    house.assignment(free, leaving)
    house.assignment(busy, leaving)
    house.assignment(own, taking)
    answer = hand_over(leaving, taking, by=SYSTEM, today=TODAY, now=NOW, exclusive=True)
    assert answer == Refused(StaffingRefusal.DOUBLE_BOOKED)
    assert led(leaving) == {(free, None), (busy, None)}
    assert hand_over(leaving, taking, by=SYSTEM, today=TODAY, now=NOW) == 2
