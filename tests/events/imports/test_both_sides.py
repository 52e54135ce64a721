"""A newer meeting list beside what the desk changed; a time that changes and changes back."""

import json
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from core.db import db
from events.imports import undoing, uploads
from events.models import Event, Occurrence, OccurrenceStatus, Series
from events.notices import CANCELLED
from people.audit import SYSTEM
from people.models import Delivery, OutboxMessage
from tests.events.imports.rows import NOW, PACIFIC, bring_in, row
from tests.factory import Factory

LATER = NOW + timedelta(days=1)


def the_event() -> Event:
    return db.session.scalars(select(Event)).one()


def edit(**values: object) -> None:
    event = the_event()
    for name, value in values.items():
        setattr(event, name, value)
    db.session.commit()


def test_what_the_desk_wrote_stays_when_the_source_changes_something_else(app: Flask):
    with app.app_context():
        bring_in(row(notes="Come in"))
        edit(title="Pier Group", description="Use the side door")
        report = bring_in(row(notes="Come in", time="19:00", end_time="20:30"), now=LATER)
        assert report.changed == 1
        assert report.lines[0].reasons == ("changed: dates",)
        event = the_event()
        assert (event.title, event.description) == ("Pier Group", "Use the side door")


def test_where_both_changed_ours_is_kept_and_said(app: Flask):
    with app.app_context():
        bring_in(row())
        edit(title="Pier Group")
        report = bring_in(row(name="Lantern Group"), now=LATER)
        assert (report.both, report.changed, report.unchanged) == (1, 0, 1)
        assert report.lines[0].reasons == (
            "title changed here and at the source (there now 'Lantern Group'): ours was kept",
        )
        assert the_event().title == "Pier Group"
        assert bring_in(row(name="Lantern Group"), now=LATER).both == 0, "it is said once"


def test_the_source_s_is_taken_when_that_is_chosen(app: Flask):
    with app.app_context():
        bring_in(row())
        edit(title="Pier Group")
        assert bring_in(row(name="Lantern Group"), now=LATER, theirs=True).changed == 1
        assert the_event().title == "Lantern Group"


def test_a_rhythm_that_both_changed_stays_ours(app: Flask):
    with app.app_context():
        bring_in(row())
        series = db.session.scalars(select(Series)).one()
        series.interval = 2
        db.session.commit()
        report = bring_in(row(day=4), now=LATER)
        assert report.lines[0].reasons == (
            "its rhythm changed here and at the source: ours was kept, dates included",
        )
        assert db.session.scalars(select(Series)).one().interval == 2


def test_a_deleted_event_is_not_brought_back(app: Flask):
    with app.app_context():
        bring_in(row())
        edit(status="deleted", deleted_at=NOW)
        report = bring_in(row(name="Other"), now=LATER)
        assert report.lines[0].reasons == ("was deleted here, and stays so",)


def test_a_time_that_changes_and_changes_back_gives_people_their_date_again(
    both_databases: Flask,
):
    with both_databases.app_context():
        bring_in(row())
        ahead = select(Occurrence.id).where(Occurrence.starts_at > NOW)
        first = db.session.scalars(ahead.order_by(Occurrence.starts_at)).first() or 0
        Factory(both_databases).signup(first, email="sam@example.org")
        bring_in(row(time="20:00", end_time="21:00"))
        assert db.session.get_one(Occurrence, first).status == OccurrenceStatus.CANCELLED
        bring_in(row(), now=NOW + timedelta(minutes=1))
        one = db.session.get_one(Occurrence, first)
        assert (one.status, one.cancel_reason) == (OccurrenceStatus.SCHEDULED, "")
        assert one.series.until is None, "it belongs to the series that goes on"
        owed = select(OutboxMessage.state).where(OutboxMessage.kind == CANCELLED)
        assert set(db.session.scalars(owed)) == {Delivery.DROPPED}


def as_it_stands() -> tuple[object, ...]:
    event = the_event()
    ahead = select(Occurrence.key, Occurrence.status).order_by(Occurrence.key)
    rule = [(one.until, one.start_time, one.weekdays) for one in event.series]
    return event.title, event.source_hash, rule, [tuple(one) for one in db.session.execute(ahead)]


def upload(text: str) -> str:
    given = uploads.FileGiven("list.json", text.encode(), PACIFIC)
    return uploads.keep_upload(given, by=SYSTEM, now=NOW)


def test_undoing_a_newer_list_gives_fields_series_and_dates_back(both_databases: Flask):
    with both_databases.app_context():
        first = upload(f"[{json.dumps(row())}]")
        uploads.apply_upload(first, partial=False, by=SYSTEM, now=NOW)
        before = as_it_stands()
        db.session.rollback()
        second = upload(f"[{json.dumps(row(name='Other', time='20:00', day=4, end_time=None))}]")
        assert uploads.apply_upload(second, partial=False, by=SYSTEM, now=LATER) is True
        assert as_it_stands() != before
        db.session.rollback()
        answer = undoing.undo_upload(second, by=SYSTEM, now=LATER + timedelta(hours=3))
        assert answer == undoing.Undone(0, 1, ())
        assert as_it_stands() == before
