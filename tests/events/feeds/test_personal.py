"""One person's calendar as a file, whatever stands in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.feeds import personal
from events.feeds.entries import FeedDate, FeedEvent, Place, Words
from events.feeds.ical import MOST_BYTES, Calendar
from events.feeds.instances import Keeping
from events.feeds.personal import Manner, OwnDate, OwnWords

NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
LINK = "https://meet.example.org/j/1"
TELLS = "qzqz"  # in all that tells what a date is about, and nowhere else
WORDS = OwnWords(
    Words("CANCELLED: ", "Online", "Details", "Join online", "Phone", {}, {}),
    "Waiting list: ",
    "Busy",
    "Passcode",
    lambda one: "Your appointment",
    {"lead": "lead"},
)
CALENDAR = Calendar(
    "Appointments", "", "America/Los_Angeles", "", "https://x.example/me/", NOW,
    Keeping(date(2026, 8, 1), date(2028, 5, 1), date(2026, 10, 1)),
)  # fmt: skip
telling = st.text(max_size=60).map(lambda text: TELLS + text + TELLS)


def own(
    number: int = 0,
    *,
    said: str = TELLS,
    cancelled: bool = False,
    waiting: bool = False,
    mode: str = "hybrid",
    role: str = "",
) -> OwnDate:
    starts = NOW + timedelta(days=number)
    return OwnDate(
        uid=f"series-{number % 3}",
        instance=datetime(2026, 11, 23, 12) + timedelta(days=number),
        rule_timezone="America/Los_Angeles",
        rule_all_day=False,
        date=FeedDate(
            f"{starts:%Y-%m-%d}T1200", starts, starts + timedelta(hours=1), "America/Los_Angeles",
            None, cancelled, said, None, 0, NOW, NOW,
        ),
        event=FeedEvent(
            said, "support-group", said, said, said, mode, "per-date", LINK, None,
            Place(said, f"{said}, 1 Pier Road, Irvine", "Irvine", "CA", 33.6, -118.0, False),
            (said,), ("en",), (), NOW, NOW,
        ),
        stamp=NOW,
        sequence=0,
        url=f"https://x.example/events/{TELLS}/",
        waiting=waiting,
        role=role,
        notes=said,
    )  # fmt: skip


@pytest.mark.parametrize("busy", [False, True])
@given(said=telling, cancelled=st.booleans(), waiting=st.booleans())
def test_whatever_it_is_about_is_said_only_in_full(busy, said, cancelled, waiting):
    one = own(said=said, cancelled=cancelled, waiting=waiting)
    quiet = personal.render(CALENDAR, [one], Manner(busy_only=busy, reminder_minutes=60), WORDS)
    assert TELLS not in quiet.decode().replace("\r\n ", "")
    full = personal.render(CALENDAR, [one], Manner(full=True), WORDS)
    for body in (quiet, full):
        assert body.endswith(b"END:VCALENDAR\r\n")
        assert max(map(len, body.split(b"\r\n"))) <= 75
        (found,) = icalendar.Calendar.from_ical(body).walk("VEVENT")
        assert found.errors == []
    assert TELLS in full.decode().replace("\r\n ", "")


def test_busy_says_no_more_than_busy_even_in_full():
    body = personal.render(CALENDAR, [own()], Manner(full=True, busy_only=True), WORDS)
    assert LINK not in body.decode().replace("\r\n ", "")
    assert b"SUMMARY:Busy\r\n" in body


def test_a_copy_does_not_say_where_it_is_from():
    body = personal.render(CALENDAR, [own()], Manner(full=True), WORDS)
    assert b"SOURCE" not in body


@pytest.mark.parametrize(
    ("minutes", "said"), [(15, "-PT15M"), (90, "-PT90M"), (120, "-PT2H"), (2880, "-P2D")]
)
def test_a_reminder_before_the_start(minutes, said):
    body = personal.render(CALENDAR, [own()], Manner(reminder_minutes=minutes), WORDS)
    assert f"TRIGGER:{said}\r\n".encode() in body


def test_too_much_loses_its_words_and_no_date():
    many = [replace(own(number), notes="long " * 400) for number in range(500)]
    body = personal.render(CALENDAR, many, Manner(full=True), WORDS)
    assert len(body) < MOST_BYTES
    assert body.count(b"BEGIN:VEVENT") == 500
    assert b"\r\nDESCRIPTION" not in body
    assert body.count(b"\r\nCONFERENCE") == 500


def test_whole_days_of_a_series_of_whole_days():
    midnight = datetime(2026, 11, 28, 8, tzinfo=UTC)
    base = own()
    one = OwnDate(
        "retreat", datetime.combine(date(2026, 11, 28), time()), "America/Los_Angeles", True,
        FeedDate("2026-11-28T0000", midnight, midnight + timedelta(days=2), "America/Los_Angeles",
                 None, False, "", None, 0, NOW, NOW, True, True),
        base.event, NOW, 0, base.url,
    )  # fmt: skip
    body = personal.render(CALENDAR, [one], Manner(), WORDS)
    assert b"RECURRENCE-ID;VALUE=DATE:20261128\r\n" in body
    assert b"DTSTART;VALUE=DATE:20261128\r\n" in body
    assert b"VTIMEZONE" not in body
