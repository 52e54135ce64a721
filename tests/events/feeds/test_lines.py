"""Content lines: what one bad byte would cost a subscriber is the whole feed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Event

from events.feeds import lines

anything = st.text(st.characters(codec=None), max_size=300)


def parsed(line: bytes) -> Event:
    return Event.from_ical(b"BEGIN:VEVENT\r\n" + line + b"END:VEVENT\r\n")


@given(anything)
def test_any_text_comes_back_as_it_was_less_its_controls(value):
    assert parsed(lines.folded(lines.text("SUMMARY", value)))["SUMMARY"] == lines.plain(value)


@given(anything)
def test_lines_are_at_most_75_octets_of_whole_characters(value):
    whole = lines.folded(lines.text("SUMMARY", value))
    assert whole.endswith(b"\r\n")
    for line in whole.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= lines.MOST_OCTETS
        line.decode("utf-8")
        assert not any(byte < 0x20 for byte in line)


def test_line_ends_of_every_kind_become_one():
    assert lines.text("X", "a\r\nb\rc\u2028d") == r"X:a\nb\nc\nd"


def test_addresses_are_never_broken_or_escaped():
    assert (
        lines.uri("URL", "https://example.org/a,b;c\r\nX:y") == "URL:https://example.org/a,b;cX:y"
    )


def test_parameters_cannot_be_left():
    assert lines.parameter('say "hi";X=1\r\nY:2') == "\"say 'hi';X=1 Y:2\""


def test_a_wall_time_shown_twice_is_said_in_utc():
    first, second = (
        datetime(2026, 11, 1, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
    )
    zone = "America/Los_Angeles"
    assert lines.local("DTSTART", first, zone) == "DTSTART:20261101T083000Z"
    assert lines.local("DTSTART", second, zone) == "DTSTART:20261101T093000Z"
