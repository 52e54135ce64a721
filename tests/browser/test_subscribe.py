"""Taking dates along: choosing a calendar, adding a date, and the time where the visitor is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from events.models import Mode
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.factory import PACIFIC, Factory
from tests.live import SharedSite

ZONE = ZoneInfo(PACIFIC)
# Around the nights on which the clocks change: on November 1 and March 14 in the United States,
# on March 28 in Europe, never in India. At half past midnight New York has changed already.
MOMENTS = (
    datetime(2026, 10, 31, 19, 30, tzinfo=ZONE),
    datetime(2026, 11, 1, 0, 30, tzinfo=ZONE),
    datetime(2026, 11, 1, 19, 30, tzinfo=ZONE),
    datetime(2027, 3, 13, 19, 30, tzinfo=ZONE),
    datetime(2027, 3, 14, 0, 30, tzinfo=ZONE),
    datetime(2027, 3, 14, 19, 30, tzinfo=ZONE),
    datetime(2027, 3, 27, 19, 30, tzinfo=ZONE),
    datetime(2027, 3, 28, 19, 30, tzinfo=ZONE),
)
NEW_YORK = (
    "10:30 pm",
    "2:30 am",
    "10:30 pm",
    "10:30 pm",
    "4:30 am",
    "10:30 pm",
    "10:30 pm",
    "10:30 pm",
)
LONDON = (
    "Sun 1 Nov, 02:30",
    "07:30",
    "Mon 2 Nov, 03:30",
    "Sun 14 Mar, 03:30",
    "08:30",
    "Mon 15 Mar, 02:30",
    "Sun 28 Mar, 03:30",
    "Mon 29 Mar, 03:30",
)
KOLKATA = (
    "Sun, Nov 1, 8:00 am",
    "1:00 pm",
    "Mon, Nov 2, 9:00 am",
    "Sun, Mar 14, 9:00 am",
    "2:00 pm",
    "Mon, Mar 15, 8:00 am",
    "Sun, Mar 28, 8:00 am",
    "Mon, Mar 29, 8:00 am",
)
VISITORS = (
    ("America/New_York", "en-US", "New York", NEW_YORK),
    ("Europe/London", "en-GB", "London", LONDON),
    ("Asia/Kolkata", "en-US", "Kolkata", KOLKATA),
    ("America/Los_Angeles", "en-US", "", ()),
    ("America/Tijuana", "es-MX", "", ()),
)


@pytest.fixture
def watch_nights(make: Factory, shared_site: SharedSite) -> str:
    """An online group on those nights and a walk in a park beside it, served."""
    online = make.event("Night Watch", slug="watch", mode=Mode.ONLINE)
    walk = make.event("Night Walk", slug="walk")
    for moment in MOMENTS:
        make.occurrence(online, moment)
        make.occurrence(walk, moment)
    return shared_site.url


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"))


def own_times(page: Page) -> list[str]:
    return page.locator(".your-time:visible").all_text_contents()


def test_the_visitors_time_is_right_in_the_nights_when_clocks_change(
    open_page: Callable[..., Page], watch_nights: str
) -> None:
    listing = f"{watch_nights}/calendar/list/?from=2026-10-31"
    for zone, locale, city, times in VISITORS:
        page = open_page(PHONE, timezone_id=zone, locale=locale)
        page.goto(listing)
        expect(page.get_by_text("Pacific Time").first).to_be_visible()
        assert own_times(page) == [f"{time} your time ({city})" for time in times], zone
        assert page.locator(".meet:has-text('Night Walk') time").count() == len(MOMENTS)
    page = open_page(DESKTOP, timezone_id="America/New_York")
    page.goto(f"{watch_nights}/events/watch/2027-03-14T1930/")
    assert own_times(page)[0] == "10:30 pm – 12:00 am your time (New York)"
    assert_accessible(page)
    page.goto(f"{watch_nights}/es/events/watch/2027-03-14T1930/")
    expect(page.locator(".your-time").first).to_contain_text("10:30 p")  # 12 hours, as set there
    page.goto(f"{watch_nights}/calendar/2027/03/14/")
    assert own_times(page) == [f"{time} your time (New York)" for time in NEW_YORK[4:6]]
    page.goto(f"{watch_nights}/events/walk/2027-03-14T1930/")
    assert own_times(page) == []
    plain = open_page(PHONE, timezone_id="America/New_York", java_script_enabled=False)
    plain.goto(f"{watch_nights}/events/watch/2027-03-14T1930/")
    expect(plain.get_by_text("Pacific Time").first).to_be_visible()
    assert own_times(plain) == []


def test_choosing_a_calendar_without_scripts(
    open_page: Callable[..., Page], demo_site: str
) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(f"{demo_site}/subscribe/")
    page.get_by_text("Choose what you want").click()
    page.locator("input[name=kind][value=workshop]").check()
    page.locator("summary", has_text="Single places").click()
    page.get_by_label("Old Harbor Hall").check()
    page.get_by_role("button", name="Show what I would get").click()
    expect(page).to_have_url(re.compile(r"kind=workshop&venue=old-harbor-hall&q=#what$"))
    expect(page.get_by_role("list", name="The next dates")).to_contain_text("Kitchen Table Skills")
    field = page.get_by_label("Paste this address")
    expect(field).to_have_value(re.compile(r"/venues/old-harbor-hall\.ics\?kind=workshop$"))
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    google = page.get_by_role("link", name="Open Google Calendar")
    address = field.input_value().replace("http://", "webcal://")
    expect(google).to_have_attribute("href", re.compile(re.escape(quote(address, safe=""))))
    assert fits(page)


def test_copying_the_address(open_page: Callable[..., Page], demo_site: str) -> None:
    page = open_page(DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{demo_site}/subscribe/?kind=workshop")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Paste this address").input_value()
    page.get_by_text("On another phone").click()
    assert_accessible(page)
    for code in page.locator("svg.qr").all():
        size = code.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 200, "large enough for a camera"


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_adding_a_date_without_scripts(
    open_page: Callable[..., Page], demo_site: str, viewport: object
) -> None:
    page = open_page(viewport, java_script_enabled=False)
    page.goto(f"{demo_site}/events/night-watch/")
    page.get_by_role("link", name="Night Watch").nth(1).click()
    page.get_by_text("Add to my calendar").click()
    expect(page.get_by_role("link", name="Google Calendar (opens calendar")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Google, Outlook and more").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Night Watch")
    expect(page.get_by_role("link", name="Google Calendar, repeating")).to_be_visible()


def test_everything_about_subscribing_is_without_barriers(
    open_page: Callable[..., Page], demo_site: str
) -> None:
    far = "&".join(f"tag={'x' * 60}{number}" for number in range(5))
    page = open_page(PHONE)
    for path in (
        "/subscribe/?kind=nonsense",
        "/es/subscribe/?kind=workshop&language=es&mode=online",
        f"/subscribe/?{far}",
        "/subscribe/?find=harbor&city=Costa+Serena",
    ):
        page.goto(demo_site + path)
        page.evaluate(
            "for (const one of document.querySelectorAll('main details')) one.open = true"
        )
        assert fits(page), path
        assert_accessible(page)
