"""The demo program shows every side of the product, and only in an empty database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from core.db import db
from curriculum.models import Credit
from events.demo import build
from events.models import (
    AttendanceRecord,
    Event,
    HeadCount,
    Kind,
    Occurrence,
    OccurrenceStatus,
    Signup,
    SignupState,
)
from people.models import OutboxMessage
from tests.conftest import SETTINGS

NOW = datetime.now(UTC)


@pytest.fixture
def filled(app: Flask) -> Flask:
    with app.app_context():
        assert build.fill("America/Los_Angeles", now=NOW) is not None
    return app


def test_there_is_something_of_everything(filled: Flask) -> None:
    with filled.app_context():
        assert set(db.session.scalars(select(Event.kind))) == set(Kind)
        states = set(db.session.scalars(select(Signup.state)))
        assert {SignupState.SEATED, SignupState.QUEUED} <= states
        cancelled = Occurrence.status == OccurrenceStatus.CANCELLED
        assert db.session.scalar(select(func.count(Occurrence.id)).where(cancelled))
        for table in (AttendanceRecord, HeadCount, Credit):
            assert db.session.scalar(select(func.count()).select_from(table)), table
        first, last = db.session.execute(
            select(func.min(Occurrence.starts_at), func.max(Occurrence.starts_at))
        ).one()
    assert (NOW - first).days > 34
    assert (last - NOW).days > 70


def test_no_date_has_more_seated_than_seats(filled: Flask) -> None:
    with filled.app_context():
        seated = db.session.execute(
            select(Event.capacity, func.sum(1 + Signup.guests))
            .join(Occurrence, Occurrence.id == Signup.occurrence_id)
            .join(Event, Event.id == Occurrence.event_id)
            .where(Signup.state == SignupState.SEATED)
            .group_by(Occurrence.id, Event.capacity)
        ).all()
    assert all(taken <= capacity for capacity, taken in seated)
    assert any(taken == capacity for capacity, taken in seated)


def test_a_second_time_changes_nothing_and_no_mail_is_owed(filled: Flask) -> None:
    with filled.app_context():
        before = db.session.scalar(select(func.count(Event.id)))
        assert build.fill("America/Los_Angeles", now=NOW) is None
        assert db.session.scalar(select(func.count(Event.id))) == before
        assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0


def test_production_refuses_demo_data_and_demo_accounts(filled: Flask, sqlite_url: str) -> None:
    settings = SETTINGS | {"GROUNDSWELL_ENV": "production", "DATABASE_URL": sqlite_url}
    settings["RATE_LIMITS"] = "on"
    production = create_app(settings)
    answer = production.test_cli_runner().invoke(args=["demo"])
    assert answer.exit_code == 1
    assert "refused in production" in answer.output
    data = {"email": "coordinator@demo.test", "password": build.PASSWORD}
    assert production.test_client().post("/sign-in/", data=data).status_code == 422
    assert filled.test_client().post("/sign-in/", data=data).status_code == 303
