"""Real calendar programs subscribe over HTTP and show what there is, whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.outcome import Refused
from events.consequences import Scope, SeriesChange, consequences_of
from events.dates import Move, cancel_occurrence, reschedule, restore_occurrence
from events.models import Event, Kind, Occurrence, OccurrenceStatus, Series, Visibility
from events.rules.recurrence import Rhythm, Unit
from events.scheduling import EventDetails, EventPlan, create_event
from events.series import SeriesPlan, plan_of
from events.series_changes import change_series
from events.signups import cancel as cancel_signup
from people.audit import SYSTEM
from people.models import Role
from tests.clients import programs
from tests.clients.programs import Khal, Reader, line
from tests.events.personal_feeds import FULL, link, person_of
from tests.factory import PACIFIC, Factory
from tests.live import SharedSite

ZONE = ZoneInfo(PACIFIC)
WEEK = timedelta(days=7)
TODAY = datetime.now(ZONE).date()
FIRST = TODAY + WEEK
DAYS = 53 * 7  # both clock changes are among them, whenever this runs
LAST_FRIDAY = Rhythm(FIRST, time(21), (4,), unit=Unit.MONTH, nths=(-1,))
Program = Khal | Reader


@pytest.fixture(
    params=[
        programs.khal,
        programs.ical_js,
        programs.libical,
        pytest.param(programs.evolution, marks=pytest.mark.clients),
        pytest.param(programs.thunderbird, marks=pytest.mark.clients),
    ],
    ids=lambda start: start.__name__,
)
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Program]:
    start: Callable[[Path], AbstractContextManager[Program]] = request.param
    folder = tmp_path / "home"
    folder.mkdir()
    with start(folder) as running:
        yield running


class Desk:
    """A coordinator at work, each change some seconds after the last."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def later(self) -> datetime:
        self.now += timedelta(seconds=2)
        return self.now

    def create(self, title: str, *series: SeriesPlan, **details: object) -> int:
        said = EventDetails(**({"kind": Kind.SUPPORT_GROUP, "title": title} | details))
        plan = EventPlan(said, PACIFIC, uuid4(), series=series)
        return _done(create_event(plan, by=SYSTEM, now=self.later()))

    def move(self, occurrence_id: int, starts: datetime) -> None:
        _done(reschedule(occurrence_id, Move(starts, 90), by=SYSTEM, now=self.later()))

    def cancel(self, occurrence_id: int) -> None:
        _done(cancel_occurrence(occurrence_id, "Storm", by=SYSTEM, now=self.later()))

    def restore(self, occurrence_id: int) -> None:
        _done(restore_occurrence(occurrence_id, by=SYSTEM, now=self.later()))

    def from_here_on(self, since: date, rhythm: Rhythm) -> None:
        series = db.session.scalars(select(Series).join(Event).where(Event.slug == "tuesday"))
        old = series.one()
        plan = replace(plan_of(old), rhythm=rhythm)
        change = SeriesChange(old.id, plan, since, Scope.FOLLOWING, {})
        found = consequences_of(change, self.now)
        assert not isinstance(found, Refused)
        _done(change_series(change, found.fingerprint, by=SYSTEM, now=self.later()))


def _done(outcome: int | Refused | None) -> int:
    assert isinstance(outcome, int), outcome
    db.session.rollback()
    return outcome


def there_is() -> list[str]:
    """The public dates of the database, as a calendar program should list them."""
    until = datetime.combine(FIRST + timedelta(days=DAYS), time(), ZONE)
    query = (
        select(Occurrence, Event.title)
        .join(Event)
        .where(Event.visibility == Visibility.PUBLIC, Occurrence.starts_at < until)
    )
    found = []
    for one, title in db.session.execute(query):
        cancelled = "CANCELLED: " if one.status == OccurrenceStatus.CANCELLED else ""
        start = one.local_date if one.all_day else one.starts_at
        found.append(line(start, cancelled + title))
    db.session.rollback()
    return sorted(found)


def weekly(day: date, at: time) -> Rhythm:
    return Rhythm(day, at, (day.weekday(),))


@pytest.fixture
def sqlite_url(shared_site: SharedSite, migrated_sqlite: Path) -> str:
    """The database that the shared server serves, empty again."""
    shared_site.start_over(migrated_sqlite)
    return shared_site.database_url


