"""What the desk did can be taken back for ten minutes, mail included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.outcome import Refused
from events.closures import ClosurePlan, Done, close, lift_closure
from events.dates import Move, cancel_occurrence, reschedule
from events.models import Occurrence, Room, Signup
from events.undo import UndoRefusal, undo
from events.venue_rooms import add_room
from people.audit import SYSTEM
from people.models import Delivery, OutboxMessage
from tests.factory import PACIFIC, Factory

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
STARTS = datetime(2026, 12, 2, 2, 30, tzinfo=UTC)


@pytest.fixture
def date_id(both_databases: Flask) -> int:
    make = Factory(both_databases)
    event = make.event()
    one = make.occurrence(
        event, STARTS, series_id=make.series(event), created_at=NOW, updated_at=NOW
    )
    make.signup(one, email="sam@example.org")
    return one


def rows(app: Flask) -> dict[str, object]:
    one = db.session.scalars(select(Occurrence)).one()
    return {
        "starts": one.starts_at,
        "ends": one.ends_at,
        "key": one.key,
        "status": one.status,
        "reason": one.cancel_reason,
        "place": one.venue_id,
        "day": one.local_date,
        "series": one.series_id,
    }


def mail() -> list[tuple[str, str]]:
    query = select(OutboxMessage.kind, OutboxMessage.state).order_by(OutboxMessage.id)
    return [(kind, state) for kind, state in db.session.execute(query)]


def test_a_cancelled_date_is_as_it_was_and_nobody_hears_of_it(
    both_databases: Flask, date_id: int
) -> None:
    with both_databases.app_context():
        before = rows(both_databases)
        change = cancel_occurrence(date_id, "Storm", by=SYSTEM, now=NOW)
        assert mail() == [("date-cancelled", Delivery.WAITING)]
        assert isinstance(change, int)
        assert not isinstance(undo(change, by=SYSTEM, now=NOW + timedelta(minutes=9)), Refused)
        assert rows(both_databases) == before
        assert mail() == [("date-cancelled", Delivery.DROPPED)]


def test_calendar_programs_see_one_more_change(both_databases: Flask, date_id: int) -> None:
    with both_databases.app_context():
        change = reschedule(date_id, Move(datetime(2026, 12, 1, 19), 60), by=SYSTEM, now=NOW)
        moved = db.session.get_one(Occurrence, date_id).sequence
        later = NOW + timedelta(minutes=2)
        undo(change, by=SYSTEM, now=later)  # type: ignore[arg-type]
        one = db.session.get_one(Occurrence, date_id)
        assert one.starts_at == STARTS
        assert one.sequence == moved + 1
        assert one.updated_at == later


def test_whoever_was_told_already_is_told_how_it_stands(
    both_databases: Flask, date_id: int
) -> None:
    with both_databases.app_context():
        change = cancel_occurrence(date_id, "Storm", by=SYSTEM, now=NOW)
        db.session.scalars(select(OutboxMessage)).one().state = Delivery.SENT
        db.session.commit()
        undo(change, by=SYSTEM, now=NOW + timedelta(minutes=9))  # type: ignore[arg-type]
        assert mail() == [("date-cancelled", Delivery.SENT), ("date-changed", Delivery.WAITING)]


def test_after_ten_minutes_it_is_too_late(both_databases: Flask, date_id: int) -> None:
    with both_databases.app_context():
        change = cancel_occurrence(date_id, "Storm", by=SYSTEM, now=NOW)
        late = undo(change, by=SYSTEM, now=NOW + timedelta(minutes=11))  # type: ignore[arg-type]
        assert late == Refused(UndoRefusal.TOO_LATE)
        assert mail() == [("date-cancelled", Delivery.WAITING)]


def test_a_change_is_undone_once(both_databases: Flask, date_id: int) -> None:
    with both_databases.app_context():
        change = cancel_occurrence(date_id, "Storm", by=SYSTEM, now=NOW)
        undo(change, by=SYSTEM, now=NOW)  # type: ignore[arg-type]
        again = undo(change, by=SYSTEM, now=NOW)  # type: ignore[arg-type]
        assert again == Refused(UndoRefusal.UNDONE)
        assert undo(4711, by=SYSTEM, now=NOW) == Refused(UndoRefusal.UNKNOWN_CHANGE)


def test_the_later_change_has_to_go_first(both_databases: Flask, date_id: int) -> None:
    with both_databases.app_context():
        first = reschedule(date_id, Move(datetime(2026, 12, 1, 19), 60), by=SYSTEM, now=NOW)
        second = cancel_occurrence(date_id, "Storm", by=SYSTEM, now=NOW + timedelta(minutes=1))
        soon = NOW + timedelta(minutes=2)
        refused = undo(first, by=SYSTEM, now=soon)  # type: ignore[arg-type]
        assert refused == Refused(UndoRefusal.CHANGED_SINCE)
        undo(second, by=SYSTEM, now=soon)  # type: ignore[arg-type]
        assert rows(both_databases)["starts"] == datetime(2026, 12, 2, 3, tzinfo=UTC)


def test_a_sign_up_made_meanwhile_stays(both_databases: Flask, date_id: int) -> None:
    make = Factory(both_databases)
    with both_databases.app_context():
        change = reschedule(date_id, Move(datetime(2026, 12, 1, 19), 60), by=SYSTEM, now=NOW)
    make.signup(date_id, "Robin")
    with both_databases.app_context():
        undo(change, by=SYSTEM, now=NOW)  # type: ignore[arg-type]
        assert rows(both_databases)["starts"] == STARTS
        assert len(db.session.scalars(select(Signup)).all()) == 2


def test_mail_about_a_date_that_is_close_does_not_wait(both_databases: Flask) -> None:
    make = Factory(both_databases)
    one = make.occurrence(make.event(), NOW + timedelta(minutes=50))
    make.signup(one, email="sam@example.org")
    with both_databases.app_context():
        cancel_occurrence(one, "Storm", by=SYSTEM, now=NOW)
        assert db.session.scalars(select(OutboxMessage)).one().send_after == NOW


def test_what_somebody_took_away_since_does_not_come_back(both_databases: Flask) -> None:
    make = Factory(both_databases)
    venue = make.venue()
    one = make.occurrence(make.event(venue_id=venue), STARTS)
    day = STARTS.date() - timedelta(days=1)
    with both_databases.app_context():
        room = add_room(venue, "Attic", 5, by=SYSTEM, now=NOW)
        reschedule(one, Move(datetime(2026, 12, 1, 18, 30), 90, None, room), by=SYSTEM, now=NOW)  # type: ignore[arg-type]
        closed = close(ClosurePlan(None, day, day, "Storm"), PACIFIC, by=SYSTEM, now=NOW)
        assert isinstance(closed, Done)
        later = NOW + timedelta(minutes=1)
        change = cancel_occurrence(one, "By hand", by=SYSTEM, now=later)
        assert isinstance(change, int)
        lift_closure(closed.closure_id, PACIFIC, by=SYSTEM, now=later)
        db.session.get_one(Occurrence, one).room_id = None
        db.session.delete(db.session.get_one(Room, room))
        db.session.commit()
        undo(change, by=SYSTEM, now=later)
        kept = db.session.get_one(Occurrence, one)
        assert (kept.status, kept.closure_id, kept.room_id) == ("scheduled", None, None)
