"""Cells in words: rhythms, times and days, in English and Spanish."""

from datetime import date, time

import pytest

from events.imports.ical.entries import Fault
from events.imports.tables.columns import fields_of
from events.imports.tables.rhythm_words import Days, days_of, every_of
from events.imports.tables.values import (
    day_comes_first,
    day_of,
    kind_of,
    languages_of,
    link_of,
    seats_of,
    time_of,
    times_of,
)
from events.models import Kind, Unit

WEEK, MONTH = Unit.WEEK, Unit.MONTH
RHYTHMS = {
    "Tuesday": Days(WEEK, 1, (1,)),
    "Tues": Days(WEEK, 1, (1,)),
    "Mondays and Wednesdays": Days(WEEK, 1, (0, 2)),
    "Mon, Wed & Fri": Days(WEEK, 1, (0, 2, 4)),
    "Mon/Wed": Days(WEEK, 1, (0, 2)),
    "Mon-Fri": Days(WEEK, 1, (0, 1, 2, 3, 4)),
    "Friday to Sunday": Days(WEEK, 1, (4, 5, 6)),
    "weekdays": Days(WEEK, 1, (0, 1, 2, 3, 4)),
    "every day": Days(Unit.DAY),
    "Daily": Days(Unit.DAY),
    "every other Monday": Days(WEEK, 2, (0,)),
    "every 3 weeks on Thursday": Days(WEEK, 3, (3,)),
    "biweekly on Monday": Days(WEEK, 2, (0,)),
    "2nd Tuesday": Days(MONTH, 1, (1,), (2,)),
    "second Tuesday of the month": Days(MONTH, 1, (1,), (2,)),
    "1st and 3rd Monday": Days(MONTH, 1, (0,), (1, 3)),
    "last Friday of each month": Days(MONTH, 1, (4,), (-1,)),
    "monthly on the 15th": Days(MONTH, month_days=(15,)),
    "the 1st and 15th of every month": Days(MONTH, month_days=(1, 15)),
    "last day of the month": Days(MONTH, month_days=(-1,)),
    "martes": Days(WEEK, 1, (1,)),
    "Lunes y Miércoles": Days(WEEK, 1, (0, 2)),
    "lunes a viernes": Days(WEEK, 1, (0, 1, 2, 3, 4)),
    "sábados": Days(WEEK, 1, (5,)),
    "todos los martes": Days(WEEK, 1, (1,)),
    "todos los días": Days(Unit.DAY),
    "cada dos semanas el lunes": Days(WEEK, 2, (0,)),
    "lunes alternos": Days(WEEK, 2, (0,)),
    "cada 2 lunes": Days(WEEK, 2, (0,)),
    "segundo martes del mes": Days(MONTH, 1, (1,), (2,)),
    "2º martes": Days(MONTH, 1, (1,), (2,)),
    "primer y tercer lunes": Days(MONTH, 1, (0,), (1, 3)),
    "último viernes": Days(MONTH, 1, (4,), (-1,)),
    "el 15 de cada mes": Days(MONTH, month_days=(15,)),
    "mensual el día 15": Days(MONTH, month_days=(15,)),
    "último día del mes": Days(MONTH, month_days=(-1,)),
}


@pytest.mark.parametrize(("text", "days"), RHYTHMS.items())
def test_a_rhythm_in_words(text: str, days: Days):
    assert days_of(text) == days


@pytest.mark.parametrize(
    "text",
    [
        "whenever",
        "monthly",
        "Tuesday maybe",
        "32nd of the month",
        "6th Tuesday",
        "0",
        "monthly Monday",
    ],
)
def test_words_that_name_no_rhythm_are_quoted(text: str):
    with pytest.raises(Fault, match="is not a rhythm"):
        days_of(text, "Day")


@pytest.mark.parametrize(
    ("text", "weeks"),
    [("2", 2), ("every 2 weeks", 2), ("cada tres semanas", 3), ("weekly", 1), ("quincenal", 2)],
)
def test_weeks_apart(text: str, weeks: int):
    assert every_of(text) == weeks


