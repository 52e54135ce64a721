"""A place, or the whole program, closes: its dates say so, and all come back by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from core.db import db
from core.outcome import Refused
from events.closures import ClosurePlan, Done, change_closure, close, forecast, lift_closure
from events.dates import Move, cancel_occurrence, reschedule, restore_occurrence
from events.extending import extend_calendar
from events.models import Closure, Mode, Occurrence, Series
from events.rules.closing import ClosureRefusal
from events.rules.planning import PlanRefusal
from events.undo import UndoRefusal, undo
from people.audit import SYSTEM
from people.models import AuditEntry, Delivery, OutboxMessage
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
DEC = [datetime(2026, 12, day, 18, 30) for day in (15, 22, 29)]
JAN = datetime(2027, 1, 12, 18, 30)
BREAK = (date(2026, 12, 20), date(2027, 1, 5))


@pytest.fixture
def house(both_databases: Flask):
    with both_databases.app_context():
        yield Factory(both_databases)


@pytest.fixture
def hall(house: Factory) -> int:
    return house.venue()


def local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) + timedelta(hours=8)


def dates_at(house: Factory, venue: int | None, *moments: datetime, **values: object) -> list[int]:
    event = house.event(venue_id=venue, **values)
    return [house.occurrence(event, local(one), created_at=NOW, updated_at=NOW) for one in moments]


def closed(venue: int | None, reason: str = "Winter break", span=BREAK) -> int:
    done = close(ClosurePlan(venue, *span, reason), PACIFIC, by=SYSTEM, now=NOW)
    assert isinstance(done, Done), done
    return done.closure_id


def states(ids: list[int]) -> list[tuple[str, str]]:
    db.session.expire_all()
    found = [db.session.get_one(Occurrence, one) for one in ids]
    return [(one.status, one.cancel_reason) for one in found]


def mail() -> list[tuple[str, str]]:
    db.session.expire_all()
    query = select(OutboxMessage.kind, OutboxMessage.state).order_by(OutboxMessage.id)
    return [(kind, state) for kind, state in db.session.execute(query)]


ON, OFF = ("scheduled", ""), ("cancelled", "Winter break")


def test_every_date_inside_is_closed_and_no_other(house: Factory, hall: int) -> None:
    here = dates_at(house, hall, *DEC, JAN)
    elsewhere = dates_at(house, house.venue("Old Mill"), *DEC)
    online = dates_at(house, hall, *DEC, mode=Mode.ONLINE)
    closed(hall)
    assert states(here) == [ON, OFF, OFF, ON]
    assert states(elsewhere) == [ON, ON, ON]
    assert states(online) == [ON, ON, ON]


def test_a_date_that_came_to_the_place_is_closed_and_one_that_left_is_not(
    house: Factory, hall: int
) -> None:
    other = house.venue("Old Mill")
    (left,) = dates_at(house, hall, DEC[1])
    (came,) = dates_at(house, other, DEC[1])
    db.session.get_one(Occurrence, left).venue_id = other
    db.session.get_one(Occurrence, came).venue_id = hall
    db.session.commit()
    closed(hall)
    assert states([left, came]) == [ON, OFF]


def test_the_whole_program_closes_with_its_online_groups(house: Factory, hall: int) -> None:
    ids = [*dates_at(house, hall, DEC[1]), *dates_at(house, None, DEC[1], mode=Mode.ONLINE)]
    closed(None)
    assert states(ids) == [OFF, OFF]


def test_calendar_programs_see_it(house: Factory, hall: int) -> None:
    event = house.event(venue_id=hall)
    series = house.series(event, updated_at=NOW - timedelta(days=9))
    one = house.occurrence(event, local(DEC[1]), series_id=series, updated_at=NOW)
    closed(hall)
    stored = db.session.get_one(Occurrence, one)
    assert (stored.sequence, stored.updated_at) == (1, NOW)
    assert db.session.get_one(Series, series).updated_at == NOW


def test_lifting_brings_back_exactly_its_dates(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, *DEC)
    cancel_occurrence(ids[1], "Burst pipe", by=SYSTEM, now=NOW)
    closure = closed(hall)
    assert states(ids) == [ON, ("cancelled", "Burst pipe"), OFF]
    done = lift_closure(closure, PACIFIC, by=SYSTEM, now=LATER)
    assert isinstance(done, Done) and (done.opened, done.closed) == (1, 0)
    assert states(ids) == [ON, ("cancelled", "Burst pipe"), ON]
    assert db.session.scalars(select(Closure)).all() == []
    assert db.session.get_one(Occurrence, ids[2]).sequence == 2


def test_shortening_and_moving_bring_back_what_is_no_longer_covered(
    house: Factory, hall: int
) -> None:
    ids = dates_at(house, hall, *DEC, JAN)
    closure = closed(hall)
    plan = ClosurePlan(hall, date(2026, 12, 27), date(2027, 1, 15), "Winter break")
    change_closure(closure, plan, PACIFIC, by=SYSTEM, now=LATER)
    assert states(ids) == [ON, ON, OFF, OFF]


def test_another_reason_reaches_the_dates_and_nobody_gets_mail(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, DEC[1])
    house.signup(ids[0], email="sam@example.org")
    closure = closed(hall)
    change_closure(closure, ClosurePlan(hall, *BREAK, "New floor"), PACIFIC, by=SYSTEM, now=LATER)
    assert states(ids) == [("cancelled", "New floor")]
    assert mail() == [("date-cancelled", Delivery.WAITING)]


def test_where_two_overlap_the_other_one_takes_over(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, *DEC)
    first = closed(hall)
    second = closed(None, "Holidays", (date(2026, 12, 27), date(2027, 1, 1)))
    assert states(ids) == [ON, OFF, OFF]
    lift_closure(first, PACIFIC, by=SYSTEM, now=LATER)
    assert states(ids) == [ON, ON, ("cancelled", "Holidays")]
    lift_closure(second, PACIFIC, by=SYSTEM, now=LATER)
    assert states(ids) == [ON, ON, ON]


def test_the_same_closure_twice_is_one(house: Factory, hall: int) -> None:
    plan = ClosurePlan(hall, *BREAK, "Winter break")
    first = close(plan, PACIFIC, by=SYSTEM, now=NOW)
    again = close(plan, PACIFIC, by=SYSTEM, now=LATER)
    assert isinstance(first, Done) and isinstance(again, Done)
    assert again == Done(first.closure_id, None)


def test_a_closure_that_is_on_and_is_lifted_stays_in_the_record(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, datetime(2026, 12, 22, 18, 30), datetime(2026, 12, 29, 18, 30))
    closure = closed(hall)
    lift_closure(closure, PACIFIC, by=SYSTEM, now=datetime(2026, 12, 24, 18, tzinfo=UTC))
    assert states(ids) == [OFF, ON]
    assert db.session.get_one(Closure, closure).last_day == date(2026, 12, 23)


def test_what_is_over_is_never_rewritten(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, datetime(2026, 11, 20, 18, 30), datetime(2026, 11, 24, 18, 30))
    closure = closed(hall, span=(date(2026, 11, 18), date(2026, 11, 30)))
    assert states(ids) == [ON, OFF]
    tomorrow = NOW + timedelta(days=2)
    plan = ClosurePlan(hall, date(2026, 11, 26), date(2026, 11, 30), "Winter break")
    change_closure(closure, plan, PACIFIC, by=SYSTEM, now=tomorrow)
    assert states(ids) == [ON, OFF]


def test_the_signed_up_are_told_once_for_each_date(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, DEC[1], DEC[2])
    for one in ids:
        house.signup(one, email="sam@example.org")
    house.signup(ids[0], "Robin", state="cancelled", email="robin@example.org")
    closure = closed(hall)
    assert mail() == [("date-cancelled", Delivery.WAITING)] * 2
    waits = db.session.scalars(select(OutboxMessage.send_after)).all()
    assert set(waits) == {NOW + timedelta(minutes=10)}
    lift_closure(closure, PACIFIC, by=SYSTEM, now=LATER)
    assert mail() == [("date-cancelled", Delivery.DROPPED)] * 2


def test_whoever_was_told_is_told_that_it_takes_place(house: Factory, hall: int) -> None:
    (one,) = dates_at(house, hall, DEC[1])
    house.signup(one, email="sam@example.org")
    closure = closed(hall)
    db.session.execute(update(OutboxMessage).values(state=Delivery.SENT))
    db.session.commit()
    change_closure(closure, ClosurePlan(hall, *BREAK, "Floor"), PACIFIC, by=SYSTEM, now=LATER)
    lift_closure(closure, PACIFIC, by=SYSTEM, now=LATER + timedelta(hours=1))
    assert mail() == [("date-cancelled", Delivery.SENT), ("date-changed", Delivery.WAITING)]


def test_undoing_a_closure_takes_back_its_mail_too(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, *DEC)
    house.signup(ids[1], email="sam@example.org")
    done = close(ClosurePlan(hall, *BREAK, "Storm"), PACIFIC, by=SYSTEM, now=NOW)
    assert isinstance(done, Done) and done.change_id
    fresh = dates_at(house, hall)
    assert not isinstance(undo(done.change_id, by=SYSTEM, now=LATER), Refused)
    assert states([*ids, *fresh]) == [ON, ON, ON]
    assert mail() == [("date-cancelled", Delivery.DROPPED)]
    assert db.session.scalars(select(Closure)).all() == []


def test_undoing_also_opens_dates_that_were_made_meanwhile(house: Factory, hall: int) -> None:
    done = close(ClosurePlan(hall, *BREAK, "Storm"), PACIFIC, by=SYSTEM, now=NOW)
    (one,) = dates_at(house, hall, DEC[1])
    extend_calendar(LATER)
    assert states([one]) == [("cancelled", "Storm")]
    assert not isinstance(undo(done.change_id, by=SYSTEM, now=LATER), Refused)  # type: ignore
    assert states([one]) == [ON]


def test_undoing_a_lift_closes_again(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, *DEC)
    done = lift_closure(closed(hall), PACIFIC, by=SYSTEM, now=NOW)
    assert states(ids) == [ON, ON, ON]
    undo(done.change_id, by=SYSTEM, now=LATER)  # type: ignore
    assert states(ids) == [ON, OFF, OFF]
    lift_closure(db.session.scalars(select(Closure.id)).one(), PACIFIC, by=SYSTEM, now=LATER)
    assert states(ids) == [ON, ON, ON]


def test_undoing_a_cancellation_inside_a_closure_leaves_the_date_closed(
    house: Factory, hall: int
) -> None:
    (one,) = dates_at(house, hall, DEC[1])
    change = cancel_occurrence(one, "Burst pipe", by=SYSTEM, now=NOW)
    closed(hall)
    undo(change, by=SYSTEM, now=LATER)  # type: ignore
    assert states([one]) == [OFF]


def test_new_dates_inside_are_closed_with_one_question(house: Factory, hall: int) -> None:
    event = house.event(venue_id=hall)
    house.series(
        event, starts_on=date(2026, 12, 1), extended_to=date(2026, 11, 30), until=JAN.date()
    )
    closed(hall)
    extend_calendar(NOW)
    ids = db.session.scalars(select(Occurrence.id).order_by(Occurrence.key)).all()
    assert states(list(ids)) == [ON, ON, ON, OFF, OFF, OFF, ON]


def test_moving_into_a_closure_closes_and_moving_out_opens(house: Factory, hall: int) -> None:
    (one,) = dates_at(house, hall, DEC[0])
    house.signup(one, email="sam@example.org")
    closed(hall)
    reschedule(one, Move(DEC[1], 90), by=SYSTEM, now=NOW)
    assert states([one]) == [OFF]
    assert mail() == [("date-cancelled", Delivery.WAITING)]
    reschedule(one, Move(DEC[1], 90, house.venue("Old Mill")), by=SYSTEM, now=LATER)
    assert states([one]) == [ON]


def test_cancelled_by_hand_a_closed_date_does_not_come_back(house: Factory, hall: int) -> None:
    (one,) = dates_at(house, hall, DEC[1])
    house.signup(one, email="sam@example.org")
    closure = closed(hall)
    cancel_occurrence(one, "For good", by=SYSTEM, now=NOW)
    lift_closure(closure, PACIFIC, by=SYSTEM, now=LATER)
    assert states([one]) == [("cancelled", "For good")]
    assert mail() == [("date-cancelled", Delivery.WAITING)]


def test_a_date_cannot_be_restored_while_its_place_is_closed(house: Factory, hall: int) -> None:
    (one,) = dates_at(house, hall, DEC[1])
    closed(hall)
    assert restore_occurrence(one, by=SYSTEM, now=LATER) == Refused(PlanRefusal.CLOSED)


def test_what_cannot_be(house: Factory, hall: int) -> None:
    backwards = ClosurePlan(hall, date(2027, 1, 5), date(2026, 12, 20))
    nowhere = ClosurePlan(4711, *BREAK)
    for plan, why in (
        (backwards, ClosureRefusal.ENDS_BEFORE_START),
        (nowhere, ClosureRefusal.UNKNOWN_VENUE),
    ):
        assert close(plan, PACIFIC, by=SYSTEM, now=NOW) == Refused(why)
    plan = ClosurePlan(hall, *BREAK)
    missing = Refused(ClosureRefusal.UNKNOWN_CLOSURE)
    assert change_closure(4711, plan, PACIFIC, by=SYSTEM, now=NOW) == missing
    assert lift_closure(4711, PACIFIC, by=SYSTEM, now=NOW) == missing


def test_the_second_of_two_coordinators_is_told(house: Factory, hall: int) -> None:
    closure = closed(hall)
    seen = db.session.get_one(Closure, closure).updated_at
    first = ClosurePlan(hall, *BREAK, "New floor")
    change_closure(closure, first, PACIFIC, by=SYSTEM, now=LATER, seen=seen)
    second = ClosurePlan(hall, BREAK[0], date(2027, 1, 9), "Winter break")
    answer = change_closure(closure, second, PACIFIC, by=SYSTEM, now=LATER, seen=seen)
    assert answer == Refused(ClosureRefusal.CHANGED_MEANWHILE)


def test_the_forecast_says_what_then_happens(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, *DEC, title="Tuesday Group")
    person = house.person("Sam", email="sam@example.org")
    for one in ids:
        house.signup(one, person_id=person)
    house.signup(ids[1], "Robin")
    cancel_occurrence(ids[2], "Burst pipe", by=SYSTEM, now=NOW)
    plan = ClosurePlan(hall, *BREAK, "Winter break")
    said = forecast(plan, NOW)
    assert (said.closes, said.opens, said.kept) == (1, 0, 1)
    assert said.events == (("Tuesday Group", 1),)
    assert (said.people, said.told) == (2, 1)
    done = close(plan, PACIFIC, by=SYSTEM, now=NOW)
    assert isinstance(done, Done) and done.closed == said.closes
    assert forecast(None, NOW, done.closure_id).opens == 1


def test_the_history_of_each_event_knows(house: Factory, hall: int) -> None:
    ids = dates_at(house, hall, *DEC)
    event = db.session.get_one(Occurrence, ids[0]).event_id
    lift_closure(closed(hall), PACIFIC, by=SYSTEM, now=LATER)
    entries = db.session.execute(
        select(AuditEntry.verb, AuditEntry.event_id, AuditEntry.detail).where(
            AuditEntry.subject == "closure"
        )
    ).all()
    assert [(verb, about, detail["dates"]) for verb, about, detail in entries] == [
        ("close", event, 2),
        ("lift", event, 2),
    ]


def test_a_later_change_of_a_date_has_to_be_undone_first(house: Factory, hall: int) -> None:
    (one,) = dates_at(house, hall, DEC[1])
    done = close(ClosurePlan(hall, *BREAK, "Storm"), PACIFIC, by=SYSTEM, now=NOW)
    cancel_occurrence(one, "For good", by=SYSTEM, now=LATER)
    answer = undo(done.change_id, by=SYSTEM, now=LATER)  # type: ignore
    assert answer == Refused(UndoRefusal.CHANGED_SINCE)


def test_undoing_a_lift_never_overwrites_a_closure_made_since(house: Factory, hall: int) -> None:
    lifted = lift_closure(closed(hall), PACIFIC, by=SYSTEM, now=NOW)
    assert isinstance(lifted, Done)
    since = closed(None, "Storm", (date(2027, 2, 1), date(2027, 2, 2)))
    undo(lifted.change_id, by=SYSTEM, now=LATER)  # type: ignore
    assert db.session.get_one(Closure, since).reason == "Storm"
