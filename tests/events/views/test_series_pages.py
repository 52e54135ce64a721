"""The pages of a series on the desk: what will happen, choices, undoing, and old addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from html import unescape
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from events.models import Occurrence, OccurrenceStatus, Series
from people.models import Role
from tests.factory import PACIFIC, Factory

SignIn = Callable[[FlaskClient, str], None]


@pytest.fixture
def desk(client: FlaskClient, make: Factory, sign_in: SignIn) -> FlaskClient:
    sign_in(client, make.account(Role.COORDINATOR))
    return client


def weekly(make: Factory, dates: int = 4, **values: object) -> tuple[int, list[int]]:
    """A series from next week on, with rows for its dates; its id and theirs."""
    event = make.event(slug="circle", **values)
    first = datetime.now(ZoneInfo(PACIFIC)).date() + timedelta(days=7)
    last = first + timedelta(weeks=dates - 1)
    series = make.series(event, starts_on=first, until=last, extended_to=last)
    made = []
    for week in range(dates):
        day = first + timedelta(weeks=week)
        starts = datetime.combine(day, time(18, 30), ZoneInfo(PACIFIC))
        made.append(make.occurrence(event, starts, series_id=series))
    return series, made


def form_of(app: Flask, series_id: int, **values: object) -> dict[str, object]:
    with app.app_context():
        series = db.session.get_one(Series, series_id)
        return {
            "scope": "all",
            "repeats": "weekly",
            "day": str(series.starts_on),
            "start": "19:00",
            "end": "20:30",
            "weekdays": [str(day) for day in series.weekdays],
            "until": str(series.until),
        } | values


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def test_nothing_happens_before_it_was_seen(app: Flask, desk: FlaskClient, make: Factory) -> None:
    series, dates = weekly(make)
    make.signup(dates[1], email="sam@example.org")
    path, form = f"/manage/series/{series}/edit", form_of(app, series)
    page = unescape(desk.post(path, data=form).text)
    for words in (
        "Nothing has been changed yet.",
        "Dates with people on them",
        "1 signed up",
        "1 message goes out, in ten minutes unless you undo it.",
        "Dates that move (3)",
    ):
        assert words in page, words
    with app.app_context():
        keys = set(db.session.scalars(select(Occurrence.key)))
    assert all(key.endswith("T1830") for key in keys)
    blind = desk.post(path, data=form | {"action": "apply"})
    assert (blind.status_code, "Something changed meanwhile" in blind.text) == (409, True)
    done = desk.post(path, data=form | {"action": "apply", "seen": seen(page)})
    assert done.status_code == 303
    for key in keys:  # a link in an old mail leads on
        answer = desk.get(f"/events/circle/{key}/")
        assert answer.status_code == 301
        assert answer.location.endswith(f"/{key[:10]}T1900/")


def test_what_becomes_of_a_date_is_chosen(app: Flask, desk: FlaskClient, make: Factory) -> None:
    series, dates = weekly(make)
    make.signup(dates[1])
    path, form = f"/manage/series/{series}/edit", form_of(app, series)
    page = desk.post(path, data=form).text
    choice = {f"choice-{dates[1]}": "cancel", "action": "apply", "seen": seen(page)}
    assert desk.post(path, data=form | choice).status_code == 303
    with app.app_context():
        one = db.session.get_one(Occurrence, dates[1])
        assert one.status == OccurrenceStatus.CANCELLED


def test_bad_input_comes_back_filled_in(app: Flask, desk: FlaskClient, make: Factory) -> None:
    series, _dates = weekly(make)
    path = f"/manage/series/{series}/edit"
    for wrong, words in (
        ({"start": "25:00"}, "Not a valid time value."),
        ({"interval": "99"}, "Please write a number from 1 to 52."),
        ({"count": "3"}, "not both"),
        ({"pauses-0-first": "2026-12-20"}, "both days of a pause"),
        ({"day": ""}, "Please give a date."),
        ({"end": "19:00"}, "It ends when it starts."),
    ):
        answer = desk.post(path, data=form_of(app, series, **wrong))
        assert (answer.status_code, words in unescape(answer.text)) == (422, True), wrong


@pytest.mark.parametrize("dates", [1, 3])
def test_the_number_of_statements_is_fixed(
    app: Flask, desk: FlaskClient, make: Factory, count_queries: Callable[..., object], dates: int
) -> None:
    series, made = weekly(make, dates)
    for one in made:
        make.signup(one, email="sam@example.org")
    path, form = f"/manage/series/{series}/edit", form_of(app, series)
    with count_queries() as looked:  # type: ignore[attr-defined]
        assert desk.get(path).status_code == 200
    with count_queries() as asked:  # type: ignore[attr-defined]
        assert desk.post(path, data=form).status_code == 200
    assert (len(looked), len(asked)) == (8, 22)


def test_strangers_and_participants_stay_outside(
    app: Flask, client: FlaskClient, make: Factory, sign_in: SignIn
) -> None:
    series, _dates = weekly(make)
    paths = (f"/manage/series/{series}/edit", "/manage/changes/", "/manage/events/1/dates/new")
    for path in paths:
        assert client.get(path).status_code == 303
    sign_in(client, make.account(Role.PARTICIPANT))
    for path in paths:
        assert client.get(path).status_code == 403


def test_dates_are_added_to_an_event_there_is(app: Flask, desk: FlaskClient, make: Factory) -> None:
    event = make.event()
    day = date.today() + timedelta(days=9)
    form = {"press": str(uuid4()), "repeats": "dates", "day": str(day), "start": "18:00"}
    form |= {"end": "19:00", "dates-0": str(day + timedelta(days=2))}
    path = f"/manage/events/{event}/dates/new"
    assert "The dates" in desk.post(path, data=form | {"action": "preview"}).text
    assert desk.post(path, data=form).status_code == 303
    again = desk.post(path, data=form, follow_redirects=True)
    assert "These dates are there already." in again.text
    with app.app_context():
        assert len(db.session.scalars(select(Occurrence)).all()) == 2
