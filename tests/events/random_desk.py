"""A coordinator with time to kill: everything the desk can do to dates, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import assume
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.db import db
from core.outcome import Refused
from events.bulk import Order, Shift, Verb, do_many
from events.closures import ClosurePlan, change_closure, close, lift_closure
from events.consequences import Scope, SeriesChange, consequences_of
from events.dates import Move, cancel_occurrence, reschedule, restore_occurrence
from events.deleting import delete_event, restore_event
from events.extending import extend_calendar
from events.models import (
    Change,
    Closure,
    Event,
    EventStatus,
    Joining,
    Kind,
    Mode,
    Occurrence,
    OccurrenceStatus,
    Series,
    Venue,
)
from events.new_dates import DatesPlan, add_dates
from events.rules.breaks import HolidayPolicy, Pause
from events.scheduling import EventDetails, EventPlan, create_event, edit_event
from events.series import SeriesPlan, plan_of
from events.series_changes import change_series
from events.series_reading import first_day_to_change
from events.undo import undo
from people.audit import SYSTEM
from tests.events.rules.rhythms import any_rhythm
from tests.factory import PACIFIC

START = datetime(2026, 11, 23, 18, tzinfo=UTC)
FIRST = date(2026, 11, 24)
HOURS = st.sampled_from([time(7), time(12), time(18), time(20), time(22)])
DAYS = st.dates(FIRST, date(2027, 1, 31))
RHYTHMS = any_rhythm(DAYS, HOURS, most_apart=3, ends=st.none() | DAYS)
YEARLY = any_rhythm(DAYS, HOURS, most_apart=1, ends=st.none()).map(
    lambda rhythm: replace(rhythm, interval=12) if rhythm.unit == "month" else rhythm
)
MINUTES = st.sampled_from([30, 60, 90, 300])
WAITS = [timedelta(minutes=1), timedelta(minutes=3), timedelta(hours=30), timedelta(days=9)]
DAY = 24 * 60


@st.composite
def any_plan(draw: st.DrawFn, since: date, venues: Sequence[int], number: int) -> SeriesPlan:
    """A series of any rhythm from a day on: hours, over midnight or whole days; with breaks.

    Each number has minutes of its own: hardly a day would be left of a series that starts when
    another does, and ical.js gives up after 500 days without a date.
    """
    rhythm = replace(draw(RHYTHMS | YEARLY), starts_on=since)
    if rhythm.until is not None and rhythm.until < since:
        rhythm = replace(rhythm, until=None)
    whole_days = number == 1 and draw(st.sampled_from([False, False, False, True]))
    at = time(0) if whole_days else rhythm.start_time.replace(minute=number % 60)
    rhythm = replace(rhythm, start_time=at)
    pauses = draw(st.lists(DAYS, max_size=2, unique=True))
    return SeriesPlan(
        rhythm,
        draw(st.sampled_from([DAY, 2 * DAY]) if whole_days else MINUTES),
        whole_days,
        tuple(Pause(day, day + timedelta(days=10)) for day in sorted(pauses)),
        draw(st.sampled_from(HolidayPolicy)),
        draw(st.sampled_from(["US-CA", "MX"])),
        draw(st.sampled_from([None, None, *venues])),
    )


class Desk:
    """Does things at random through the operations; `done` counts what was not refused."""

    def __init__(self, draw: st.DataObject, done: Counter[str]) -> None:
        self.draw, self.done, self.now = draw.draw, done, START
        self.venues: list[int] = []

    @property
    def at(self) -> dict[str, Any]:
        return {"by": SYSTEM, "now": self.now}

    def press(self) -> UUID:
        return UUID(int=self.draw(st.integers(1, 2**100)))

    def open(self) -> None:
        """An event to begin with, at one of two places."""
        for name in ("Harbor Hall", "Pier House"):
            venue = Venue(slug=name[:4].lower(), name=name, city="Avalon", address="1 Pier Road",
                          timezone=PACIFIC, updated_at=self.now)  # fmt: skip
            db.session.add(venue)
            db.session.flush()
            self.venues.append(venue.id)
        db.session.commit()
        # Only community events may go on for days.
        details = EventDetails(Kind.COMMUNITY_EVENT, "Circle", joining=Joining.PER_DATE)
        numbers = range(1, 1 + self.draw(st.integers(1, 2)))
        series = tuple(self.draw(any_plan(FIRST, self.venues, number)) for number in numbers)
        made = EventPlan(
            replace(details, venue_id=self.venues[0]), PACIFIC, self.press(), series=series
        )
        assume(not isinstance(create_event(made, **self.at), Refused))  # it may have no dates

    def later(self) -> None:
        """Time passes; the calendar is made further ahead when it was a while."""
        wait = self.draw(st.sampled_from(WAITS))
        self.now += wait
        if wait > timedelta(days=1):
            extend_calendar(self.now)
            db.session.rollback()

    def sit_down(self) -> None:
        """A minute passes before anything is done."""
        self.now += timedelta(minutes=1)

    # --- What there is to choose from ---

    def one_of(self, query: Any) -> Any:
        found = db.session.scalars(query).all()
        return self.draw(st.sampled_from(found)) if found else None

    def event(self) -> int:
        return db.session.scalars(select(Event.id)).one()

    def date(self) -> Occurrence | None:
        coming = select(Occurrence).where(Occurrence.starts_at > self.now)
        return self.one_of(coming.order_by(Occurrence.starts_at, Occurrence.id).limit(8))

    def dates(self) -> tuple[int, ...]:
        coming = select(Occurrence.id).where(Occurrence.starts_at > self.now)
        found = db.session.scalars(coming.order_by(Occurrence.starts_at, Occurrence.id).limit(12))
        ids = found.all()
        return tuple(sorted(self.draw(st.sets(st.sampled_from(ids), max_size=6)))) if ids else ()

    def place(self) -> int | None:
        return self.draw(st.sampled_from([None, *self.venues]))

    # --- What there is to do ---

    def bend(self) -> Any:
        series = self.one_of(select(Series).order_by(Series.id))
        first = first_day_to_change(series.id, self.now)
        if first is None:
            return None
        scope = self.draw(st.sampled_from(Scope))
        more = self.draw(st.integers(0, 40)) if scope == Scope.FOLLOWING else 0
        since = first + timedelta(days=more)
        plan = self.draw(
            st.sampled_from(["new", "end"]).flatmap(
                lambda how: (
                    any_plan(since, self.venues, series.id)
                    if how == "new"
                    else st.just(_ended(plan_of(series), since))
                )
            )
        )
        change = SeriesChange(series.id, plan, since, scope, {})
        found = consequences_of(change, self.now)
        if isinstance(found, Refused):
            return found
        return change_series(change, found.fingerprint, **self.at)

    def cancel(self) -> Any:
        one = self.date()
        return one and cancel_occurrence(one.id, "Storm", **self.at)

    def restore(self) -> Any:
        off = select(Occurrence).where(Occurrence.starts_at > self.now)
        one = self.one_of(off.where(Occurrence.status == OccurrenceStatus.CANCELLED).limit(8))
        return one and restore_occurrence(one.id, **self.at)

    def move(self) -> Any:
        one = self.date()
        if one is None:
            return None
        days = timedelta(days=self.draw(st.sampled_from([0, 1, 30])))
        start = datetime.combine(one.local_date, time(13)) + days
        move = Move(start, 45, self.place())
        if one.all_day and self.draw(st.booleans()):
            move = Move(datetime.combine(start.date(), time(0)), DAY, self.place())
        return reschedule(one.id, move, **self.at)

    def many(self) -> Any:
        verb = self.draw(st.sampled_from(Verb))
        days, minutes = self.draw(st.sampled_from([(1, 0), (0, 90), (-3, 0), (20, -30)]))
        order = Order(verb, self.dates(), "Flu", Shift(days, minutes, self.place()))
        return do_many(order, **self.at)

    def _closure(self) -> ClosurePlan:
        first = self.now.date() + timedelta(days=self.draw(st.integers(1, 60)))
        last = first + timedelta(days=self.draw(st.integers(0, 14)))
        return ClosurePlan(self.place(), first, last, "Painting")

    def close(self) -> Any:
        return close(self._closure(), PACIFIC, **self.at)

    def shift_closure(self) -> Any:
        one = self.one_of(select(Closure.id).order_by(Closure.id))
        return one and change_closure(one, self._closure(), PACIFIC, **self.at)

    def lift(self) -> Any:
        one = self.one_of(select(Closure.id).order_by(Closure.id))
        return one and lift_closure(one, PACIFIC, **self.at)

    def add(self) -> Any:
        since = self.now.date() + timedelta(days=self.draw(st.integers(1, 20)))
        series: tuple[SeriesPlan, ...] = ()
        starts: list[datetime] = []
        if self.draw(st.booleans()):
            series = (self.draw(any_plan(since, self.venues, 20 + len(self.done))),)
        else:
            days = self.draw(st.sets(st.integers(0, 50), min_size=1, max_size=4))
            at = self.draw(HOURS)
            starts = [datetime.combine(since + timedelta(days=day), at) for day in sorted(days)]
        plan = DatesPlan(self.press(), series, tuple(starts), self.draw(MINUTES))
        return add_dates(self.event(), plan, **self.at)

    def edit(self) -> Any:
        title = self.draw(st.sampled_from(["Circle", "Ring"]))
        mode = self.draw(st.sampled_from([Mode.IN_PERSON, Mode.HYBRID]))
        details = EventDetails(Kind.COMMUNITY_EVENT, title, joining=Joining.PER_DATE, mode=mode,
                               venue_id=self.draw(st.sampled_from(self.venues)))  # fmt: skip
        return edit_event(self.event(), details, **self.at)

    def delete(self) -> Any:
        event = db.session.get_one(Event, self.event())
        if event.status == EventStatus.DELETED:
            return restore_event(event.id, **self.at)
        return delete_event(event.id, **self.at)

    def undo(self) -> Any:
        newest = db.session.scalar(select(func.max(Change.id)))
        return newest and undo(newest, **self.at)

    def act(self) -> str:
        """Do one thing; what it was."""
        name: str = self.draw(st.sampled_from(VERBS))
        outcome = getattr(self, name)()
        if outcome is not None and not isinstance(outcome, Refused):
            self.done[name] += 1
        db.session.rollback()
        return name


VERBS = (
    *("undo", "bend", "restore", "many", "lift", "move", "shift_closure", "bend", "close"),
    *("add", "undo", "edit", "cancel", "delete", "restore", "many", "bend", "undo"),
)


def _ended(plan: SeriesPlan, since: date) -> SeriesPlan:
    return replace(plan, rhythm=replace(plan.rhythm, until=since - timedelta(days=1)))
