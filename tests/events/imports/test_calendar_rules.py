"""The dates of a rule are those that an independent expander finds."""

import warnings
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from events.imports.ical.entries import Entry, Question, Reading
from events.imports.ical.reading import read_calendar
from events.rules.recurrence import Unit, local_starts, to_utc
from tests.events.imports.files import PACIFIC, calendar, entry, timed, weekly

QUESTION = Question(PACIFIC, date(2021, 1, 1), date(2028, 12, 31), 5_000)
LAST = date(2028, 12, 31)
REFUSED = ("1,000 dates", "ends before", "too long to follow", "beyond 2100")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONES = (PACIFIC, "Europe/Dublin", "Australia/Lord_Howe", "America/Tijuana")


def read(content: bytes) -> Reading:
    return read_calendar(content, QUESTION)


def only(content: bytes) -> Entry:
    reading = read(content)
    assert reading.refused == []
    [found] = reading.entries
    return found


def refused(content: bytes) -> str:
    reading = read(content)
    assert reading.entries == []
    [found] = reading.refused
    [reason] = found.reasons
    return reason


def ours(found: Entry) -> list[datetime]:
    """The starts of an entry, in UTC."""
    when = found.when
    moved = {one.key: one.starts for one in (*when.overrides, *when.extra)}
    if when.rule is not None:
        for start in local_starts(when.rule.rhythm, when.rule.starts_on, LAST):
            if start.date() not in when.excepted:
                moved.setdefault(start, start)
    return sorted(to_utc(start, when.timezone) for start in moved.values())


def theirs(content: bytes) -> list[datetime]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(
            (2020, 1, 1), LAST + timedelta(days=1)
        )
    starts = [one["DTSTART"].dt for one in found]
    return sorted(start.astimezone(UTC) for start in starts if start.date() <= LAST)


def one_of(values: list[int]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(
        lambda chosen: ",".join(map(str, chosen))
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    parts = [f"FREQ={draw(st.sampled_from(('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY')))}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 4))}")
    days = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True)
    nth = (
        ""
        if "DAILY" in parts[0] or "WEEKLY" in parts[0]
        else draw(st.sampled_from(("", "1", "2", "-1", "+3", "5")))
    )
    if draw(st.booleans()):
        parts.append("BYDAY=" + ",".join(nth + day for day in draw(days)))
    if draw(st.integers(0, 3)) == 0:
        parts.append("BYMONTH=" + draw(one_of([1, 3, 6, 11, 12])))
    if draw(st.integers(0, 3)) == 0 and "WEEKLY" not in parts[0]:
        parts.append("BYMONTHDAY=" + draw(one_of([1, 13, 29, 30, 31, -1])))
    if draw(st.integers(0, 5)) == 0 and "DAILY" not in parts[0]:
        parts.append("BYSETPOS=" + draw(one_of([1, -1, 2])))
    if draw(st.integers(0, 2)) == 0:
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    end = draw(st.integers(0, 2))
    if end == 0:
        parts.append(f"COUNT={draw(st.integers(1, 60))}")
    elif end == 1:
        parts.append(f"UNTIL={draw(st.sampled_from(('20270630T235959Z', '20280229T020000Z')))}")
    return ";".join(parts)


@settings(max_examples=100, deadline=None)
@given(
    rules(),
    st.dates(date(2026, 1, 1), date(2027, 3, 20)),
    st.sampled_from(((18, 30), (2, 30), (1, 15), (0, 0))),
    st.sampled_from(ZONES),
)
def test_any_rule_has_the_dates_that_others_find(
    rule: str, day: date, at: tuple[int, int], zone: str
):
    start = datetime(day.year, day.month, day.day, *at)
    content = calendar(
        timed(
            f"{start:%Y%m%dT%H%M%S}",
            f"{start + timedelta(hours=1):%Y%m%dT%H%M%S}",
            f"RRULE:{rule}",
            zone=zone,
        )
    )
    reading = read(content)
    if reading.refused:
        [reason] = reading.refused[0].reasons
        assert any(word in reason for word in REFUSED), reason
        return
    known = [
        start
        for start in ours(reading.entries[0])
        if start.astimezone(ZoneInfo(zone)).date() <= LAST
    ]
    assert known == theirs(content)


@pytest.mark.parametrize(
    ("rule", "unit", "interval", "days"),
    [
        ("FREQ=DAILY", Unit.DAY, 1, ()),
        ("FREQ=DAILY;INTERVAL=3", Unit.DAY, 3, ()),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", Unit.WEEK, 1, (0, 1, 2, 3, 4)),
        ("FREQ=WEEKLY", Unit.WEEK, 1, (1,)),
        ("freq=weekly;byday=tu,th;interval=2", Unit.WEEK, 2, (1, 3)),
        ("FREQ=WEEKLY;BYDAY=TU;BYHOUR=18;BYMINUTE=0", Unit.WEEK, 1, (1,)),
        ("FREQ=MONTHLY", Unit.MONTH, 1, (1,)),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", Unit.MONTH, 1, (-1, 1)),
        ("FREQ=YEARLY", Unit.MONTH, 12, (1,)),
    ],
)
def test_what_we_can_say_stays_a_rhythm(rule: str, unit: Unit, interval: int, days: tuple):
    found = only(calendar(weekly(rule=rule))).when.rule
    assert found is not None
    assert (found.unit, found.interval) == (unit, interval)
    assert found.weekdays + found.month_days == days


@pytest.mark.parametrize(
    ("rule", "nths", "weekdays"),
    [
        ("FREQ=MONTHLY;BYDAY=1TU,3TU", (1, 3), (1,)),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1,-1", (-1, 1), (1,)),
        ("FREQ=MONTHLY;BYDAY=1TU,1TH", (1,), (1, 3)),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=1TU", (1,), (1,)),
    ],
)
def test_nth_weekdays_stay_a_rhythm(rule: str, nths: tuple, weekdays: tuple):
    found = only(calendar(weekly(rule=rule))).when.rule
    assert found is not None
    assert (found.nths, found.weekdays) == (nths, weekdays)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,TU",
        "FREQ=YEARLY;BYYEARDAY=100",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=1TU,3TH",
        "FREQ=DAILY;BYHOUR=9,17;COUNT=20",
    ],
)
def test_other_rules_become_single_dates(rule: str):
    content = calendar(weekly(rule=rule))
    found = only(content)
    assert found.when.rule is None
    assert ours(found) == theirs(content)