@pytest.mark.parametrize("text", ["monthly", "0", "99", "2 or 3"])
def test_no_number_of_weeks(text: str):
    with pytest.raises(Fault, match="is not a number of weeks"):
        every_of(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("18:30", time(18, 30)),
        ("6:30 PM", time(18, 30)),
        ("6:30pm", time(18, 30)),
        ("6 p.m.", time(18)),
        ("12 am", time(0)),
        ("12:15 PM", time(12, 15)),
        ("18h30", time(18, 30)),
        ("18h", time(18)),
        ("18.30", time(18, 30)),
        ("noon", time(12)),
        ("Mediodía", time(12)),
        ("0.7708333333333334", time(18, 30)),
        ("18:30:00", time(18, 30)),
        ("2026-12-01 18:30", time(18, 30)),
    ],
)
def test_times(text: str, found: time):
    assert time_of(text, "Start") == found


@pytest.mark.parametrize("text", ["25:99", "6", "13 pm", "soon", "18:5", "24:30", "-1:00"])
def test_no_time(text: str):
    with pytest.raises(Fault, match=r"Start '.*' is not a time"):
        time_of(text, "Start")


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("18:30-20:00", (time(18, 30), time(20))),
        ("6-7:30 pm", (time(18), time(19, 30))),
        ("11 am – 1 pm", (time(11), time(13))),
        ("11-1 pm", (time(11), time(13))),
        ("18:30 a 20:00", (time(18, 30), time(20))),
        ("18:30", (time(18, 30), None)),
    ],
)
def test_hours_in_one_cell(text: str, both: tuple[time, time | None]):
    assert times_of(text, "Time") == both


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01",
        "2026-12-01 00:00",
        "12/1/2026",
        "12/01/26",
        "1.12.2026",
        "December 1, 2026",
        "1 Dec 2026",
        "1 de diciembre de 2026",
        "Dec 1st 2026",
        "46357",
    ],
)
def test_days(text: str):
    found = day_of(text, "Date", day_first=text == "1.12.2026")
    assert found == date(2026, 12, 1)


def test_the_column_tells_which_comes_first():
    assert day_comes_first(["1/12/2026", "13/12/2026"], spanish=False)
    assert not day_comes_first(["1/12/2026"], spanish=False)
    assert day_comes_first(["1/12/2026"], spanish=True)
    assert not day_comes_first(["1/13/2026"], spanish=True)


@pytest.mark.parametrize("text", ["2026-02-30", "13/13/2026", "tomorrow", "12", "December 2026"])
def test_no_day(text: str):
    with pytest.raises(Fault, match="is not a date"):
        day_of(text, "Date", day_first=False)


def test_kinds_languages_seats_and_links():
    assert kind_of("Grupo de Apoyo", "Kind") == Kind.SUPPORT_GROUP
    assert kind_of("Workshops", "Kind") == Kind.WORKSHOP
    assert languages_of("English / Español", "Language") == ("en", "es")
    assert languages_of("bilingüe", "Language") == ("en", "es")
    assert seats_of("1,000", "Seats") == 1000
    assert link_of("zoom.us/j/1", "Link") == "https://zoom.us/j/1"
    for read, text in (
        (kind_of, "party of ten"),
        (languages_of, "Klingon"),
        (seats_of, "many"),
        (seats_of, "-1"),
        (seats_of, "٣"),
        (link_of, "javascript:alert(1)"),
        (link_of, "ask at the door"),
    ):
        with pytest.raises(Fault, match=r"X '.*' is "):
            read(text, "X")


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["Event Name", "DAY", "Start Time", "end_time"], ["title", "day", "start", "end"]),
        (["Título", "Fecha", "Hora de inicio", "Lugar"], ["title", "date", "start", "place"]),
        (["Name", "Title", "Colour", ""], ["title", "", "", ""]),
    ],
)
def test_columns_are_guessed_from_their_names(header: list[str], fields: list[str]):
    assert fields_of(header) == fields
