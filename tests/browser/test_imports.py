"""Import with faults, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from events.demo import build
from tests.browser import DESKTOP, PHONE, assert_accessible

FAULTY = (
    "Title,Day,Date,Start,End,Place,City\n"
    "Lantern Group,2nd Tuesday,,18:30,25:99,Harbor Hall,Huntington Beach\n"
    "Dawn Walk,Saturday,,7:00,8:00,Pier Park,Huntington Beach\n"
    "Story Night,,2027-02-30,19:00,21:00,Harbor Hall,Huntington Beach\n"
)
MENDED = FAULTY.replace("25:99", "20:00").replace("2027-02-30", "2027-02-28")


@pytest.fixture
def site(demo_site: str) -> str:
    return demo_site


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Email").fill("coordinator@demo.test")
    page.get_by_label("Password").fill(build.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"))


def looked_at(page: Page) -> None:
    assert fits(page)
    assert_accessible(page)


def upload(page: Page, site: str, text: str) -> None:
    page.goto(f"{site}/manage/imports/")
    file = FilePayload(name="spring.csv", mimeType="text/csv", buffer=text.encode())
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_role("heading", name="What the columns are")).to_be_visible()


@pytest.mark.parametrize(
    ("viewport", "scripts"),
    [(PHONE, False), (DESKTOP, True)],
    ids=["phone without scripts", "desktop"],
)
def test_a_list_with_two_faults_is_mended_applied_and_undone(
    open_page: Callable[..., Page], site: str, viewport: object, scripts: bool
) -> None:
    page = open_page(viewport, java_script_enabled=scripts)
    check = looked_at if scripts else lambda _page: None
    sign_in(page, site)
    page.goto(f"{site}/manage/")
    page.get_by_role("link", name="Import").first.click()
    check(page)
    upload(page, site, FAULTY)
    check(page)
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_text("2 rows have faults")).to_be_visible()
    expect(page.get_by_text("End '25:99' is not a time")).to_be_visible()
    expect(page.get_by_text("Row 4", exact=True)).to_be_visible()
    check(page)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("alert")).to_contain_text("Some rows are refused")
    upload(page, site, MENDED)
    expect(page.get_by_text("As you chose for the last file")).to_be_visible()
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_text("Dawn Walk")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="In the calendar")).to_be_visible()
    check(page)
    plan = page.url
    page.goto(f"{site}/calendar/list/?q=Dawn")
    expect(page.get_by_text("Dawn Walk").first).to_be_visible()
    page.goto(plan)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 events are gone.")).to_be_visible()
    check(page)
    page.goto(f"{site}/calendar/list/?q=Dawn")
    expect(page.get_by_text("Dawn Walk")).to_have_count(0)
