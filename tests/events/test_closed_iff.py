"""Whatever the desk does in whatever order: a date is off while a closure covers it or because
somebody cancelled it by hand, and nothing cancelled by hand ever comes back by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from core.db import db, write
from core.outcome import Refused
from events.bulk import Shift, cancel_many, move_many, restore_many
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
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
FIRST = date(2026, 12, 1)
DAYS, VENUES, DATES = 12, 2, 5


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
plans = st.tuples(st.integers(0, VENUES), st.integers(0, DAYS), st.integers(0, 5))
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
    st.tuples(st.just("undo"), st.none()),
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


def do(step: tuple[str, object], house: House, model: Model) -> Callable[[], None] | None:
    """One thing the desk does, to the house and to the model."""
    name, drawn = step
    by_hand, closures = set(model.by_hand), dict(model.closures)
    at = {"by": SYSTEM, "now": house.now()}
    if name == "close":
        plan = plan_of(house, drawn)  # type: ignore[arg-type]
        done = close(plan, PACIFIC, **at)  # type: ignore[arg-type]
        assert isinstance(done, Done), done
        model.closures[done.closure_id] = plan
    elif name == "change":
        number, inner = drawn  # type: ignore[misc]
        closure = chosen(model, number)
        if closure is not None:
            plan = plan_of(house, inner)
            assert isinstance(change_closure(closure, plan, PACIFIC, **at), Done)  # type: ignore[arg-type]
            model.closures[closure] = plan
    elif name == "lift":
        closure = chosen(model, drawn)  # type: ignore[arg-type]
        if closure is not None:
            assert isinstance(lift_closure(closure, PACIFIC, **at), Done)  # type: ignore[arg-type]
            del model.closures[closure]
    elif name in {"cancel", "cancel-one"}:
        ids = house.some(drawn if name == "cancel" else {drawn})  # type: ignore[arg-type]
        if name == "cancel":
            cancel_many(ids, "By hand", **at)  # type: ignore[arg-type]
        else:
            cancel_occurrence(ids[0], "By hand", **at)  # type: ignore[arg-type]
        model.by_hand |= set(ids)
    elif name in {"restore", "restore-one"}:
        ids = house.some(drawn if name == "restore" else {drawn})  # type: ignore[arg-type]
        model.by_hand -= set(ids) - closed_now(model, house)
        if name == "restore":
            restore_many(ids, **at)  # type: ignore[arg-type]
        else:
            restore_occurrence(ids[0], **at)  # type: ignore[arg-type]
    elif name == "move":
        moved, days, venue = drawn  # type: ignore[misc]
        move_many(house.some(moved), Shift(days, 0, house.venue(venue)), **at)  # type: ignore[arg-type]
    else:
        return None
    return lambda: (setattr(model, "by_hand", by_hand), setattr(model, "closures", closures))  # type: ignore[func-returns-value]


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


def run(house: House, drawn: list[tuple[str, object]]) -> None:
    model = Model()
    last: Callable[[], None] | None = None
    for step in drawn:
        before = db.session.scalar(select(Change.id).order_by(Change.id.desc()).limit(1))
        if step[0] == "undo":
            if (
                before
                and last
                and not isinstance(undo(before, by=SYSTEM, now=house.now()), Refused)
            ):
                last()
            last = None
        else:
            took_back = do(step, house, model)
            after = db.session.scalar(select(Change.id).order_by(Change.id.desc()).limit(1))
            last = took_back if after != before else None
        check(house, model)


def fresh(app: Flask) -> House:
    make = Factory(app)
    venues = [make.venue(f"Hall {number}") for number in range(VENUES)]
    dates = []
    for number in range(DATES):
        mode = Mode.ONLINE if number == DATES - 1 else Mode.IN_PERSON
        event = make.event(venue_id=venues[number % VENUES], mode=mode)
        starts = datetime(2026, 12, 2 + 2 * number, 2, 30, tzinfo=UTC)
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
@given(st.lists(steps, min_size=2, max_size=12))
def test_a_date_is_off_only_while_closed_or_by_hand(
    app: Flask, drawn: list[tuple[str, object]]
) -> None:
    with app.app_context():
        try:
            run(fresh(app), drawn)
        finally:
            wipe()
            db.session.remove()
