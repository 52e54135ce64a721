"""Lists into the calendar, on both databases where it matters."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.window.edition import Edition
from events.imports.importing import source_of
from events.models import Event, Occurrence, Series, Signup, Venue
from people.models import AuditEntry
from tests.events.imports.rows import NOW, PACIFIC, bring_in, row
from tests.factory import Factory

TABLES = (Event, Venue, Series, Occurrence, AuditEntry)


def counts() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def edition_number() -> int:
    return db.session.scalar(select(Edition.number)) or 0


def starts() -> list[datetime]:
    return list(db.session.scalars(select(Occurrence.starts_at).order_by(Occurrence.starts_at)))


def test_once_adds_and_again_changes_nothing(both_databases: Flask):
    with both_databases.app_context():
        rows = (row(), row(slug="b", day=[0, 3]), row(slug="c", day=None, time=None, end_time=None))
        assert bring_in(*rows).count() == "3 added, 0 changed, 0 unchanged, 0 refused"
        before, edition = counts(), edition_number()
        assert before[:3] == [3, 1, 3]
        assert bring_in(*rows, now=NOW + timedelta(hours=1)).count() == (
            "0 added, 0 changed, 3 unchanged, 0 refused"
        )
        assert (counts(), edition_number()) == (before, edition)


def test_dates_reach_the_horizon_and_keep_their_wall_clock(app: Flask):
    with app.app_context():
        bring_in(row())
        local = [start.astimezone(ZoneInfo(PACIFIC)) for start in starts()]
        assert {(one.weekday(), one.hour, one.minute) for one in local} == {(0, 18, 0)}
        assert {one.utcoffset() for one in local} == {timedelta(hours=-8), timedelta(hours=-7)}
        assert all(b.date() - a.date() == timedelta(days=7) for a, b in pairwise(local))
        assert local[0].date() <= NOW.date() - timedelta(days=2), "Monday of this week is there"
        assert local[-1].date() > NOW.date() + timedelta(days=540)


def test_past_midnight_ends_the_next_day(app: Flask):
    with app.app_context():
        bring_in(row(time="23:00", end_time="00:00"))
        one = db.session.scalars(select(Occurrence).order_by(Occurrence.id)).first()
        assert one.ends_at - one.starts_at == timedelta(hours=1)
        assert one.ends_at.astimezone(ZoneInfo(PACIFIC)).date() == one.local_date + timedelta(
            days=1
        )


@pytest.mark.parametrize("options", [{}, {"dry_run": True}, {"dry_run": True, "partial": True}])
def test_a_refused_row_or_a_dry_run_changes_nothing(app: Flask, options: dict[str, bool]):
    with app.app_context():
        before = counts()
        report = bring_in(row(), row(slug="bad", end_time="25:99"), **options)
        assert report.problems == ["row 2: end_time '25:99' is not a time"]
        assert not report.applied
        assert counts() == before


def test_partial_takes_the_good_rows(app: Flask):
    with app.app_context():
        report = bring_in(row(), row(slug="bad", time="never"), partial=True)
        assert report.count() == "1 added, 0 changed, 0 unchanged, 1 refused"
        assert counts()[0] == 1


def test_a_slug_twice_in_a_file_is_refused(app: Flask):
    with app.app_context():
        assert bring_in(row(), row(name="Other")).problems == [
            "row 2: slug 'harbor-group' is that of row 1"
        ]


def test_two_feeds_with_the_same_slug_stay_apart(app: Flask):
    with app.app_context():
        bring_in(row())
        bring_in(row(), source="meetings:example.com")
        assert sorted(db.session.scalars(select(Event.slug))) == ["harbor-group", "harbor-group-2"]


def test_the_feed_is_the_site_its_rows_link_to():
    rows = [(1, row()), (2, row(url="https://meetings.example.org/a/"))]
    assert source_of(rows, "x.json") == "meetings:meetings.example.org"
    assert source_of([(1, row())], "county.json") == "meetings:county"


def test_not_meeting_at_present_has_a_page_and_no_dates(app: Flask):
    with app.app_context():
        bring_in(row(attendance_option="inactive"))
        assert db.session.scalar(select(Event.summary)) == "Not meeting at present."
        assert starts() == []
        assert app.test_client().get("/events/harbor-group/").status_code == 200


def test_a_new_name_keeps_address_dates_and_uids(app: Flask):
    with app.app_context():
        bring_in(row())
        before, uids = starts(), list(db.session.scalars(select(Series.uid)))
        assert bring_in(row(name="Pier Group")).count().startswith("0 added, 1 changed")
        assert (starts(), list(db.session.scalars(select(Series.uid)))) == (before, uids)
        event = db.session.scalar(select(Event))
        assert (event.slug, event.title) == ("harbor-group", "Pier Group")


def test_a_new_time_moves_what_is_to_come(both_databases: Flask):
    with both_databases.app_context():
        bring_in(row(day=4))
        bring_in(row(day=4, time="20:00", end_time="21:00"))
        hours = {start.astimezone(ZoneInfo(PACIFIC)).hour for start in starts() if start > NOW}
        assert hours == {20}


def test_a_date_somebody_signed_up_for_stays(app: Flask, make: Factory):
    with app.app_context():
        bring_in(row())
        first = db.session.scalars(
            select(Occurrence.id).where(Occurrence.starts_at > NOW).order_by(Occurrence.starts_at)
        ).first()
        make.signup(first)
        bring_in(row(day=5))
        db.session.rollback()
        assert db.session.get(Occurrence, first) is not None
        assert db.session.scalar(select(func.count()).select_from(Signup)) == 1


def test_an_import_leaves_an_audit_entry(app: Flask):
    with app.app_context():
        bring_in(row())
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "import"))
        assert (entry.actor_kind, entry.at) == ("system", NOW.astimezone(UTC))
