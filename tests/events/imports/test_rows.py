"""Rows to meetings."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.imports.listed import Meeting, parse_meeting
from events.models import Mode
from tests.events.imports.rows import PACIFIC, row

# Plain letters are drawn fast; the odd ones are what breaks things.
WORDS = st.text("aé<>&;:/[]0159 \n\x00\u202e\ud800", max_size=12)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
ANYTHING = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(WORDS, PLAIN, max_size=2)
LIKELY = st.sampled_from(
    ["19:30", "7:30 PM", "25:99", "Monday", "6", "7", "yes", "online", "inactive", "X", "https://["]
)
MORE = ("types", "id", "timezone", "approximate", "attendance_option", "conference_url")
NAMES = (*row(), *MORE, "latitude", "conference_phone", "notes", "location_id")
ROWS = st.dictionaries(st.sampled_from(NAMES), ANYTHING | LIKELY, max_size=6)


def parsed(**values: object) -> Meeting:
    found = parse_meeting(1, row(**values), PACIFIC)
    assert isinstance(found, Meeting), found
    return found


@given(ROWS)
def test_any_row_is_a_meeting_or_has_reasons(values: dict[str, object]):
    found = parse_meeting(1, row() | values, PACIFIC)
    if isinstance(found, Meeting):
        assert found.name
        assert 1 <= found.minutes <= 24 * 60
        assert set(found.weekdays) <= set(range(7))
        assert bool(found.weekdays) == (found.start is not None)
    else:
        assert found
        assert all(reason and "\n" not in reason for reason in found)


@pytest.mark.parametrize(
    ("day", "ours"),
    [(0, 6), (1, 0), ("6", 5), ("Sunday", 6), ("monday", 0), ([1, "4"], None)],
)
def test_weekdays_count_from_monday(day: object, ours: int | None):
    assert parsed(day=day).weekdays == ((0, 3) if ours is None else (ours,))


@pytest.mark.parametrize(
    ("start", "end", "minutes", "known"),
    [
        ("18:00", "19:30", 90, True),
        ("6:00 PM", "7:30 PM", 90, True),
        ("23:00", "00:00", 60, True),
        ("22:30", "00:00", 90, True),
        ("00:00", "23:59", 1439, True),
        ("12:00 AM", "", 60, False),
        ("Noon", None, 60, False),
    ],
)
def test_lengths(start: str, end: str | None, minutes: int, known: bool):
    found = parsed(time=start, end_time=end)
    assert (found.minutes, found.end_known) == (minutes, known)


def test_without_day_and_time_it_is_by_appointment():
    found = parsed(day=None, time=None, end_time=None)
    assert (found.weekdays, found.start, found.meets) == ((), None, True)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"end_time": "25:99"}, "end_time '25:99' is not a time"),
        ({"day": 7}, "day 7 is not 0 (Sunday) to 6 (Saturday)"),
        ({"day": True}, "day True is not 0 (Sunday) to 6 (Saturday)"),
        ({"day": None}, "day is missing although there is a time"),
        ({"time": ""}, "time is missing although there is a day"),
        ({"conference_url": "javascript:alert(1)"}, "'javascript:alert(1)' is not a web address"),
        ({"name": ["a"]}, "name is not text"),
        ({"name": " \u202e "}, "name is missing"),
        ({"latitude": float("nan")}, "off the map"),
        ({"timezone": "America"}, "'America' is not an IANA time zone"),
        ({"formatted_address": "Anytown, OK 12345, USA"}, "nobody could find it"),
    ],
)
def test_what_is_wrong_is_said(values: dict[str, object], reason: str):
    found = parse_meeting(1, row(**values), PACIFIC)
    assert isinstance(found, list)
    assert any(reason in one for one in found), found


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        ({}, Mode.IN_PERSON),
        ({"conference_url": "https://example.org/j/1"}, Mode.HYBRID),
        ({"conference_phone": "+15555550100"}, Mode.HYBRID),
        ({"conference_url": "https://example.org/j/1", "types": ["TC"]}, Mode.ONLINE),
        ({"types": ["ONL"], "formatted_address": "Anytown, CA, USA"}, Mode.ONLINE),
        ({"attendance_option": "online"}, Mode.ONLINE),
    ],
)
def test_how_one_takes_part(values: dict[str, object], mode: Mode):
    assert parsed(**values).mode == mode


def test_types_become_tags_languages_and_access_facts():
    facts = parsed(types=["O", "B", "S", "X", "XB", "BA", "ASL", "ZZ"]).types
    assert facts.tags[-1] == "open"
    assert "big-book" in facts.tags
    assert facts.languages == ("es",) or set(facts.languages) >= {"es"}
    assert set(facts.access) >= {"step-free", "accessible-toilet", "child-care", "asl"}
    assert facts.unknown == ("ZZ",)


def test_the_city_comes_from_the_address():
    place = parsed(formatted_address="Parking lot, 7 Main St, Anytown, CA 90000, USA").place
    assert place is not None
    assert (place.city, place.approximate) == ("Anytown", False)


def test_the_fingerprint_does_not_depend_on_the_row():
    one, other = (parse_meeting(number, row(), PACIFIC) for number in (1, 2))
    assert one.fingerprint() == other.fingerprint()
    assert one.fingerprint() != parsed(time="18:01").fingerprint()
    assert parsed(time="18:01").start == time(18, 1)
