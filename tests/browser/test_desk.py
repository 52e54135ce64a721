"""Coordinators' ways through the desk in a real browser, by mouse and by keyboard."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db
from events.models import Occurrence, Series
from people.models import Role
from tests.browser import assert_accessible
from tests.factory import PACIFIC, PASSWORD, Factory
from tests.live import SharedSite

ZONE = ZoneInfo(PACIFIC)
EMAIL = "coordinator@example.org"


def next_monday() -> date:
    today = datetime.now(ZONE).date()
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def site(make: Factory, shared_site: SharedSite) -> str:
    make.account(Role.COORDINATOR, EMAIL)
    return shared_site.url


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def days(app: Flask) -> list[date]:
    with app.app_context():
        found = db.session.scalars(select(Occurrence.local_date).order_by(Occurrence.id)).all()
        db.session.remove()
        return list(found)


@pytest.fixture
def tuesday(make: Factory) -> date:
    """A date at a place with somebody signed up, on the Tuesday of next week."""
    day = next_monday() + timedelta(days=1)
    event = make.event("Tuesday Circle", venue_id=make.venue())
    starts = datetime(day.year, day.month, day.day, 18, 30, tzinfo=ZONE)
    make.signup(make.occurrence(event, starts), email="sam@example.org")
    return day


def board_of(page: Page, site: str, day: date) -> None:
    year, week, _weekday = day.isocalendar()
    page.goto(f"{site}/manage/?week={year}-w{week:02}")


def test_a_card_dragged_to_another_day_moves_the_date(
    app: Flask, site: str, tuesday: date, desktop_page: Page
) -> None:
    page = desktop_page
    sign_in(page, site)
    board_of(page, site, tuesday)
    assert_accessible(page)
    friday = tuesday + timedelta(days=3)
    card = page.locator("[data-card]")
    card.drag_to(page.locator(f'[data-drop="{friday}"]'))
    expect(page.get_by_role("heading", name="Move this date")).to_be_visible()
    expect(page.get_by_label("Date", exact=True)).to_have_value(str(friday))
    assert days(app) == [tuesday]  # nothing has happened yet
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text("Moved.")).to_be_visible()
    assert days(app) == [friday]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert days(app) == [tuesday]


def test_the_same_by_keyboard(app: Flask, site: str, tuesday: date, desktop_page: Page) -> None:
    page = desktop_page
    sign_in(page, site)
    board_of(page, site, tuesday)
    page.locator("#board").get_by_role("link", name="Tuesday Circle", exact=True).focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.get_by_label("Date", exact=True)).to_have_value(str(tuesday + timedelta(days=1)))
    page.get_by_role("button", name="Move").press("Enter")
    expect(page.get_by_text("Moved.")).to_be_visible()
    assert days(app) == [tuesday + timedelta(days=1)]


def test_on_a_phone_the_form_does_it(app: Flask, site: str, tuesday: date, page: Page) -> None:
    sign_in(page, site)
    board_of(page, site, tuesday)
    assert_accessible(page)
    page.get_by_role("link", name="Move Tuesday Circle").click()
    assert_accessible(page)
    page.get_by_label("Date", exact=True).fill(str(tuesday + timedelta(days=2)))
    page.get_by_role("button", name="Move").click()
    assert days(app) == [tuesday + timedelta(days=2)]


def write_event(page: Page, site: str, first: date) -> None:
    page.goto(f"{site}/manage/events/new")
    page.get_by_label("Title").fill("Evening Circle")
    page.get_by_label("Support group").check()
    page.get_by_label("Every week, or every few weeks").check()
    page.get_by_label("Date, or the first day of a series").fill(str(first))
    page.get_by_label("Starts at").first.fill("18:30")
    page.get_by_label("Ends at").first.fill("20:00")


@pytest.mark.parametrize("width", ["page", "desktop_page"])
def test_a_series_is_made_and_bent_from_a_date_on(
    app: Flask, site: str, width: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(width)
    sign_in(page, site)
    first = next_monday() + timedelta(days=1)
    write_event(page, site, first)
    page.get_by_label("Every how many?").fill("2")
    expect(page.locator("#preview")).to_contain_text("Every other Tuesday, 6:30 pm – 8:00 pm")
    expect(page.locator("#preview li")).to_have_count(12)
    assert_accessible(page)
    page.get_by_role("button", name="Put it on the calendar").click()
    expect(page.get_by_text("The event is on the calendar.")).to_be_visible()
    assert_accessible(page)
    fourth = first + timedelta(weeks=6)
    with app.app_context():
        (series_id,) = db.session.scalars(select(Series.id)).all()
        db.session.remove()
    page.goto(f"{site}/manage/series/{series_id}/edit?from={fourth}T1830")
    page.get_by_label("Wednesday").check()
    page.get_by_label("Tuesday").uncheck()
    assert_accessible(page)
    page.get_by_role("button", name="See what will happen").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Earlier dates stay in the series as it was.")
    expect(page.get_by_role("main")).to_contain_text("Nobody has to be told.")
    assert_accessible(page)
    page.get_by_role("button", name="Yes, change it").click()
    expect(page.get_by_text("The series is changed.")).to_be_visible()
    weekdays = [day.weekday() for day in sorted(days(app))]
    assert weekdays[:3] == [1, 1, 1]
    assert set(weekdays[3:]) == {2}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert {day.weekday() for day in days(app)} == {1}


def test_without_scripts_the_dates_are_shown_on_asking(site: str, open_page: object) -> None:
    page: Page = open_page(java_script_enabled=False)  # type: ignore[operator]
    sign_in(page, site)
    write_event(page, site, next_monday())
    page.get_by_role("button", name="Show the dates").click()
    expect(page.locator("#preview")).to_contain_text("Every Monday, 6:30 pm – 8:00 pm")
    expect(page.get_by_label("Title")).to_have_value("Evening Circle")
