"""A newer list: what was held stays, whoever signed up is told, a refusal touches no row."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from events.imports.listed import Meeting, parse_meeting
from events.models import Occurrence, OccurrenceStatus, Series, Venue
from events.notices import CANCELLED
from people.models import OutboxMessage
from tests.events.imports.rows import NOW, PACIFIC, bring_in, row
from tests.factory import Factory

ELSEWHEN = [{"time": "20:00", "end_time": None}, {"day": 2}, {"day": [1, 2], "time": "17:00"}]


def held() -> list[tuple[str, str]]:
    past = select(Occurrence.key, Occurrence.status).where(Occurrence.starts_at <= NOW)
    return [tuple(one) for one in db.session.execute(past.order_by(Occurrence.key))]


def dump() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {
        name: sorted((tuple(one) for one in db.session.execute(select(table))), key=repr)
        for name, table in db.metadata.tables.items()
    }


def next_date() -> int:
    ahead = select(Occurrence.id).where(Occurrence.starts_at > NOW)
    return db.session.scalars(ahead.order_by(Occurrence.starts_at)).first() or 0


@pytest.mark.parametrize("values", ELSEWHEN)
def test_another_time_invents_no_past(app: Flask, values: dict[str, object]):
    with app.app_context():
        bring_in(row())
        before = held()
        assert before == [("2026-11-23T1800", "scheduled")]
        assert bring_in(row(**values)).changed == 1
        assert held() == before


def test_a_new_series_starts_with_its_first_date(app: Flask):
    with app.app_context():
        bring_in(row())
        bring_in(row(day=4, time="20:00", end_time=None))
        fresh = db.session.scalars(select(Series).where(Series.until.is_(None))).one()
        dates = select(Occurrence.local_date).where(Occurrence.series_id == fresh.id)
        assert min(db.session.scalars(dates)) == fresh.starts_on == (NOW + timedelta(1)).date()


def test_whoever_signed_up_is_told_once_that_the_day_is_gone(both_databases: Flask):
    with both_databases.app_context():
        bring_in(row())
        date_id = next_date()
        Factory(both_databases).signup(date_id)
        owed = select(OutboxMessage.dedupe_key).where(OutboxMessage.kind == CANCELLED)
        bring_in(row(day=5))
        db.session.rollback()
        first = list(db.session.scalars(owed))
        bring_in(row(day=6))
        db.session.rollback()
        assert list(db.session.scalars(owed)) == first
        assert len(first) == 1
        assert db.session.get_one(Occurrence, date_id).status == OccurrenceStatus.CANCELLED


def test_refused_and_repeated_lists_touch_no_row(app: Flask):
    with app.app_context():
        bring_in(row(), row(slug="b", day=[0, 3]))
        before = dump()
        later = NOW + timedelta(hours=1)
        bring_in(row(), row(slug="b", day=[0, 3]), now=later)
        bring_in(row(name="Other"), row(slug="b", day=2), row(slug="c", day=9), now=later)
        bring_in(row(name="Other"), now=later, dry_run=True)
        db.session.rollback()
        assert dump() == before


def test_a_passcode_among_the_directions_is_kept_private(app: Flask):
    values = {"location_notes": "Upstairs.\nZoom passcode: 4711"}
    found = parse_meeting(1, row(**values), PACIFIC)
    assert isinstance(found, Meeting)
    assert found.online_notes == "Zoom passcode: 4711"
    with app.app_context():
        bring_in(row(**values))
        assert db.session.scalar(select(Venue.directions)) == "Upstairs."


def test_directions_too_long_are_said_once():
    found = parse_meeting(1, row(location_notes="x" * 2001), PACIFIC)
    assert found == ["location_notes is longer than 2,000 letters"]
