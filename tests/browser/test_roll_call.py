"""The roll call in a real browser, on a phone: with scripts, without, and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Response, expect
from sqlalchemy import select

from core.db import db
from events.models import (
    AttendanceMark,
    AttendanceRecord,
    HeadCount,
    SignupState,
)
from people.models import Account, Person, Role
from tests.browser import DESKTOP, PHONE, Watch, assert_accessible
from tests.factory import PASSWORD, Factory
from tests.live import SharedSite


class Hall:
    """A served evening with five names on its roll, and a facilitator to take it."""

    def __init__(self, app: Flask, make: Factory) -> None:
        self.app, self.make, self.url = app, make, ""
        event = make.event("Tuesday Group", venue_id=make.venue(capacity=20))
        self.date = make.occurrence(event, datetime.now(UTC) - timedelta(minutes=10))
        for name in ("Ana", "Ben", "Thuy Linh", "Óscar"):
            make.signup(self.date, name)
        make.signup(self.date, "Walt", state=SignupState.QUEUED)
        self.email = make.account(Role.FACILITATOR)
        with app.app_context():
            lead = db.session.scalar(select(Account.person_id).where(Account.email == self.email))
        assert lead
        make.assignment(event, lead)

    @property
    def roll(self) -> str:
        return f"{self.url}/roll-call/{self.date}/"

    def sign_in(self, page: Page) -> None:
        answer = page.request.post(
            f"{self.url}/sign-in/",
            form={"email": self.email, "password": PASSWORD},
            max_redirects=0,
        )
        assert answer.status == 303

    def records(self) -> dict[str, str]:
        with self.app.app_context():
            rows = db.session.execute(
                select(Person.name, AttendanceRecord.status).join_from(
                    AttendanceRecord, Person, Person.id == AttendanceRecord.person_id
                )
            )
            return dict(tuple(row) for row in rows)

    def marks(self) -> int:
        with self.app.app_context():
            return len(db.session.scalars(select(AttendanceMark.id)).all())


@pytest.fixture
def hall(app: Flask, make: Factory, shared_site: SharedSite) -> Hall:
    hall = Hall(app, make)
    hall.url = shared_site.url
    return hall


def row(page: Page, name: str) -> Locator:
    return page.locator(".roll__row").filter(has=page.get_by_text(name, exact=True))


def tap(page: Page, name: str, status: str) -> None:
    row(page, name).get_by_role("button", name=re.compile(f"^{status}")).click()


def state(page: Page, name: str) -> Locator:
    return row(page, name).locator(".roll__state")


def count(page: Page, words: str) -> Locator:
    return page.get_by_role("progressbar", name=words)


def is_delivery(answer: Response) -> bool:
    return answer.url.endswith("/marks") and answer.ok


def test_a_roll_is_taken_on_a_phone(hall: Hall, page: Page) -> None:
    hall.sign_in(page)
    page.goto(f"{hall.url}/today/")
    assert_accessible(page)
    page.get_by_role("link", name="Tuesday Group").click()
    expect(count(page, "0 here of 4")).to_be_visible()
    assert_accessible(page)

    with page.expect_response(is_delivery):
        tap(page, "Ana", "Present")
    expect(state(page, "Ana")).to_have_text("Present")
    expect(page.locator("#roll-said")).to_have_text("Ana: Present")
    with page.expect_response(is_delivery):
        tap(page, "Óscar", "Late")
    with page.expect_response(is_delivery):
        row(page, "Ben").get_by_text("More").click()
        tap(page, "Ben", "Absent")
    with page.expect_response(is_delivery):
        tap(page, "Walt", "Present")
    expect(count(page, "3 here of 5")).to_be_visible()

    with page.expect_response(is_delivery):
        page.get_by_label("First name").fill("  Zed ")
        page.get_by_role("button", name="Add to the roll").click()
    expect(state(page, "Zed")).to_have_text("Present")
    with page.expect_response(is_delivery):
        tap(page, "Zed", "Late")
    expect(count(page, "4 here of 6")).to_be_visible()
    assert_accessible(page)
    assert hall.records() == {
        "Ana": "present",
        "Ben": "absent",
        "Óscar": "late",
        "Walt": "present",
        "Zed": "late",
    }

    page.get_by_label("People in the room").fill("9")
    page.get_by_role("button", name="Save count").click()
    expect(page.get_by_text("9 counted")).to_be_visible()
    expect(count(page, "4 here of 6")).to_be_visible()
    with hall.app.app_context():
        assert db.session.get_one(HeadCount, hall.date).people == 9


def test_a_tap_can_be_undone(hall: Hall, page: Page) -> None:
    hall.sign_in(page)
    page.goto(hall.roll)
    with page.expect_response(is_delivery):
        tap(page, "Ana", "Present")
    with page.expect_response(is_delivery):
        tap(page, "Ana", "Late")
    with page.expect_response(is_delivery):
        page.get_by_role("button", name="Undo").click()
    expect(state(page, "Ana")).to_have_text("Present")
    assert hall.records() == {"Ana": "present"}
    with page.expect_response(is_delivery):
        row(page, "Ana").get_by_text("More").click()
        tap(page, "Ana", "Take back")
    expect(state(page, "Ana")).to_have_text("Not marked yet")
    expect(row(page, "Ana").get_by_role("button", name=re.compile("Take back"))).to_be_hidden()
    assert hall.records() == {}


def test_taps_wait_for_the_network_and_arrive_once(hall: Hall, page: Page, watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    hall.sign_in(page)
    page.goto(hall.roll)
    page.context.set_offline(True)
    tap(page, "Ana", "Present")
    tap(page, "Ben", "Late")
    page.get_by_label("First name").fill("Zed")
    page.get_by_label("First name").press("Enter")
    tap(page, "Zed", "Late")
    expect(page.get_by_text("taps are waiting for the network")).to_be_visible()
    expect(count(page, "3 here of 5")).to_be_visible()
    assert_accessible(page)
    assert hall.records() == {}
    with page.expect_response(is_delivery):
        page.context.set_offline(False)
    expect(page.get_by_text("waiting for the network")).to_be_hidden()
    expect(page.locator(".roll__row[id^=person-]", has_text="Zed")).to_be_visible()
    page.reload()
    expect(state(page, "Zed")).to_have_text("Late")
    assert hall.records() == {"Ana": "present", "Ben": "late", "Zed": "late"}
    assert hall.marks() == 4


def test_an_answer_that_is_lost_on_the_way_makes_no_second_mark(
    hall: Hall, page: Page, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    hall.sign_in(page)
    page.goto(hall.roll)
    lost = []

    def lose_the_first(route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/marks", lose_the_first)
    page.get_by_label("First name").fill("Zed")
    with page.expect_response(is_delivery):
        page.get_by_role("button", name="Add to the roll").click()
    assert lost == [200]
    page.reload()
    expect(count(page, "1 here of 5")).to_be_visible()
    assert hall.marks() == 1


def test_taps_outlive_a_sign_in_that_ended(hall: Hall, page: Page, watch: Watch) -> None:
    watch.expect("401")
    hall.sign_in(page)
    page.goto(hall.roll)
    page.context.clear_cookies()
    tap(page, "Ana", "Present")
    expect(page.get_by_text("You are signed out")).to_be_visible()
    assert_accessible(page)
    with page.expect_response(is_delivery):
        hall.sign_in(page)
    expect(page.get_by_text("You are signed out")).to_be_hidden()
    assert hall.records() == {"Ana": "present"}


def test_a_mark_that_is_refused_is_said_and_shown(hall: Hall, page: Page) -> None:
    hall.sign_in(page)
    page.goto(hall.roll)
    row(page, "Ben").locator('input[name="person"]').evaluate("hidden => { hidden.value = 9999 }")
    with page.expect_response(is_delivery):
        tap(page, "Ben", "Present")
    expect(page.get_by_text("Ben: this could not be recorded.").first).to_be_visible()
    expect(state(page, "Ben")).to_have_text("Not marked yet")
    with page.expect_response(is_delivery):
        tap(page, "Ana", "Present")
    assert hall.records() == {"Ana": "present"}


def test_two_phones_end_alike(hall: Hall, open_page: Callable[..., Page], watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    first, second = open_page(PHONE), open_page(DESKTOP)
    for phone in (first, second):
        hall.sign_in(phone)
        phone.goto(hall.roll)
    first.context.set_offline(True)
    tap(first, "Ana", "Present")
    expect(first.get_by_text("1 tap is waiting")).to_be_visible()
    with second.expect_response(is_delivery):
        tap(second, "Ana", "Late")
    with first.expect_response(is_delivery):
        first.context.set_offline(False)
    expect(state(first, "Ana")).to_have_text("Late")
    expect(state(second, "Ana")).to_have_text("Late")
    assert hall.records() == {"Ana": "late"}
    assert_accessible(second)


def test_the_roll_needs_no_scripts(hall: Hall, open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    hall.sign_in(page)
    page.goto(f"{hall.url}/today/")
    page.get_by_role("link", name="Tuesday Group").click()
    tap(page, "Ana", "Present")
    expect(state(page, "Ana")).to_have_text("Present")
    assert page.url.split("#")[1].startswith("person-")
    row(page, "Ben").get_by_text("More").click()
    tap(page, "Ben", "Excused")
    expect(state(page, "Ben")).to_have_text("Excused")
    page.get_by_label("First name").fill("Zed")
    page.get_by_role("button", name="Add to the roll").click()
    expect(state(page, "Zed")).to_have_text("Present")
    row(page, "Ana").get_by_text("More").click()
    tap(page, "Ana", "Take back")
    expect(count(page, "1 here of 5")).to_be_visible()
    page.get_by_label("People in the room").fill("12")
    page.get_by_role("button", name="Save count").click()
    expect(page.get_by_text("12 counted")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    assert hall.records() == {"Ben": "excused", "Zed": "present"}
