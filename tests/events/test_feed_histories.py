"""Whatever the desk did to a series, in whatever order: subscribers see the dates there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import icalendar
import recurring_ical_events
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from time_machine import travel

from core.db import db
from core.outcome import Refused
from events.consequences import Scope, SeriesChange, consequences_of
from events.dates import Move, cancel_occurrence, reschedule, restore_occurrence
from events.models import Event, Joining, Kind, Occurrence, OccurrenceStatus, Series
from events.scheduling import EventDetails, EventPlan, create_event
from events.series import SeriesPlan, plan_of
from events.series_changes import change_series
from events.series_reading import first_day_to_change
from events.undo import undo
from people.audit import SYSTEM
from tests.events.rules.rhythms import any_rhythm
from tests.factory import PACIFIC

START = datetime(2026, 11, 23, 18, tzinfo=UTC)
WINDOW = (date(2026, 10, 1), date(2027, 9, 2))
EDGES = (datetime(2026, 10, 2, tzinfo=UTC), datetime(2027, 9, 1, tzinfo=UTC))
HOURS = st.sampled_from([time(7), time(12, 30), time(18), time(20)])
DAYS = st.dates(date(2026, 11, 24), date(2027, 1, 31))
RHYTHMS = any_rhythm(DAYS, HOURS, most_apart=3, ends=st.none())
Shown = set[tuple[datetime, datetime, bool]]
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


def there_is() -> Shown:
    first, last = EDGES
    found = db.session.scalars(
        select(Occurrence).where(Occurrence.starts_at >= first, Occurrence.starts_at < last)
    )
    return {(one.starts_at, one.ends_at, one.status == OccurrenceStatus.CANCELLED) for one in found}


def shown(app: Flask, now: datetime) -> Shown:
    slug = db.session.scalars(select(Event.slug)).one()
    with travel(now, tick=False):
        body = app.test_client().get(f"/events/{slug}.ics").data
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(*WINDOW)
    return {
        (
            one["DTSTART"].dt.astimezone(UTC),
            one["DTEND"].dt.astimezone(UTC),
            one["STATUS"] == "CANCELLED",
        )
        for one in found
        if EDGES[0] <= one["DTSTART"].dt.astimezone(UTC) < EDGES[1]
    }


def kept(dates: Shown, now: datetime) -> Shown:
    """Without the cancelled dates that feeds drop after a month."""
    return {one for one in dates if not one[2] or one[0] > now - timedelta(days=29)}


class Desk:
    """A coordinator with time to kill."""

    def __init__(self, draw: st.DataObject) -> None:
        self.draw, self.now, self.changes = draw.draw, START, [0]

    def later(self) -> None:
        self.now += timedelta(minutes=self.draw(st.sampled_from([1, 60 * 30, 60 * 24 * 9])))

    def series(self) -> Series:
        found = db.session.scalars(select(Series).order_by(Series.id)).all()
        return self.draw(st.sampled_from(found))

    def date(self) -> Occurrence | None:
        found = db.session.scalars(
            select(Occurrence)
            .where(Occurrence.starts_at > self.now)
            .order_by(Occurrence.id)
            .limit(8)
        ).all()
        return self.draw(st.sampled_from(found)) if found else None

    def bend(self) -> None:
        series = self.series()
        first = first_day_to_change(series.id, self.now)
        if first is None:
            return
        scope = self.draw(st.sampled_from(Scope))
        more = self.draw(st.integers(0, 40)) if scope == Scope.FOLLOWING else 0
        since = first + timedelta(days=more)
        rhythm = replace(self.draw(RHYTHMS), starts_on=since)
        plan = replace(plan_of(series), rhythm=rhythm, minutes=self.draw(st.sampled_from([60, 90])))
        change = SeriesChange(series.id, plan, since, scope, {})
        found = consequences_of(change, self.now)
        assert not isinstance(found, Refused)
        self.keep(change_series(change, found.fingerprint, by=SYSTEM, now=self.now))

    def cancel(self) -> None:
        one = self.date()
        if one is not None:
            self.keep(cancel_occurrence(one.id, "Storm", by=SYSTEM, now=self.now))

    def restore(self) -> None:
        one = self.date()
        if one is not None:
            self.keep(restore_occurrence(one.id, by=SYSTEM, now=self.now))

    def move(self) -> None:
        one = self.date()
        if one is not None:
            start = datetime.combine(one.local_date, time(13)) + timedelta(
                days=self.draw(st.sampled_from([0, 1, 30]))
            )
            self.keep(reschedule(one.id, Move(start, 45), by=SYSTEM, now=self.now))

    def undo(self) -> None:
        undo(self.changes[-1], by=SYSTEM, now=self.now)

    def keep(self, change: int | Refused | None) -> None:
        if isinstance(change, int):
            self.changes.append(change)

    def act(self) -> str:
        name = self.draw(st.sampled_from(["bend", "bend", "cancel", "restore", "move", "undo"]))
        getattr(self, name)()
        db.session.rollback()
        return name


def empty(app: Flask) -> None:
    for table in reversed(db.metadata.sorted_tables):
        if table.name not in {"edition", "event_template", "alembic_version"}:
            db.session.execute(table.delete())
    db.session.commit()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=SLOW,
    phases=[Phase.generate],
    print_blob=False,
)
@given(data=st.data())
def test_the_feed_shows_exactly_the_dates_there_are(app: Flask, data: st.DataObject) -> None:
    with app.app_context():
        empty(app)
        details = EventDetails(Kind.WORKSHOP, "Circle", joining=Joining.PER_DATE)
        rhythm = replace(data.draw(RHYTHMS), starts_on=date(2026, 11, 24))
        plan = EventPlan(details, PACIFIC, uuid4(), series=(SeriesPlan(rhythm, 60),))
        made = create_event(plan, by=SYSTEM, now=START)
        assert not isinstance(made, Refused)
        desk = Desk(data)
        sequences: dict[str, int] = {}
        for _step in range(data.draw(st.integers(1, 5))):
            desk.later()
            done = desk.act()
            assert kept(shown(app, desk.now), desk.now) == kept(there_is(), desk.now), done
            assert not falling(sequences), done


def falling(seen: dict[str, int]) -> list[str]:
    """UIDs whose sequence went down since the last look; the series' own and its dates' count."""
    down = []
    for series in db.session.scalars(select(Series)):
        dates = select(Occurrence.sequence).where(Occurrence.series_id == series.id)
        total = series.sequence + sum(db.session.scalars(dates))
        if total < seen.get(series.uid, 0):
            down.append(series.uid)
        seen[series.uid] = total
    return down
