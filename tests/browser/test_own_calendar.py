"""Links to one's own calendar, walked through in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.request import ProxyHandler, build_opener

import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize, expect

from people.models import Role
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.events.personal_feeds import person_of, summaries
from tests.factory import PASSWORD, Factory
from tests.live import SharedSite


@pytest.fixture
def site(app: Flask, make: Factory, shared_site: SharedSite) -> str:
    """A facilitator who leads one group and is signed up for another."""
    leader = person_of(app, make.account(Role.FACILITATOR, email="lead@example.org"))
    soon = datetime.now(UTC) + timedelta(days=3)
    led = make.event("Lunch Circle")
    make.occurrence(led, soon)
    make.assignment(led, leader)
    make.signup(make.occurrence(make.event("Relapse Prevention"), soon), person_id=leader)
    return shared_site.url


def check(page: Page) -> None:
    """Nothing keeps anyone out, and nothing sticks out sideways."""
    assert_accessible(page)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), page.url


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Email").fill("lead@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def subscribed(address: str) -> list[str]:
    with build_opener(ProxyHandler({})).open(address, timeout=10) as answer:
        return summaries(answer.read())


def on_this_site(site: str, address: str) -> str:
    """An address as this test's server has it: SITE_URL is another here."""
    return site + "/feeds/" + address.split("/feeds/")[1]


def test_from_my_page_to_a_calendar_and_its_end(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    sign_in(page, site)
    page.goto(f"{site}/me/")
    page.get_by_role("link", name="On my phone’s calendar").click()
    expect(page.get_by_text("No links yet")).to_be_visible()
    page.get_by_role("link", name="New link to my dates").click()
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_text("Please give it a name", exact=False).first).to_be_visible()
    page.get_by_label("For which device or person?").fill("My phone")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("heading", name="My phone", level=1)).to_be_visible()
    address = on_this_site(site, page.get_by_label("Or copy this address").input_value())
    (said,) = subscribed(address)
    assert said.startswith("Your ")
    page.get_by_role("button", name="New address").click()
    renewed = on_this_site(site, page.get_by_label("Or copy this address").input_value())
    assert renewed != address
    page.get_by_label("Only when").check()
    page.get_by_role("button", name="Save").click()
    assert subscribed(renewed) == ["Busy"]
    page.get_by_role("link", name="End this link").click()
    page.get_by_role("button", name="Yes, end it").click()
    expect(page.get_by_text("No links yet")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [("", PHONE, "light"), ("/es", DESKTOP, "dark")]
)
def test_every_page_is_open_to_everyone(
    open_page: Callable[..., Page],
    site: str,
    language: str,
    size: ViewportSize,
    scheme: str,
) -> None:
    page = open_page(size, color_scheme=scheme)
    sign_in(page, site)
    page.goto(f"{site}{language}/me/calendars/new?of=team")
    check(page)
    page.locator("[name=name]").fill("x" * 60)
    page.locator("main form button").last.click()
    expect(page.locator("svg.qr")).to_be_visible()
    check(page)
    here = page.url
    page.goto(f"{site}{language}/me/calendars/")
    check(page)
    page.goto(f"{here}revoke")
    check(page)
