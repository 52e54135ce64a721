"""Whatever the desk did, in whatever order: subscribers see the dates there are, and that their
entries changed."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from time_machine import travel

from core.db import db
from events.models import Event, EventStatus, Occurrence, OccurrenceStatus
from tests.clients.programs import Reader, readers  # noqa: F401
from tests.events.entries import Entries, faults
from tests.events.random_desk import Desk
from tests.factory import PACIFIC

ZONE = ZoneInfo(PACIFIC)
EDGES = (datetime(2026, 10, 2, tzinfo=ZONE), datetime(2027, 12, 1, tzinfo=ZONE))
Shown = list[tuple[datetime | date, datetime | date, bool]]
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


def there_is(now: datetime, venue: int | None = None) -> Shown:
    """The dates that a subscriber should see, of all or at one place."""
    query = (
        select(Occurrence)
        .join(Event)
        .where(Event.status == EventStatus.PUBLISHED)
        .where(Occurrence.starts_at >= EDGES[0], Occurrence.starts_at < EDGES[1])
    )
    found = []
    for one in db.session.scalars(query):
        if venue not in (None, one.venue_id or one.event.venue_id):
            continue
        start, end = one.starts_at, one.ends_at
        if one.all_day:
            start, end = (moment.astimezone(ZONE).date() for moment in (start, end))
        found.append((start, end, one.status == OccurrenceStatus.CANCELLED))
    return kept(found, now)


def kept(dates: Shown, now: datetime) -> Shown:
    """Without the cancelled dates that feeds drop after a month."""
    since = now - timedelta(days=29)
    return sorted(
        (
            one
            for one in dates
            if not one[2]
            or (one[0] > since if isinstance(one[0], datetime) else one[0] > since.date())
        ),
        key=str,
    )


def by_recurring_ical_events(body: bytes) -> Shown:
    query = recurring_ical_events.of(icalendar.Calendar.from_ical(body))
    found = []
    for one in query.between(EDGES[0], EDGES[1]):
        # It gives an end before the start in the hour that comes twice, by the wall clock.
        start, end = sorted(_plain(one[name].dt) for name in ("DTSTART", "DTEND"))
        first = EDGES[0] if isinstance(start, datetime) else EDGES[0].date()
        if start >= first:
            found.append((start, end, one["STATUS"] == "CANCELLED"))
    return found


def _plain(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def feed(app: Flask, now: datetime, query: str = "") -> bytes:
    with travel(now, tick=False):
        answer = app.test_client().get(f"/feeds/all.ics{query}")
    assert answer.status_code == 200
    return answer.data


def empty(app: Flask) -> None:
    for table in reversed(db.metadata.sorted_tables):
        if table.name not in {"edition", "event_template", "alembic_version"}:
            db.session.execute(table.delete())
    db.session.commit()


DONE: Counter[str] = Counter()


@settings(
    max_examples=int(os.environ.get("HISTORIES", "20")),
    deadline=None,
    suppress_health_check=SLOW,
    phases=[Phase.generate],
    print_blob=False,
)
@given(data=st.data())
def test_the_feed_shows_exactly_the_dates_there_are(
    app: Flask,
    readers: dict[str, Reader],  # noqa: F811
    data: st.DataObject,
) -> None:
    with app.app_context():
        empty(app)
        desk = Desk(data, DONE)
        desk.open()
        seen = Entries(feed(app, desk.now))
        for _step in range(data.draw(st.integers(2, 6))):
            desk.later()
            waited = Entries(feed(app, desk.now))
            assert not faults(seen, waited, by_hand=False)
            seen = seen.followed_by(waited)
            desk.sit_down()
            done = desk.act()
            body, expected = feed(app, desk.now), there_is(desk.now)
            assert kept(by_recurring_ical_events(body), desk.now) == expected, done
            for name, reader in readers.items():
                dates = [one[:3] for one in reader.reads(body, *EDGES)]
                assert kept(dates, desk.now) == expected, (name, done)
            assert not faults(seen, Entries(body)), done
            seen = seen.followed_by(Entries(body))
        assert feed(app, desk.now) == body
        by_ical_js = readers["ical.js"]

        def read(query: str) -> Shown:
            found = by_ical_js.reads(feed(app, desk.now, query), *EDGES)
            return kept([one[:3] for one in found], desk.now)

        assert read("?cancelled=hide") == [one for one in expected if not one[2]]
        assert read("?venue=pier") == there_is(desk.now, desk.venues[1])
