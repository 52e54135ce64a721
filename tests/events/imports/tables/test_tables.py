"""Spreadsheets into the calendar: rows, dates and series, and newer versions of them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from events.imports.files import Unreadable
from events.models import Event, Kind, Occurrence, Series, Unit, Venue
from tests.events.imports.tables.sheets import NOW, bring_in, read, sheet

TUESDAY = "Harbor Group,Tuesday,,18:30,20:00,Harbor Hall"


def events() -> list[str]:
    return sorted(db.session.scalars(select(Event.title)))


def test_a_date_is_held_once_and_a_weekday_every_week(app: Flask):
    with app.app_context():
        report = bring_in(sheet(TUESDAY, "Picnic,,2027-05-01,11:00,14:00,Pier Park"))
        assert report.count() == "2 added, 0 changed, 0 unchanged, 0 refused"
        [series] = db.session.scalars(select(Series))
        assert (series.unit, series.weekdays, series.duration_minutes) == (Unit.WEEK, [1], 90)
        [single] = db.session.scalars(select(Occurrence).where(Occurrence.series_id.is_(None)))
        assert single.key == "2027-05-01T1100"
        assert [line.place for line in report.lines] == ["row 2", "row 3"]


def test_rows_of_one_title_and_place_belong_together():
    reading = read(
        sheet(
            "Skills,,2027-01-05,18:00,20:00,Hall",
            "Skills,,2027-01-12,18:00,20:00,Hall",
            TUESDAY,
            TUESDAY.replace("Tuesday", "Thursday"),
            TUESDAY.replace("Tuesday", "Sunday").replace("18:30", "10:00"),
        )
    )
    assert [one.place for one in reading.entries] == ["rows 2, 3", "rows 4, 5", "row 6"]
    dates, weekly, other = reading.entries
    assert len(dates.when.extra) == 2
    assert weekly.when.rule is not None
    assert weekly.when.rule.weekdays == (1, 3)
    assert other.uid != weekly.uid


def test_every_bad_cell_is_named_with_its_row():
    content = sheet(
        "A,Tuesday,,18:30,25:99,Hall",
        ",Blursday,,,20:00,Hall",
        "B,,2026-02-30,18:00,,Hall",
        "C,,,18:00,,Hall",
        header="Title,Day,Date,Start,end_time,Place",
    )
    refused = {one.place: one.reasons for one in read(content).refused}
    assert refused["row 2"] == ("end_time '25:99' is not a time",)
    assert len(refused["row 3"]) == 3
    assert refused["row 4"] == ("Date '2026-02-30' is not a date",)
    assert refused["row 5"] == ("there is no date and no weekday",)


def test_the_same_row_twice_is_refused():
    reading = read(sheet(TUESDAY, TUESDAY, "P,,2027-05-01,11:00,,X", "P,,2027-05-01,11:00,,X"))
    assert [one.reasons for one in reading.refused] == [
        ("it says the same as row 2",),
        ("it says the same date as row 4",),
    ]


def test_again_later_changes_nothing(app: Flask):
    content = sheet(TUESDAY, "Board,2nd Tuesday,,9:00,10:00,Hall", "Run,every day,,7:00,,Pier")
    with app.app_context():
        bring_in(content)
        later = bring_in(content, now=NOW + timedelta(days=40))
        assert later.count() == "0 added, 0 changed, 3 unchanged, 0 refused"


def test_a_newer_version_changes_only_what_changed_in_it(app: Flask):
    header = "Title,Day,Start,End,Place,Description,Capacity,Language"
    row = "Harbor Group,Tuesday,18:30,20:00,Hall,Come in,{},English"
    with app.app_context():
        bring_in(sheet(row.format(12), header=header))
        event = db.session.scalars(select(Event)).one()
        assert (event.capacity, event.joining) == (12, "per-date")
        event.description = "Use the side door"
        db.session.commit()
        newer = row.format(20).replace("English", "English and Spanish")
        report = bring_in(sheet(newer, header=header), now=NOW + timedelta(days=1))
        assert (report.changed, report.both) == (1, 0)
        event = db.session.scalars(select(Event)).one()
        assert (event.capacity, event.description) == (20, "Use the side door")
        assert [one.language for one in event.languages] == ["en", "es"]


def test_where_both_sides_changed_ours_stays_unless_theirs_is_chosen(app: Flask):
    header = "Title,Day,Start,End,Place,Description"
    row = "Harbor Group,Tuesday,18:30,20:00,Hall,{}"
    newer = sheet(row.format("Bring tea"), header=header)
    with app.app_context():
        bring_in(sheet(row.format("Come in"), header=header))
        event = db.session.scalars(select(Event)).one()
        event.description = "Side door"
        db.session.commit()
        plan = bring_in(newer, dry_run=True)
        assert plan.both == 1
        assert plan.lines[0].reasons == (
            "description changed here and at the source (there now 'Bring tea'): ours was kept",
        )
        bring_in(newer, theirs=True)
        assert db.session.scalar(select(Event.description)) == "Bring tea"


def test_kinds_links_passcodes_and_formulas(app: Flask):
    header = "Title,Kind,Date,Start,Link,Place"
    with app.app_context():
        bring_in(
            sheet(
                "=HYPERLINK(1),Taller,2027-01-05,18:00,https://zoom.us/j/1?pwd=secret,",
                "Check-in,one-to-one,2027-01-06,18:00,,",
                header=header,
            )
        )
        workshop, private = db.session.scalars(select(Event).order_by(Event.id))
        assert (workshop.title, workshop.kind) == ("=HYPERLINK(1)", Kind.WORKSHOP)
        assert (workshop.mode, workshop.online_url) == ("online", "https://zoom.us/j/1")
        assert "secret" in workshop.online_notes
        assert private.visibility == "private"


def test_a_spanish_table(app: Flask):
    content = (
        "Título;Día;Hora de inicio;Hora de fin;Lugar;Ciudad\n"
        "Reunión;segundo martes;18h30;20h;Salón;Santa Ana\n"
    )
    with app.app_context():
        assert bring_in(content.encode("cp1252")).added == 1
        [series] = db.session.scalars(select(Series))
        assert (series.unit, series.nths, series.weekdays) == (Unit.MONTH, [2], [1])
        assert db.session.scalar(select(Venue.name)) == "Salón"


def test_thousands_of_rows_are_planned_and_nothing_is_written(app: Flask):
    lines = [f"Group {number},,2027-01-05,18:30,20:00,Hall" for number in range(3_000)]
    with app.app_context():
        assert bring_in(sheet(*lines), dry_run=True).added == 3_000
        assert db.session.scalar(select(func.count()).select_from(Event)) == 0


def test_a_table_of_too_many_dates_is_refused():
    lines = [f"Group {number},every day,,18:30,20:00,Hall" for number in range(400)]
    with pytest.raises(Unreadable, match="more than 200,000 dates"):
        read(sheet(*lines))
