"""A hurricane week: many dates cancelled, restored or moved at once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.outcome import Refused
from events.bulk import MOST_AT_ONCE, BulkDone, BulkRefusal, Fate, Order, Shift, Verb, judged
from events.closures import ClosurePlan, close
from events.models import Occurrence
from events.undo import undo
from people.audit import SYSTEM, Actor, person
from people.models import AuditEntry, OutboxMessage
from tests.events.orders import cancel_many, move_many, restore_many
from tests.factory import PACIFIC, Factory
from tests.races.test_last_seats import together

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
STARTS = datetime(2026, 12, 2, 2, 30, tzinfo=UTC)  # Tuesday, Dec 1, 18:30
SCHEDULED, CANCELLED = "scheduled", "cancelled"


@pytest.fixture
def house(both_databases: Flask):
    with both_databases.app_context():
        yield Factory(both_databases)


def week(house: Factory, count: int = 3) -> list[int]:
    """Dates of as many events, at as many places, a day after another."""
    return [
        house.occurrence(
            house.event(venue_id=house.venue(f"Hall {n}")),
            STARTS + timedelta(days=n),
            created_at=NOW,
            updated_at=NOW,
        )
        for n in range(count)
    ]


def statuses(ids: list[int]) -> list[str]:
    db.session.expire_all()
    return [str(db.session.get_one(Occurrence, one).status) for one in ids]


def mail() -> Counter[tuple[str, str]]:
    db.session.expire_all()
    query = select(OutboxMessage.kind, OutboxMessage.state)
    return Counter((kind, str(state)) for kind, state in db.session.execute(query))


def done(answer: BulkDone | Refused) -> BulkDone:
    assert isinstance(answer, BulkDone), answer
    return answer


def test_forty_dates_are_cancelled_for_one_reason(house: Factory) -> None:
    ids = week(house, 40)
    for one in ids[:3]:
        house.signup(one, email="sam@example.org")
    answer = done(cancel_many(ids, "Hurricane", by=SYSTEM, now=NOW))
    assert (answer.dates, answer.left, answer.messages) == (40, 0, 3)
    assert set(statuses(ids)) == {CANCELLED}
    reasons = set(db.session.scalars(select(Occurrence.cancel_reason)))
    assert reasons == {"Hurricane"}
    assert mail() == {("date-cancelled", "waiting"): 3}


def test_undo_takes_all_of_it_back_with_its_mail(house: Factory) -> None:
    ids = week(house)
    house.signup(ids[0], email="sam@example.org")
    answer = done(cancel_many(ids, "Hurricane", by=SYSTEM, now=NOW))
    assert answer.change_id is not None
    assert not isinstance(undo(answer.change_id, by=SYSTEM, now=LATER), Refused)
    assert set(statuses(ids)) == {SCHEDULED}
    assert mail() == {("date-cancelled", "dropped"): 1}


def test_restored_dates_take_place_and_closed_ones_stay_closed(house: Factory) -> None:
    ids = week(house)
    venue = db.session.get_one(Occurrence, ids[2]).event.venue_id
    cancel_many(ids, "Hurricane", by=SYSTEM, now=NOW)
    day = date(2026, 12, 3)
    close(ClosurePlan(venue, day, day, "Repairs"), PACIFIC, by=SYSTEM, now=NOW)
    answer = done(restore_many(ids, by=SYSTEM, now=LATER))
    assert (answer.dates, answer.left) == (2, 1)
    assert statuses(ids) == [SCHEDULED, SCHEDULED, CANCELLED]


def test_moved_dates_keep_their_wall_clock_over_the_clock_change(house: Factory) -> None:
    spring = datetime(2027, 3, 10, 2, 30, tzinfo=UTC)  # the clocks change on March 14
    one = house.occurrence(house.event(), spring)
    done(move_many([one], Shift(days=7, minutes=30), by=SYSTEM, now=NOW))
    stored = db.session.get_one(Occurrence, one)
    assert stored.starts_at == datetime(2027, 3, 17, 2, 0, tzinfo=UTC)
    assert stored.local_date == date(2027, 3, 16)
    assert stored.ends_at - stored.starts_at == timedelta(minutes=90)


def test_dates_move_to_another_place_and_out_of_a_closure(house: Factory) -> None:
    ids = week(house)
    mill = house.venue("Old Mill")
    house.signup(ids[0], email="sam@example.org")
    venue = db.session.get_one(Occurrence, ids[0]).event.venue_id
    day = date(2026, 12, 1)
    close(ClosurePlan(venue, day, day, "Repairs"), PACIFIC, by=SYSTEM, now=NOW)
    assert statuses(ids)[0] == CANCELLED
    done(move_many(ids, Shift(venue_id=mill), by=SYSTEM, now=LATER))
    assert set(statuses(ids)) == {SCHEDULED}
    assert {db.session.get_one(Occurrence, one).venue_id for one in ids} == {mill}
    assert mail() == {("date-cancelled", "waiting"): 1, ("date-changed", "waiting"): 1}


def test_what_becomes_of_each_is_said_before(house: Factory) -> None:
    ids = week(house)
    over = house.occurrence(house.event(), NOW - timedelta(days=1))
    cancel_many(ids[:1], "Hurricane", by=SYSTEM, now=NOW)
    venue = db.session.get_one(Occurrence, ids[1]).event.venue_id
    day = date(2026, 12, 9)
    close(ClosurePlan(venue, day, day, "Repairs"), PACIFIC, by=SYSTEM, now=NOW)
    chosen = (*ids, over)

    def fates(order: Order) -> dict[int, Fate]:
        return {one.date.id: one.fate for one in judged(order, LATER)}

    assert fates(Order(Verb.CANCEL, chosen)) == {
        over: Fate.OVER,
        ids[0]: Fate.ALREADY,
        ids[1]: Fate.DONE,
        ids[2]: Fate.DONE,
    }
    assert fates(Order(Verb.MOVE, chosen, shift=Shift(days=7))) == {
        over: Fate.OVER,
        ids[0]: Fate.BY_HAND,
        ids[1]: Fate.CLOSED,
        ids[2]: Fate.DONE,
    }


def test_what_cannot_be_done_at_all(house: Factory) -> None:
    (one,) = week(house, 1)
    too_many = range(1, MOST_AT_ONCE + 2)
    for answer, why in (
        (cancel_many([], "", by=SYSTEM, now=NOW), BulkRefusal.NOTHING_CHOSEN),
        (cancel_many(too_many, "", by=SYSTEM, now=NOW), BulkRefusal.TOO_MANY),
        (move_many([one], Shift(), by=SYSTEM, now=NOW), BulkRefusal.NO_SHIFT),
        (move_many([one], Shift(days=400), by=SYSTEM, now=NOW), BulkRefusal.TOO_FAR),
        (move_many([one], Shift(venue_id=4711), by=SYSTEM, now=NOW), BulkRefusal.UNKNOWN_VENUE),
    ):
        assert answer == Refused(why)


def test_the_history_of_each_date_knows(house: Factory) -> None:
    ids = week(house)
    cancel_many(ids, "Hurricane", by=SYSTEM, now=NOW)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.subject_id)).all()
    assert [(one.verb, one.subject, one.subject_id) for one in entries] == [
        ("cancel", "occurrence", one) for one in ids
    ]
    assert all(one.event_id for one in entries)


def test_two_coordinators_cancel_the_same_week_at_once(both_databases: Flask) -> None:
    house = Factory(both_databases)
    ids = week_of(both_databases, house, 12)
    for one in ids:
        house.signup(one, email="sam@example.org")
    actors = [person(house.person(name)) for name in ("Ana", "Ben")]

    def cancel(by: Actor, order: list[int]) -> object:
        with both_databases.app_context():
            try:
                return cancel_many(order, "Hurricane", by=by, now=NOW)
            finally:
                db.session.remove()

    answers = together(
        [
            lambda: cancel(actors[0], ids),
            lambda: cancel(actors[1], list(reversed(ids))),
            lambda: cancel(actors[0], ids[:6]),
            lambda: cancel(actors[1], ids[6:]),
        ]
    )
    assert sum(done(one).dates for one in answers) == len(ids)  # type: ignore[arg-type]
    with both_databases.app_context():
        assert mail() == {("date-cancelled", "waiting"): len(ids)}


def week_of(app: Flask, house: Factory, count: int) -> list[int]:
    with app.app_context():
        found = week(house, count)
        db.session.remove()
        return found


def test_what_is_online_does_not_move_to_a_place(house: Factory) -> None:
    online = house.occurrence(house.event(mode="online"), STARTS)
    answer = done(move_many([online], Shift(venue_id=house.venue()), by=SYSTEM, now=NOW))
    assert (answer.dates, answer.left) == (0, 1)
    done(move_many([online], Shift(days=1, venue_id=house.venue()), by=SYSTEM, now=NOW))
    assert db.session.get_one(Occurrence, online).venue_id is None
