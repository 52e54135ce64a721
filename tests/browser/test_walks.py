"""People's ways through the site in a real browser, and every page without barriers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db
from events.demo import build
from events.models import Event, Occurrence
from tests.browser import DESKTOP, PHONE, assert_accessible

PUBLIC = (
    "/",
    "/calendar/",
    "/calendar/list/",
    "/calendar/list/?q=nothing-like-this",
    "/subscribe/",
    "/print/month/2026/12/",
    "/print/week/2026/w50/?paper=a4",
    "/help-now/",
    "/privacy/",
    "/curriculum/",
    "/sign-in/",
    "/events/women-by-the-water/",
    "/events/riding-the-wave-relapse-prevention/",
    "/venues/old-harbor-hall/",
    "/no-such-page/",
)


@pytest.fixture
def site(demo_site: str) -> str:
    return demo_site


def first_date(app: Flask, slug: str) -> str:
    """The path of an event's next date."""
    with app.app_context():
        key = db.session.scalar(
            select(Occurrence.key)
            .join(Event, Event.id == Occurrence.event_id)
            .where(Event.slug == slug, Occurrence.starts_at > datetime.now(UTC))
            .order_by(Occurrence.starts_at)
        )
        db.session.remove()
    return f"/events/{slug}/{key}/"


def sign_in(page: Page, site: str, who: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Email").fill(f"{who}@demo.test")
    page.get_by_label("Password").fill(build.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"))


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages_have_no_barriers(
    open_page: Callable[..., Page], site: str, watch: object, viewport: object, scheme: str
) -> None:
    watch.expect(r"404")  # type: ignore[attr-defined]
    page = open_page(viewport, color_scheme=scheme)
    for path in PUBLIC if scheme == "light" else PUBLIC[:4]:
        for language in ("", "/es") if viewport == PHONE else ("",):
            page.goto(site + language + path)
            assert fits(page), f"{language}{path} is wider than the screen"
            assert_accessible(page)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_visitor_finds_a_group_signs_up_and_cancels(
    app: Flask, open_page: Callable[..., Page], site: str, viewport: object
) -> None:
    page = open_page(viewport)
    page.goto(site + first_date(app, "women-by-the-water"))
    expect(page.get_by_text("Full: waitlist")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Your name").fill("Robin")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("main")).to_have_attribute("data-state", "queued")
    assert_accessible(page)
    assert fits(page)
    page.get_by_role("link", name="Cancel my place").click()
    assert_accessible(page)
    page.get_by_role("button", name="Yes, cancel my place").click()
    expect(page.locator("main")).to_have_attribute("data-state", "cancelled")


def test_it_all_works_without_scripts_and_says_what_is_wrong(
    app: Flask, open_page: Callable[..., Page], site: str, watch: object
) -> None:
    watch.expect(r"422")  # type: ignore[attr-defined]
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(site + "/")
    page.get_by_role("link", name="Calendar", exact=True).first.click()
    page.goto(site + first_date(app, "young-tide-18-30"))
    page.get_by_label("Your name").fill("   ")
    page.get_by_label("Anything we should know").fill("I come by bus.")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("alert")).to_contain_text("a first name will do")
    expect(page.get_by_label("Anything we should know")).to_have_value("I come by bus.")
    page.get_by_label("Your name").fill("Robin")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("main")).to_have_attribute("data-state", re.compile("seated|queued"))


def test_filters_are_in_the_address_and_can_be_taken_away(page: Page, site: str) -> None:
    page.goto(f"{site}/calendar/list/")
    page.get_by_text("Filter meetings").click()
    page.locator("input[name=kind][value=workshop]").check()
    page.get_by_role("button", name="Show meetings").click()
    expect(page).to_have_url(re.compile("kind=workshop"))
    expect(page.get_by_role("status")).to_contain_text("match")
    page.get_by_role("link", name=re.compile("Workshop.*remove this filter")).click()
    expect(page).not_to_have_url(re.compile("kind=workshop"))


def test_a_coordinator_plans_a_weekly_group(open_page: Callable[..., Page], site: str) -> None:
    page = open_page(PHONE)
    sign_in(page, site, "coordinator")
    for path in ("/manage/", "/manage/events/", "/manage/venues/", "/me/"):
        page.goto(site + path)
        assert fits(page), path
        assert_accessible(page)
    page.goto(f"{site}/manage/events/new")
    assert_accessible(page)
    page.locator("[name=title]").fill("Lunch Circle")
    page.locator("[name=kind][value=support-group]").check()
    page.locator("[name=joining][value=per-date]").check()
    page.locator("[name=capacity]").fill("12")
    page.locator("[name=repeats][value=weekly]").check()
    page.locator("[name=day]").fill("2026-12-01")
    page.locator("[name=weekdays][value='1']").check()
    page.locator("[name=start]").fill("12:00")
    page.locator("[name=end]").fill("13:00")
    page.locator("[name=end]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lunch Circle")
    assert_accessible(page)
    page.goto(f"{site}/calendar/2026/12/01/")
    expect(page.get_by_role("link", name="Lunch Circle")).to_be_visible()


def test_the_audit_record_is_readable(desktop_page: Page, site: str) -> None:
    sign_in(desktop_page, site, "administrator")
    desktop_page.goto(f"{site}/admin/")
    expect(desktop_page.get_by_role("cell", name="sign-in").first).to_be_visible()
    assert_accessible(desktop_page)
