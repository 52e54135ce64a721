"""The life of an event and handing over, walked through in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from core.db import db
from events.models import EventStatus, Visibility
from people.models import Account, Role
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.factory import PASSWORD, Factory
from tests.live import SharedSite


@pytest.fixture
def site(app: Flask, make: Factory, shared_site: SharedSite) -> str:
    """A small program, served."""
    make.account(Role.COORDINATOR, email="desk@example.org", name="Coral")
    make.account(Role.FACILITATOR, email="lead@example.org", name="Fern")
    make.account(Role.ADMINISTRATOR, email="admin@example.org", name="Ada")
    with app.app_context():
        lead = db.session.query(Account).filter_by(email="lead@example.org").one().person_id
        db.session.remove()
    event = make.event("Lunch Circle", slug="lunch-circle", venue_id=make.venue())
    soon = datetime.now(UTC) + timedelta(days=3)
    for week in range(3):
        date = make.occurrence(event, soon + timedelta(days=7 * week))
        make.signup(date, "Ana", email="ana@example.org")
    make.assignment(event, lead)
    make.occurrence(make.event("Members Supper", visibility=Visibility.SIGNED_IN), soon)
    make.occurrence(make.event("Draft Walk", status=EventStatus.DRAFT), soon)
    return shared_site.url


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def check(page: Page) -> None:
    """Nothing keeps anyone out, and nothing sticks out sideways."""
    assert_accessible(page)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), page.url


def test_copy_publish_delete_and_restore(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PHONE)
    sign_in(page, site, "desk@example.org")
    page.goto(f"{site}/manage/events/?q=lunch")
    page.get_by_role("link", name="Lunch Circle").click()
    check(page)
    page.get_by_role("link", name="Copy", exact=True).click()
    check(page)
    page.get_by_label("Title").fill("Dinner Circle")
    page.get_by_role("button", name="Make the copy").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dinner Circle")
    expect(page.get_by_text("Copied as a draft")).to_be_visible()
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_text("Nobody but the desk sees it yet.")).to_be_visible()
    check(page)
    page.go_back()
    page.get_by_role("link", name="Publish").first.click()
    check(page)
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("The event is on the calendar.")).to_be_visible()
    page.get_by_role("link", name="Delete", exact=True).click()
    expect(page.get_by_text("3 dates to come do not take place.")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_role("heading", name="Deleted events")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Restore Dinner Circle").click()
    expect(page.get_by_text("The event is back as it was.")).to_be_visible()
    page.get_by_role("link", name="History").click()
    for words in ("Restored it after it was deleted", "Deleted it", "Made it as a copy"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    check(page)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_event_becomes_a_template_and_a_template_an_event(
    open_page: Callable[..., Page], site: str, viewport: object
) -> None:
    page = open_page(viewport)
    sign_in(page, site, "desk@example.org")
    page.goto(f"{site}/manage/events/?q=lunch")
    page.get_by_role("link", name="Lunch Circle").click()
    page.get_by_role("link", name="Save as a template").click()
    check(page)
    page.get_by_label("Name of the template").fill("Noon circle")
    page.get_by_role("button", name="Save the template").click()
    expect(page.get_by_role("heading", name="Noon circle")).to_be_visible()
    check(page)
    page.get_by_role("link", name="New event with the template Noon circle").click()
    expect(page.locator("[name=joining][value=per-date]")).to_be_checked()
    expect(page.get_by_role("link", name="Noon circle")).to_have_attribute("aria-current", "true")


def test_members_find_their_dates(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PHONE)
    sign_in(page, site, "lead@example.org")
    page.goto(f"{site}/me/")
    page.get_by_role("link", name="For people who have signed in").click()
    check(page)
    page.get_by_role("link", name="Members Supper").click()
    check(page)
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("main")).to_have_attribute("data-state", "seated")


def test_an_account_until_a_day_a_password_and_a_hand_over(
    open_page: Callable[..., Page], site: str
) -> None:
    admin = open_page(DESKTOP)
    sign_in(admin, site, "admin@example.org")
    admin.get_by_role("link", name="People", exact=True).click()
    check(admin)
    admin.get_by_role("link", name="New account").click()
    check(admin)
    admin.get_by_label("Name").fill("Nia")
    admin.get_by_label("Email").fill("nia@example.org")
    admin.locator("[name=role][value=coordinator]").check()
    soon = datetime.now(UTC) + timedelta(days=20)
    admin.get_by_label("Until").fill(f"{soon:%Y-%m-%d}")
    admin.get_by_role("button", name="Make the account").click()
    link = admin.locator("code").inner_text()
    check(admin)
    phone = open_page(PHONE)
    phone.goto(site + "/set-password/" + link.split("/set-password/")[1])
    check(phone)
    phone.get_by_label("New password").fill(PASSWORD)
    phone.get_by_label("The same once more").fill(PASSWORD)
    phone.get_by_role("button", name="Keep this password").click()
    sign_in(phone, site, "nia@example.org")
    expect(phone.get_by_text("Your access as coordinator ends on")).to_be_visible()
    check(phone)
    admin.goto(f"{site}/admin/people/?q=fern")
    admin.get_by_role("link", name="Fern").click()
    admin.get_by_role("link", name="Hand over").click()
    check(admin)
    admin.get_by_label("Who takes it over?").select_option(label="Nia")
    admin.get_by_role("button", name="Hand it over").click()
    expect(admin.get_by_text("1 thing was handed over.")).to_be_visible()
    check(admin)
    admin.goto(f"{site}/admin/people/?q=nia")
    admin.get_by_role("link", name="Nia").click()
    admin.get_by_role("button", name=re.compile("End it now")).click()
    expect(admin.get_by_text("That access has ended.")).to_be_visible()
    phone.goto(f"{site}/manage/")
    expect(phone).to_have_url(re.compile("/sign-in/"))
