"""Rows and changes that are hard to bring in."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from events.imports.files import Unreadable, read_rows
from events.imports.importing import source_of
from events.imports.listed import Meeting, parse_meeting
from events.models import Event, Occurrence, Series
from tests.events.imports.rows import NOW, PACIFIC, bring_in, row
from tests.factory import Factory


def test_a_link_that_is_none_does_not_name_the_feed():
    rows = [(1, row(url="http://[bad")), (2, row(url="https://example.org/a/"))]
    assert source_of(rows, "x.json") == "meetings:example.org"


def test_half_a_letter_is_left_out(app: Flask):
    with app.app_context():
        assert bring_in(row(slug="a\ud800b", name="Harbor \ud800<b>Group</b>")).refused == 0
        assert db.session.scalar(select(Event.source_id)) == "ab"
        assert bring_in(row(slug=None, id="c\ud800")).refused == 0


def test_a_table_that_breaks_off_is_refused():
    with pytest.raises(Unreadable, match="breaks off"):
        read_rows(b'Time,Day,Name,Notes\n7 PM,Monday,Harbor,"and then')


def test_a_closed_place_without_a_way_in_is_not_meeting():
    found = parse_meeting(1, row(types=["Temporary Closure"]), PACIFIC)
    assert isinstance(found, Meeting)
    assert not found.meets


def test_adult_children_is_not_child_care():
    found = parse_meeting(1, row(types=["AC"]), PACIFIC)
    assert isinstance(found, Meeting)
    assert (found.types.access, found.types.unknown) == ((), ("AC",))


def test_entities_and_signs_are_read():
    found = parse_meeting(1, row(name="Women&#8217;s Group", notes="5 < 6 &amp; <b>7</b>"), PACIFIC)
    assert isinstance(found, Meeting)
    assert (found.name, found.description) == ("Women’s Group", "5 < 6 & 7")


def test_another_zone_is_another_time(app: Flask):
    with app.app_context():
        bring_in(row())
        bring_in(row(timezone="America/New_York"))
        zones = select(Occurrence.timezone).where(Occurrence.starts_at > NOW).distinct()
        assert list(db.session.scalars(zones)) == ["America/New_York"]
        assert len(list(db.session.scalars(select(Series.id)))) == 2


def test_a_date_with_a_facilitator_stays_when_the_day_changes(
    both_databases: Flask,
):
    app = both_databases
    with app.app_context():
        bring_in(row())
        dates = select(Occurrence).where(Occurrence.starts_at > NOW).order_by(Occurrence.starts_at)
        first = db.session.scalars(dates).first()
        event_id, date_id = first.event_id, first.id
        make = Factory(app)
        make.assignment(event_id, make.person(), date_id)
        assert bring_in(row(day=5)).changed == 1
        db.session.rollback()
        assert db.session.get(Occurrence, date_id) is not None
        monday = datetime(2026, 12, 8, 2, tzinfo=UTC)
        assert db.session.scalar(select(Occurrence).where(Occurrence.starts_at == monday)) is None
