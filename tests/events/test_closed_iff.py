"""Whatever the desk does in whatever order: a date is off while a closure covers it or because
somebody cancelled it by hand, and nothing cancelled by hand ever comes back by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from core.db import db, write
from core.outcome import Refused
from events.bulk import Shift
from events.closures import ClosurePlan, Done, change_closure, close, lift_closure
from events.dates import cancel_occurrence, restore_occurrence
from events.models import (
    Change,
    Closure,
    Event,
    EventLanguage,
    Mode,
    Occurrence,
    OccurrenceStatus,
    Venue,
)
from events.undo import undo
from people.audit import SYSTEM
from people.models import AuditEntry
from tests.events.orders import cancel_many, move_many, restore_many
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
FIRST = date(2026, 12, 1)
DAYS, VENUES, DATES = 5, 2, 4


@dataclass
class Model:
    """What should be: who is cancelled by hand, and the closures by id."""

    by_hand: set[int] = field(default_factory=set)
    closures: dict[int, ClosurePlan] = field(default_factory=dict)


@dataclass
class House:
    """The rows the desk works on."""

    dates: list[int]
    venues: list[int]
    moment: datetime = NOW

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def some(self, numbers: set[int]) -> list[int]:
        return [self.dates[number] for number in sorted(numbers)]

    def venue(self, number: int) -> int | None:
        return None if number == VENUES else self.venues[number]


numbers = st.sets(st.integers(0, DATES - 1), min_size=1)
plans = st.tuples(st.integers(0, VENUES), st.integers(0, DAYS), st.integers(1, 5))
which = st.integers(0, 3)
steps = st.one_of(
    st.tuples(st.just("close"), plans),
    st.tuples(st.just("change"), st.tuples(which, plans)),
    st.tuples(st.just("lift"), which),
    st.tuples(st.just("cancel"), numbers),
    st.tuples(st.just("cancel-one"), st.integers(0, DATES - 1)),
    st.tuples(st.just("restore"), numbers),
    st.tuples(st.just("restore-one"), st.integers(0, DATES - 1)),
    st.tuples(st.just("move"), st.tuples(numbers, st.integers(-3, 3), st.integers(0, VENUES))),
    st.tuples(st.just("undo"), which),
)


def plan_of(house: House, drawn: tuple[int, int, int]) -> ClosurePlan:
    venue, start, length = drawn
    first = FIRST + timedelta(days=start)
    return ClosurePlan(house.venue(venue), first, first + timedelta(days=length), f"{drawn}")


def chosen(model: Model, number: int) -> int | None:
    ids = sorted(model.closures)
    return ids[number % len(ids)] if ids else None


def covered(model: Model, one: Occurrence) -> bool:
    place = one.venue_id or one.event.venue_id
    return any(
        plan.first_day <= one.local_date <= plan.last_day
        and (plan.venue_id is None or (plan.venue_id == place and one.event.mode != Mode.ONLINE))
        for plan in model.closures.values()
    )


def closed_now(model: Model, house: House) -> set[int]:
    stored = [db.session.get_one(Occurrence, one) for one in house.dates]
    return {one.id for one in stored if covered(model, one)}


def do(name: str, drawn: Any, house: House, model: Model) -> None:
    """One thing the desk does, to the house and to the model."""
    at: Any = {"by": SYSTEM, "now": house.now()}
    if name == "close":
        plan = plan_of(house, drawn)
        done = close(plan, PACIFIC, **at)
        assert isinstance(done, Done), done
        model.closures[done.closure_id] = plan
    elif name == "change":
        number, inner = drawn
        closure = chosen(model, number)
        if closure is not None:
            plan = plan_of(house, inner)
            assert isinstance(change_closure(closure, plan, PACIFIC, **at), Done)
            model.closures[closure] = plan
    elif name == "lift":
        closure = chosen(model, drawn)
        if closure is not None:
            assert isinstance(lift_closure(closure, PACIFIC, **at), Done)
            del model.closures[closure]
    elif name == "cancel":
        cancel_many(house.some(drawn), "By hand", **at)
        model.by_hand |= set(house.some(drawn))
    elif name == "cancel-one":
        cancel_occurrence(house.dates[drawn], "By hand", **at)
        model.by_hand.add(house.dates[drawn])
    elif name == "restore":
        model.by_hand -= set(house.some(drawn)) - closed_now(model, house)
        restore_many(house.some(drawn), **at)
    elif name == "restore-one":
        model.by_hand -= {house.dates[drawn]} - closed_now(model, house)
        restore_occurrence(house.dates[drawn], **at)
    else:
        moved, days, venue = drawn
        move_many(house.some(moved), Shift(days, 0, house.venue(venue)), **at)


def check(house: House, model: Model) -> None:
    db.session.expire_all()
    for one in (db.session.get_one(Occurrence, number) for number in house.dates):
        by_hand = one.id in model.by_hand
        off = one.status == OccurrenceStatus.CANCELLED
        assert off == (by_hand or covered(model, one)), (one.local_date, one.venue_id)
        assert (off and one.closure_id is None) == by_hand
        if off and not by_hand:
            assert one.cancel_reason == model.closures[one.closure_id].reason  # type: ignore[index]
        if not off:
            assert (one.closure_id, one.cancel_reason) == (None, "")


@dataclass
class Past:
    """A change that can be undone, and what the model was before it."""

    change: int
    flipped: set[int]
    closures: dict[int, ClosurePlan | None]


def newest() -> int:
    return db.session.scalar(select(func.max(Change.id))) or 0


def take_back(past: list[Past], number: int, house: House, model: Model) -> None:
    if not past:
        return
    one = past[number % len(past)]
    if isinstance(undo(one.change, by=SYSTEM, now=house.now()), Refused):
        return
    past.remove(one)
    model.by_hand ^= one.flipped
    for closure, plan in one.closures.items():
        if plan is None:
            model.closures.pop(closure, None)
        else:
            model.closures[closure] = plan


def run(house: House, drawn: list[tuple[str, Any]]) -> None:
    model, past = Model(), []
    for name, what in drawn:
        if name == "undo":
            take_back(past, what, house, model)
        else:
            change, by_hand, closures = newest(), set(model.by_hand), dict(model.closures)
            do(name, what, house, model)
            both = {*closures, *model.closures}
            changed = {
                one: closures.get(one)
                for one in both
                if closures.get(one) != model.closures.get(one)
            }
            if newest() != change:
                past.append(Past(newest(), by_hand ^ model.by_hand, changed))
        check(house, model)


def fresh(app: Flask) -> House:
    make = Factory(app)
    venues = [make.venue(f"Hall {number}") for number in range(VENUES)]
    dates = []
    for number in range(DATES):
        mode = Mode.ONLINE if number == DATES - 1 else Mode.IN_PERSON
        event = make.event(venue_id=venues[number % VENUES], mode=mode)
        starts = datetime(2026, 12, 2 + number, 2, 30, tzinfo=UTC)
        dates.append(make.occurrence(event, starts))
    return House(dates, venues)


def wipe() -> None:
    with write() as session:
        session.execute(delete(Change))
        session.execute(delete(Occurrence))
        session.execute(delete(Closure))
        for table in (EventLanguage, Event, Venue):
            session.execute(delete(table))
        session.execute(delete(AuditEntry))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=4, max_size=14))
def test_a_date_is_off_only_while_closed_or_by_hand(
    app: Flask, drawn: list[tuple[str, Any]]
) -> None:
    with app.app_context():
        try:
            run(fresh(app), drawn)
        finally:
            wipe()
            db.session.remove()
