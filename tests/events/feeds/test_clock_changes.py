"""Nights on which the clocks change: every program shows when dates really end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.feeds import ical
from events.feeds.clock_changes import changes_in
from events.feeds.entries import FeedEntry, FeedSeries
from events.feeds.instances import Keeping
from events.rules.recurrence import Rhythm, Unit
from tests.clients.programs import readers  # noqa: F401
from tests.events.feeds.test_ical_words import EVENT, LINKS, NOW, WORDS

ZONE = ZoneInfo("America/Los_Angeles")
KEEPING = Keeping(date(2026, 9, 1), date(2028, 5, 1), date(2026, 10, 1))
HOUR = timedelta(hours=1)
NIGHTLY = Rhythm(date(2026, 12, 1), time(22), unit=Unit.DAY)


def series(rhythm: Rhythm, hours: float) -> FeedSeries:
    return FeedSeries(
        uid="u",
        timezone=ZONE.key,
        rhythm=rhythm,
        duration=hours * HOUR,
        end_known=True,
        first=rhythm.starts_on,
        missing=frozenset(),
        dates=(),
        sequence=0,
        created_at=NOW,
        updated_at=NOW,
    )


def feed(one: FeedSeries, keeping: Keeping = KEEPING) -> bytes:
    calendar = ical.Calendar("T", "", ZONE.key, "", "https://e/", NOW, keeping)
    return ical.render(calendar, [FeedEntry(EVENT, (one,), ())], LINKS, WORDS)


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        pytest.param(time(22), 5, id="across the change"),
        pytest.param(time(20), 5, id="until the hour that comes twice"),
        pytest.param(time(1, 30), 1, id="from within the hour that comes twice"),
        pytest.param(time(18, 30), 1.5, id="far from it"),
        pytest.param(time(9), 30, id="for more than a day"),
    ],
)
@pytest.mark.parametrize(
    "starts_on",
    [date(2026, 12, 1), date(2027, 11, 6), date(2027, 3, 13)],
    ids=str,
)
def test_every_date_is_as_long_as_it_is(readers, at, hours, starts_on):  # noqa: F811
    rhythm = replace(NIGHTLY, start_time=at, starts_on=starts_on)
    body = feed(series(rhythm, hours))
    first, last = datetime(2027, 3, 1, tzinfo=ZONE), datetime(2027, 12, 1, tzinfo=ZONE)
    days = [date(2027, 3, 1) + timedelta(days=number) for number in range(275)]
    starts = [datetime.combine(day, at, ZONE).astimezone(UTC) for day in days if day >= starts_on]
    there_is = [(start, start + hours * HOUR) for start in starts]
    for name, reader in readers.items():
        assert [one[:2] for one in reader.reads(body, first, last)] == there_is, name


def test_only_nights_that_need_it_are_said_apart():
    assert b"RECURRENCE-ID" not in feed(series(replace(NIGHTLY, start_time=time(18, 30)), 1.5))
    assert b"RECURRENCE-ID" not in feed(series(replace(NIGHTLY, start_time=time(22)), 2))
    assert feed(series(NIGHTLY, 5)).count(b"RECURRENCE-ID") == 3


def test_a_night_that_comes_in_reach_raises_the_stamps():
    def stamps(body: bytes) -> set[bytes]:
        return {line for line in body.split(b"\r\n") if line.startswith(b"DTSTAMP")}

    def on(today: date) -> bytes:
        return feed(series(NIGHTLY, 5), Keeping.on(today))

    night = date(2028, 11, 4)
    before, after = on(night - timedelta(days=549)), on(night - timedelta(days=548))
    assert after.count(b"RECURRENCE-ID") == before.count(b"RECURRENCE-ID") + 1
    assert len(stamps(after)) == 1
    assert stamps(after) > stamps(before) or stamps(after) != stamps(before)
    assert max(stamps(after)) > max(stamps(before))


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("America/Los_Angeles", [(datetime(2027, 3, 14, 10), 60), (datetime(2027, 11, 7, 9), 60)]),
        ("Europe/Dublin", [(datetime(2027, 3, 28, 1), 60), (datetime(2027, 10, 31, 1), 60)]),
        (
            "Australia/Lord_Howe",
            [(datetime(2027, 4, 3, 15), 30), (datetime(2027, 10, 2, 15, 30), 30)],
        ),
        ("Asia/Kolkata", []),
    ],
)
def test_when_clocks_change(zone, found):
    expected = [(at.replace(tzinfo=UTC), timedelta(minutes=by)) for at, by in found]
    assert list(changes_in(zone, 2027)) == expected
