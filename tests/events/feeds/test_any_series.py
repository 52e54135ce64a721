"""Whatever happens to a series' dates, a calendar program shows exactly what there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from events.feeds import ical
from events.feeds.entries import FeedDate, FeedEntry, FeedSeries
from events.feeds.instances import Keeping, rule_start
from events.feeds.rhythm import days_between
from tests.events.feeds.test_ical_words import EVENT, LINKS, NOW, WORDS
from tests.events.rules.rhythms import any_rhythm

LAST = date(2027, 4, 30)
KEEPING = Keeping(date(2026, 1, 1), date(2028, 1, 1), date(2026, 1, 1))
# No date spans a change of the clocks here: programs differ on when such a date ends.
ZONES = ("America/Los_Angeles", "Europe/Dublin", "Asia/Kolkata", "Australia/Lord_Howe")
Shown = tuple[datetime, datetime, bool]


@st.composite
def all_series(draw) -> tuple[FeedSeries, list[Shown]]:
    """A series as the queries give it, and the dates that there are."""
    starts = st.dates(date(2026, 8, 1), date(2026, 12, 1))
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    at = draw(st.sampled_from([time(9), time(18, 30), time(23, 45)]))
    rhythm = draw(any_rhythm(starts, st.just(at), most_apart=3, ends=st.none()))
    days = list(days_between(rhythm, rhythm.starts_on, LAST))
    assume(days)
    fates = draw(
        st.dictionaries(
            st.sampled_from(days),
            st.sampled_from(["cancelled", "moved", "far", "missing", "longer"]),
            max_size=6,
        )
    )
    hour = timedelta(hours=1)
    dates: list[FeedDate] = []
    there_is: list[Shown] = []
    for day in days:
        start = datetime.combine(day, at, zone).astimezone(UTC)
        fate = fates.get(day)
        if fate == "missing":
            continue
        now_at = start + {"moved": -2 * hour, "far": 24 * 23 * hour}.get(fate, timedelta(0))
        end = now_at + (2 * hour if fate == "longer" else hour)
        there_is.append((now_at, end, fate == "cancelled"))
        if fate is not None:
            dates.append(
                FeedDate(
                    key=f"{day}T{at:%H%M}",
                    starts_at=now_at,
                    ends_at=end,
                    timezone=zone.key,
                    uid=None,
                    cancelled=fate == "cancelled",
                    reason="",
                    place=None,
                    sequence=1,
                    created_at=NOW,
                    updated_at=NOW,
                )
            )
    missing = frozenset(day for day in days if fates.get(day) == "missing")
    first = min((day for day in days if day not in missing), default=None)
    series = FeedSeries(
        uid="u",
        timezone=zone.key,
        rhythm=rhythm,
        duration=hour,
        end_known=True,
        first=first,
        missing=missing,
        dates=tuple(dates),
        sequence=0,
        created_at=NOW,
        updated_at=NOW,
    )
    return series, sorted(there_is)


def shown(series: FeedSeries) -> list[Shown]:
    calendar = ical.Calendar("T", "D", series.timezone, "https://e/", "https://e/", NOW, KEEPING)
    body = ical.render(calendar, [FeedEntry(EVENT, (series,), ())], LINKS, WORDS)
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(
        date(2026, 7, 1), date(2027, 7, 1)
    )
    return sorted(
        (
            one["DTSTART"].dt.astimezone(UTC),
            one["DTEND"].dt.astimezone(UTC),
            one["STATUS"] == "CANCELLED",
        )
        for one in found
    )


def ending(series: FeedSeries) -> FeedSeries:
    """The same series, ended on the last day looked at."""
    return replace(series, rhythm=replace(series.rhythm, until=LAST))


@settings(max_examples=60, deadline=None)
@given(all_series())
def test_programs_show_exactly_the_dates_there_are(made):
    series, there_is = made
    assert shown(ending(series)) == there_is


@given(all_series())
def test_the_rule_starts_where_the_wall_clock_says(made):
    series, _there_is = made
    day = next(days_between(series.rhythm, series.rhythm.starts_on, LAST))
    assert (
        rule_start(series, day).astimezone(ZoneInfo(series.timezone)).time()
        == series.rhythm.start_time
    )