@pytest.fixture
def served(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def ids(served: Flask) -> list[int]:
    """The dates of a weekly group, beside a monthly night, whole days and something private."""
    desk = Desk()
    event_id = desk.create("Tuesday", SeriesPlan(weekly(FIRST, time(18, 30)), 90))
    desk.create("Night watch", SeriesPlan(LAST_FRIDAY, 300))
    quarterly = Rhythm(FIRST, time(0), interval=91, unit=Unit.DAY)
    retreat = SeriesPlan(quarterly, 2 * 24 * 60, all_day=True)
    desk.create("Retreat", retreat, kind=Kind.COMMUNITY_EVENT)
    desk.create("Hidden", SeriesPlan(weekly(FIRST, time(8)), 60), visibility=Visibility.PRIVATE)
    dates = select(Occurrence.id).where(Occurrence.event_id == event_id).order_by(Occurrence.key)
    return list(db.session.scalars(dates))


def test_what_programs_show_through_a_move_a_cancellation_an_edit_and_a_restoring(
    ids: list[int], shared_site: SharedSite, program: Program
) -> None:
    url, desk = f"{shared_site.url}/feeds/all.ics", Desk()
    evening = datetime.combine(FIRST, time(18, 30))

    def listed() -> list[str]:
        found = program.lists(url, FIRST, DAYS)
        assert found == there_is()
        return found

    found = listed()
    assert [one for one in found if one.endswith("Tuesday")] == [
        f"{evening + number * WEEK:%Y-%m-%d %H:%M} Tuesday" for number in range(53)
    ]

    moved = evening + 2 * WEEK + timedelta(days=1, hours=-9)
    desk.move(ids[2], moved)
    found = listed()
    assert f"{moved:%Y-%m-%d %H:%M} Tuesday" in found
    assert f"{evening + 2 * WEEK:%Y-%m-%d %H:%M} Tuesday" not in found

    desk.cancel(ids[1])
    off = f"{evening + WEEK:%Y-%m-%d %H:%M} CANCELLED: Tuesday"
    assert off in listed()

    since = FIRST + 20 * WEEK
    desk.from_here_on(since, weekly(since + timedelta(days=2), time(12)))
    found = listed()
    assert f"{since - WEEK} 18:30 Tuesday" in found
    assert f"{since} 18:30 Tuesday" not in found
    assert f"{since + timedelta(days=2)} 12:00 Tuesday" in found
    assert off in found

    desk.restore(ids[1])
    found = listed()
    assert f"{evening + WEEK:%Y-%m-%d %H:%M} Tuesday" in found
    assert off not in found


def test_nights_are_as_long_as_they_are_whatever_the_clocks_do(
    served: Flask, shared_site: SharedSite, program: Program
) -> None:
    nightly = Rhythm(FIRST, time(22), unit=Unit.DAY)
    Desk().create("Night", SeriesPlan(nightly, 5 * 60))
    url = f"{shared_site.url}/feeds/all.ics"
    assert program.lengths(url, FIRST, DAYS) == {timedelta(hours=5)}


def test_a_single_date_can_be_taken_on_its_own(
    ids: list[int], shared_site: SharedSite, program: Program
) -> None:
    day = FIRST + 3 * WEEK
    found = program.lists(f"{shared_site.url}/events/tuesday/{day}T1830.ics", FIRST, DAYS)
    assert found == [f"{day} 18:30 Tuesday"]


def test_ones_own_dates_are_shown_without_the_series_they_are_of(
    app: Flask, make: Factory, ids: list[int], shared_site: SharedSite, program: Program
) -> None:
    me = person_of(app, make.account(Role.PARTICIPANT))
    retreats = select(Occurrence.id).where(Occurrence.all_day, Occurrence.local_date >= FIRST)
    for one in (*ids[:3], ids[30], *db.session.scalars(retreats.limit(1))):
        make.signup(one, person_id=me, token=f"place {one}")
    make.signup(ids[5], "Somebody else")
    url, desk = shared_site.url + link(app, me, FULL).path, Desk()
    evening = datetime.combine(FIRST, time(18, 30), ZONE)
    winter = line(evening + 30 * WEEK, "Tuesday")
    retreat = line(FIRST, "Retreat")
    stays = [line(evening + number * WEEK, "Tuesday") for number in range(3)]
    assert program.lists(url, FIRST, DAYS) == sorted([*stays, retreat, winter])

    moved = evening + WEEK + timedelta(days=1)
    desk.move(ids[1], moved.replace(tzinfo=None))
    desk.cancel(ids[2])
    assert cancel_signup(f"place {ids[0]}", by=SYSTEM, now=desk.later()) is True
    db.session.rollback()
    assert program.lists(url, FIRST, DAYS) == sorted(
        [line(moved, "Tuesday"), line(evening + 2 * WEEK, "CANCELLED: Tuesday"), retreat, winter]
    )
