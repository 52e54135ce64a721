"""A hurricane week: a coordinator cancels many dates, takes it back, and closes a place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from people.models import Role
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.factory import PACIFIC, PASSWORD, Factory
from tests.live import SharedSite

DATES = 8
TODAY = datetime.now(ZoneInfo(PACIFIC)).date()


@pytest.fixture
def site(app: Flask, make: Factory, shared_site: SharedSite) -> str:
    """A program with a few dates this week at two places, served."""
    venues = [make.venue("Harbor Hall"), make.venue("Old Mill")]
    for number in range(DATES):
        event = make.event(f"Group {number + 1}", venue_id=venues[number % 2])
        one = make.occurrence(event)
        make.signup(one, email=f"person{number}@example.org")
    make.account(Role.COORDINATOR, "ana@example.org")
    return shared_site.url


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Email").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def look(page: Page) -> None:
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), page.url
    assert_accessible(page)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_many_dates_are_cancelled_and_restored(
    open_page: Callable[..., Page], site: str, viewport: object
) -> None:
    page = open_page(viewport)
    sign_in(page, site)
    page.goto(f"{site}/manage/")
    page.get_by_role("link", name="Dates", exact=True).click()
    look(page)
    page.get_by_role("link", name="Choose all shown").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(DATES)
    page.get_by_role("button", name="Cancel them …").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Cancel {DATES} dates?")
    look(page)
    page.get_by_label("One reason for all").fill("The storm is coming. Stay safe at home.")
    page.get_by_role("button", name="Yes, cancel them").click()
    expect(page.get_by_text(f"{DATES} dates are cancelled.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Everything is as it was before")).to_be_visible()
    page.goto(f"{site}/manage/dates/")
    page.get_by_label("Group 1").check()
    page.get_by_label("Group 2").check()
    page.get_by_role("button", name="Cancel them …").click()
    page.get_by_role("button", name="Yes, cancel them").click()
    page.get_by_label("State").select_option("cancelled")
    page.get_by_role("button", name="Show dates").click()
    page.get_by_role("link", name="Choose all shown").click()
    page.get_by_role("button", name="Restore them …").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Restore 2 dates?")
    look(page)
    page.get_by_role("button", name="Yes, restore them").click()
    expect(page.get_by_text("2 dates take place.")).to_be_visible()


def test_it_works_without_scripts(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    sign_in(page, site)
    page.goto(f"{site}/manage/dates/")
    page.get_by_role("link", name="Choose all shown").click()
    page.get_by_role("button", name="Cancel them …").click()
    page.get_by_role("button", name="Yes, cancel them").click()
    expect(page.get_by_text(f"{DATES} dates are cancelled.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Everything is as it was before")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_dates_move_and_a_place_closes_and_opens(
    open_page: Callable[..., Page], site: str, watch: object, viewport: object
) -> None:
    watch.expect("422")  # type: ignore[attr-defined]
    page = open_page(viewport)
    sign_in(page, site)
    page.goto(f"{site}/manage/dates/?all=1")
    page.get_by_role("button", name="Move them …").click()
    look(page)
    page.get_by_role("button", name="See what will happen").click()
    expect(page.get_by_text("or choose a place").first).to_be_visible()
    page.get_by_label("Days later").fill("1")
    page.get_by_role("button", name="See what will happen").click()
    look(page)
    page.get_by_role("button", name="Yes, move them").click()
    expect(page.get_by_text(f"{DATES} dates are moved.")).to_be_visible()
    page.goto(f"{site}/manage/closures/new")
    look(page)
    page.get_by_label("What closes?").select_option(label="Harbor Hall, Huntington Beach")
    page.get_by_label("First day closed").fill(TODAY.isoformat())
    page.get_by_label("Last day closed").fill((TODAY + timedelta(days=9)).isoformat())
    page.get_by_label("Reason, shown to everyone").fill("New floor")
    page.get_by_role("button", name="See what will happen").click()
    expect(page.get_by_text("4 dates are closed and say so.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Yes, close").click()
    look(page)
    page.goto(f"{site}/")
    expect(page.get_by_text("Harbor Hall is closed")).to_be_visible()
    look(page)
    page.goto(f"{site}/manage/closures/")
    page.get_by_role("link", name="Open again: Harbor Hall").click()
    expect(page.get_by_text("4 dates take place again.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Yes, open again").click()
    expect(page.get_by_text("Nothing is closed")).to_be_visible()
