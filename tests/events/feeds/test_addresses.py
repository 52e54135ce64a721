"""Addresses for other programs: right to the letter, for they fail without a word."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from events.feeds import addresses
from events.feeds.addresses import Copied

ZONE = ZoneInfo("America/Los_Angeles")
FEED = "https://groundswell.example/feeds/all.ics?city=Costa+Serena&kind=workshop"


def copied(**values: object) -> Copied:
    given = {
        "title": "Tides & Talk",
        "words": "Bring a friend.\n\nDetails: https://groundswell.example/events/tides/",
        "place": "Harbor Hall, 1 Pier Road",
        "starts_at": datetime(2026, 10, 31, 18, 30, tzinfo=ZONE),
        "ends_at": datetime(2026, 10, 31, 20, 0, tzinfo=ZONE),
        "timezone": "America/Los_Angeles",
    }
    return Copied(**given | values)  # type: ignore[arg-type]


def asked(url: str) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}


def test_google_is_given_the_webcal_address_encoded() -> None:
    url = addresses.google_subscribe(FEED)
    assert url.startswith("https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F")
    assert asked(url) == {"cid": FEED.replace("https", "webcal")}


@pytest.mark.parametrize(
    ("base", "host"),
    [
        (addresses.OUTLOOK, "outlook.live.com"),
        (addresses.MICROSOFT_365, "outlook.office.com"),
    ],
)
def test_outlook_is_given_the_https_address_and_a_name(base: str, host: str) -> None:
    url = addresses.outlook_subscribe(FEED, "Workshop · Groundswell", base)
    assert urlsplit(url).hostname == host
    assert urlsplit(url).path == "/calendar/0/addfromweb"
    assert asked(url) == {"url": FEED, "name": "Workshop · Groundswell"}
    assert "+" not in url, "Outlook shows a plus as a plus"


def test_the_length_is_that_of_the_longer_spelling() -> None:
    assert addresses.letters("https://a.example/f.ics") == len("webcal://a.example/f.ics")
    assert addresses.letters("http://a.example/f.ics") == len("webcal://a.example/f.ics")


def test_one_date_is_said_in_utc() -> None:
    google = asked(addresses.google_add(copied()))
    assert google == {
        "action": "TEMPLATE",
        "text": "Tides & Talk",
        "dates": "20261101T013000Z/20261101T030000Z",
        "details": copied().words,
        "location": "Harbor Hall, 1 Pier Road",
    }
    outlook = addresses.outlook_add(copied())
    assert outlook.startswith("https://outlook.live.com/calendar/0/deeplink/compose?")
    assert asked(outlook) == {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": "Tides & Talk",
        "startdt": "2026-11-01T01:30:00Z",
        "enddt": "2026-11-01T03:00:00Z",
        "body": copied().words,
        "location": "Harbor Hall, 1 Pier Road",
    }
    assert "+" not in outlook


def test_a_repeating_entry_keeps_its_wall_clock_time() -> None:
    google = asked(addresses.google_add(copied(rule=("FREQ=WEEKLY", "BYDAY=SA"))))
    assert google["dates"] == "20261031T183000/20261031T200000"
    assert google["ctz"] == "America/Los_Angeles"
    assert google["recur"] == "RRULE:FREQ=WEEKLY;BYDAY=SA"


def test_whole_days_are_days_of_the_programs_zone() -> None:
    days = copied(
        starts_at=datetime(2026, 10, 31, tzinfo=ZONE),
        ends_at=datetime(2026, 11, 2, tzinfo=ZONE),
        all_day=True,
    )
    assert asked(addresses.google_add(days))["dates"] == "20261031/20261102"
    outlook = asked(addresses.outlook_add(days, addresses.MICROSOFT_365))
    assert (outlook["startdt"], outlook["enddt"]) == ("2026-10-31", "2026-11-02")
    assert outlook["allday"] == "true"


def test_long_words_are_cut_and_missing_ones_left_out() -> None:
    long = asked(addresses.google_add(copied(words="x" * 5_000, place="")))
    assert len(long["details"]) == addresses.MOST_WORDS
    assert long["details"].endswith("…")
    assert "location" not in long
