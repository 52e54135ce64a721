"""A program with everything that the desk can create, and what must never be public beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from core.db import db
from core.outcome import Refused
from events.closures import ClosurePlan, close
from events.consequences import Scope, SeriesChange, consequences_of
from events.dates import Move, cancel_occurrence, reschedule
from events.models import Joining, Kind, Mode, Occurrence, Series, Venue, Visibility
from events.new_dates import DatesPlan, add_dates
from events.rules.breaks import HolidayPolicy, Pause
from events.rules.recurrence import Rhythm, Unit
from events.scheduling import EventDetails, EventPlan, create_event
from events.series import SeriesPlan, plan_of
from events.series_changes import change_series
from people.audit import SYSTEM
from tests.factory import PACIFIC

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
FIRST = date(2026, 12, 1)
ODD = "Café “Ünïversal” 🌊; a, b \\ c\r\nsecond\x07 line\u2028third\x0b" + "ÿ" * 90
SECRET_LINK, SECRET_CODE = "https://meet.example.org/secret-room", "swordfish"
PRIVATE_TITLE, FULL_NAME = "One to one with Sam", "Samantha Fullname"
RHYTHMS: dict[str, Rhythm] = {
    "daily": Rhythm(FIRST, time(7), unit=Unit.DAY),
    "every other week": Rhythm(FIRST, time(18, 30), (1, 3), 2),
    "first and last friday": Rhythm(FIRST, time(19), (4,), unit=Unit.MONTH, nths=(1, -1)),
    "15th and last day": Rhythm(FIRST, time(12), unit=Unit.MONTH, month_days=(15, -1)),
    "thanksgiving": Rhythm(FIRST, time(11), (3,), 12, None, Unit.MONTH, (4,)),
    "until easter": Rhythm(FIRST, time(9), (1,), 1, date(2027, 3, 28)),
    "overnight": Rhythm(FIRST, time(22), (5,)),
}


def _event(title: str, *series: SeriesPlan, zone: str = PACIFIC, **details: Any) -> int:
    said = {"kind": Kind.COMMUNITY_EVENT, "title": title, "joining": Joining.PER_DATE} | details
    plan = EventPlan(EventDetails(**said), zone, uuid4(), series=series)
    made = create_event(plan, by=SYSTEM, now=NOW)
    assert isinstance(made, int), made
    return made


def _dates(event_id: int) -> list[int]:
    query = select(Occurrence.id).where(Occurrence.event_id == event_id)
    return list(db.session.scalars(query.order_by(Occurrence.starts_at)))


def _venue(name: str, zone: str = PACIFIC) -> int:
    venue = Venue(
        slug=f"v{uuid4().hex[:6]}", name=name, city="Avalon", address=f"1 Pier Road, {name}",
        latitude=33.3428, longitude=-118.3278, timezone=zone, updated_at=NOW,
    )  # fmt: skip
    db.session.add(venue)
    db.session.commit()
    return venue.id


def _split(event_id: int) -> None:
    series = db.session.scalars(select(Series).where(Series.event_id == event_id)).one()
    since = FIRST + timedelta(weeks=8)
    plan = plan_of(series)
    plan = SeriesPlan(Rhythm(since, time(17), (2,)), plan.minutes)
    change = SeriesChange(series.id, plan, since, Scope.FOLLOWING, {})
    found = consequences_of(change, NOW)
    assert not isinstance(found, Refused)
    assert isinstance(change_series(change, found.fingerprint, by=SYSTEM, now=NOW), int)


def fill() -> None:
    """Everything, in an application context. Series with odd dates, closures, two zones more."""
    hall, pier = _venue("Harbor Hall"), _venue(f"Pier {ODD}")
    at: dict[str, Any] = {"by": SYSTEM, "now": NOW + timedelta(minutes=5)}
    for title, rhythm in RHYTHMS.items():
        _event(title, SeriesPlan(rhythm, 300 if title == "overnight" else 60), venue_id=hall)
    breaks = SeriesPlan(
        RHYTHMS["daily"], 45, False, (Pause(date(2027, 7, 1), date(2027, 8, 31)),),
        HolidayPolicy.SKIP, "US-CA", venue_id=pier,
    )  # fmt: skip
    _event("with breaks", breaks, venue_id=hall)
    moving = SeriesPlan(Rhythm(FIRST, time(10), (3,)), 60, False, (), HolidayPolicy.MOVE, "US")
    _event("moving", moving)
    _event("retreat", SeriesPlan(Rhythm(FIRST, time(0), interval=40, unit=Unit.DAY), 2880, True))
    _event("dublin", SeriesPlan(Rhythm(FIRST, time(20), (1,)), 60), zone="Europe/Dublin")
    _event("kolkata", SeriesPlan(Rhythm(FIRST, time(20), (1,)), 60), zone="Asia/Kolkata")
    _event("twice a day", *(SeriesPlan(Rhythm(FIRST, time(h), (0,)), 60) for h in (8, 16)))
    odd = _event("odd dates", SeriesPlan(Rhythm(FIRST, time(18), (1,)), 60), venue_id=hall)
    ids = _dates(odd)
    assert isinstance(cancel_occurrence(ids[1], ODD, **at), int)
    moves = [(2, datetime(2026, 12, 16, 9)), (3, datetime(2027, 2, 3, 9))]
    for number, start in moves:
        assert isinstance(reschedule(ids[number], Move(start, 90, pier), **at), int)
    _split(_event("split", SeriesPlan(Rhythm(FIRST, time(17), (1,)), 60)))
    single = DatesPlan(uuid4(), (), (datetime(2027, 1, 9, 10), datetime(2027, 11, 7, 1, 30)), 60)
    assert isinstance(add_dates(odd, single, **at), int)
    _event(ODD[:150], SeriesPlan(Rhythm(FIRST, time(13), (6,)), 60), venue_id=pier,
           summary=ODD, description=ODD * 3)  # fmt: skip
    shown = {"mode": Mode.ONLINE, "online_url": "https://meet.example.org/open"}
    _event("online", SeriesPlan(Rhythm(FIRST, time(14), (6,)), 60), online_url_public=True, **shown)
    hidden = {"online_url": SECRET_LINK, "online_passcode": SECRET_CODE}
    _event("hidden link", SeriesPlan(Rhythm(FIRST, time(15), (6,)), 60), mode=Mode.ONLINE, **hidden)
    private = {"visibility": Visibility.PRIVATE, "description": FULL_NAME}
    _event(PRIVATE_TITLE, SeriesPlan(Rhythm(FIRST, time(9), (6,)), 60), **private)
    closing = ClosurePlan(hall, date(2026, 12, 24), date(2026, 12, 27), "Storm")
    assert not isinstance(close(closing, PACIFIC, **at), Refused)