def test_a_rule_without_an_end_that_is_no_rhythm_says_how_far_it_was_followed():
    found = only(calendar(weekly(rule="FREQ=YEARLY;BYYEARDAY=100")))
    assert any("up to 2028-12-31" in note for note in found.notes)


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=WEEKLY;COUNT=3", date(2026, 12, 15)),
        ("FREQ=WEEKLY;UNTIL=20261216T020000Z", date(2026, 12, 15)),
        ("FREQ=WEEKLY;UNTIL=20261216T015959Z", date(2026, 12, 14)),
        ("FREQ=WEEKLY;UNTIL=20261215", date(2026, 12, 15)),
        ("FREQ=WEEKLY;UNTIL=20261215T180000", date(2026, 12, 15)),
        ("FREQ=WEEKLY;COUNT=9;UNTIL=20261215", date(2026, 12, 15)),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20301215", date(2026, 12, 8)),
        ("FREQ=WEEKLY;UNTIL=99991231T235959Z", None),
    ],
)
def test_an_end_is_a_last_day(rule: str, last: date | None):
    found = only(calendar(weekly(rule=rule))).when.rule
    assert found is not None
    assert found.until == last


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=SECONDLY", "repeats secondly"),
        ("FREQ=MINUTELY;INTERVAL=30", "repeats minutely"),
        ("FREQ=HOURLY", "repeats hourly"),
        ("FREQ=FORTNIGHTLY", "RRULE cannot be read"),
        ("INTERVAL=2", "no FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "cannot be"),
        ("FREQ=DAILY;COUNT=0", "cannot be"),
        ("FREQ=DAILY;COUNT=1000000", "run beyond 2100"),
        ("FREQ=DAILY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;COUNT=1001", "more than 1,000 dates"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "too long to follow"),
        ("FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,20,40", "48 times"),
        ("FREQ=WEEKLY;UNTIL=20251231", "ends before it starts"),
        ("FREQ=WEEKLY;BYSETPOS=0;BYDAY=TU", "cannot be read"),
        ("RSCALE=CHINESE;FREQ=YEARLY", "another calendar"),
        ("FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(1, 366))) * 2, "numbers"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(rule: str, said: str):
    assert said in refused(calendar(weekly(rule=rule)))


def test_a_start_off_its_rule_is_a_date_too():
    content = calendar(weekly(rule="FREQ=WEEKLY;BYDAY=TH;COUNT=3"))
    assert ours(only(content)) == theirs(content)


def test_dates_and_periods_that_are_listed():
    content = calendar(
        weekly(
            "RDATE;TZID=America/Los_Angeles:20261208T180000,20261210T180000,20261211T180000",
            "RDATE;VALUE=PERIOD:20261220T020000Z/PT3H",
            "EXDATE;TZID=America/Los_Angeles:20261211T180000,20261215T180000",
            "EXDATE;VALUE=DATE:20261222",
            rule="FREQ=WEEKLY;COUNT=5",
        )
    )
    found = only(content)
    assert found.when.excepted == (date(2026, 12, 15), date(2026, 12, 22))
    assert [(one.key.day, one.minutes) for one in found.when.extra] == [(10, 90), (19, 180)]
    assert ours(found) == theirs(content)


def test_several_rules_and_exceptions_by_rule():
    two = weekly("RRULE:FREQ=DAILY;COUNT=3", rule="FREQ=WEEKLY;COUNT=3")
    assert ours(only(calendar(two))) == theirs(calendar(two))
    without = only(calendar(weekly("EXRULE:FREQ=WEEKLY;COUNT=2", rule="FREQ=DAILY;COUNT=9")))
    assert [one.key.day for one in without.when.extra] == [1, 2, 3, 4, 5, 6, 7, 9]


def override(at: str, start: str, *lines: str) -> str:
    return timed(
        start,
        start[:9] + "2300" + "00",
        f"RECURRENCE-ID;TZID={PACIFIC}:{at}",
        *lines,
    )


def test_an_override_before_its_master_keeps_the_key_of_its_date():
    content = calendar(
        override("20261208T180000", "20261209T200000"),
        override("20261215T180000", "20261215T180000", "STATUS:CANCELLED"),
        weekly(),
    )
    moved, gone = only(content).when.overrides
    assert (moved.key, moved.starts) == (datetime(2026, 12, 8, 18), datetime(2026, 12, 9, 20))
    assert (gone.key.day, gone.cancelled, moved.cancelled) == (15, True, False)
    assert ours(only(content)) == theirs(content)


def test_an_override_in_utc_and_one_by_day_find_their_date():
    utc = entry(
        "RECURRENCE-ID:20261209T020000Z", "DTSTART:20261210T020000Z", "DTEND:20261210T033000Z"
    )
    day = override("20261215T180000", "20261216T180000").replace(
        f"RECURRENCE-ID;TZID={PACIFIC}:20261215T180000", "RECURRENCE-ID;VALUE=DATE:20261215"
    )
    keys = [one.key for one in only(calendar(weekly(), utc, day)).when.overrides]
    assert keys == [datetime(2026, 12, 8, 18), datetime(2026, 12, 15, 18)]


def test_the_newest_of_two_overrides_counts():
    content = calendar(
        weekly(),
        override("20261208T180000", "20261209T200000", "SEQUENCE:3"),
        override("20261208T180000", "20261210T200000", "SEQUENCE:2"),
    )
    [found] = only(content).when.overrides
    assert found.starts.day == 9


def test_overrides_without_their_series_are_dates_of_their_own():
    found = only(
        calendar(
            override("20261208T180000", "20261209T200000"),
            override("20261215T180000", "20261215T190000"),
        )
    )
    assert [(one.key.day, one.starts.day) for one in found.when.extra] == [(8, 9), (15, 15)]
    assert "its series is not in the file" in found.notes[-1]


def test_an_override_of_no_date_is_a_date_of_its_own():
    content = calendar(weekly(), override("20261209T180000", "20261210T180000"))
    assert [one.starts.day for one in only(content).when.extra] == [10]
    assert ours(only(content)) == theirs(content)


def test_this_and_following_moves_all_that_follow():
    content = calendar(
        weekly(rule="FREQ=WEEKLY;COUNT=4"),
        override("20261208T180000", "20261209T190000").replace(
            "RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;"
        ),
    )
    assert [(one.key.day, one.starts.day) for one in only(content).when.extra] == [
        (1, 1), (8, 9), (15, 16), (22, 23),
    ]  # fmt: skip
    assert ours(only(content)) == theirs(content)


def test_an_exception_beats_an_override():
    content = calendar(
        weekly("EXDATE;TZID=America/Los_Angeles:20261208T180000", rule="FREQ=WEEKLY;COUNT=3"),
        override("20261208T180000", "20261209T200000"),
    )
    assert ours(only(content)) == theirs(content)


def test_an_entry_whose_dates_are_all_excepted_is_left_out():
    content = calendar(
        timed("20261201T180000", "20261201T190000", f"EXDATE;TZID={PACIFIC}:20261201T180000")
    )
    reading = read(content)
    assert (reading.entries, reading.refused) == ([], [])
    assert "none of its dates" in reading.notes[0]


def test_a_rule_in_utc_keeps_to_utc():
    found = only(
        calendar(entry("DTSTART:20261202T020000Z", "DTEND:20261202T030000Z", "RRULE:FREQ=WEEKLY"))
    )
    assert found.when.timezone == "UTC"
    assert "by UTC" in found.notes[0]


def test_wall_clocks_stay_across_the_change_of_the_clocks():
    found = only(calendar(weekly()))
    local = {start.astimezone(ZoneInfo(PACIFIC)).hour for start in ours(found)}
    assert (local, len({start.hour for start in ours(found)})) == ({18}, 2)
