"""Files as programs really write them: a right result, or a reason in a sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest

from events.imports.ical.entries import Entry, Location, Question, Reading
from events.imports.ical.lines import NotACalendar
from events.imports.ical.reading import read_calendar
from events.rules.recurrence import to_utc
from tests.events.imports.files import PACIFIC, calendar, entry, timed, weekly

QUESTION = Question(PACIFIC, date(2021, 1, 1), date(2028, 12, 31), 5_000)
ZONE = f"DTSTART;TZID={PACIFIC}:20261201T180000"
WINDOWS = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0800
TZOFFSETTO:-0700
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
{more}END:VTIMEZONE
"""


def read(content: bytes) -> Reading:
    return read_calendar(content, QUESTION)


def only(content: bytes) -> Entry:
    reading = read(content)
    assert reading.refused == []
    [found] = reading.entries
    return found


def reason(content: bytes) -> str:
    reading = read(content)
    assert reading.entries == []
    return "; ".join(one for found in reading.refused for one in found.reasons)


def start(content: bytes) -> datetime:
    """When the only date of the only entry starts, in UTC."""
    found = only(content).when
    [one] = found.extra
    return to_utc(one.starts, found.timezone)


SIX = datetime(2026, 12, 2, 2, tzinfo=UTC)  # 1 December, 18:00 in California


@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n", "\r\n\r\n", "\r\r\n"])
def test_any_line_ends(ends: str):
    content = calendar(timed("20261201T180000", "20261201T190000", "DESCRIPTION:One\\nTwo"))
    found = only(content.replace(b"\r\n", ends.encode()))
    assert (found.description, found.title) == ("One\nTwo", "Harbor Group")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_any_encoding(encoding: str):
    content = calendar(timed(title="Reunión de la mañana")).decode()
    assert only(content.encode(encoding)).title == "Reunión de la mañana"


def test_a_fold_inside_a_letter_and_a_tab_for_a_space():
    content = calendar(timed(title="Reunión")).replace("ó".encode(), b"\xc3\r\n \xb3")
    assert only(content).title == "Reunión"
    assert only(calendar(timed(title="Har\r\n\tbor"))).title == "Harbor"


def test_a_raw_line_break_in_a_text_goes_on():
    found = only(
        calendar(timed("20261201T180000", "20261201T190000", "DESCRIPTION:One\r\nand two"))
    )
    assert found.description == "One\nand two"


def test_control_characters_and_markup_go():
    found = only(
        calendar(
            timed(
                "20261201T180000",
                "20261201T190000",
                "DESCRIPTION:<p>Come\x07 &amp; see</p><script>x</script><b>all</b>",
                title="Har\x00bor\x1b \u2028Group",
            )
        )
    )
    assert (found.title, found.description) == ("Harbor Group", "Come & see\nall")


@pytest.mark.parametrize(
    "name",
    [
        PACIFIC,
        "america/los_angeles",
        "US/Pacific",
        "Pacific Standard Time",
        '"America/Los_Angeles"',
        "/freeassociation.sourceforge.net/America/Los_Angeles",
        "/mozilla.org/20050126_1/America/Los_Angeles",
        "GMT-0800",
        "UTC-8",
    ],
)
def test_a_zone_by_any_name(name: str):
    assert start(calendar(timed(zone=name))) == SIX


@pytest.mark.parametrize("more", ["", "X-LIC-LOCATION:America/Los_Angeles\n"])
def test_a_zone_that_the_file_describes(more: str):
    zone = WINDOWS.format(name="(UTC-08:00) Pacific Time (US & Canada)", more=more)
    name = '"(UTC-08:00) Pacific Time (US & Canada)"'
    found = only(calendar(weekly(zone="X").replace("TZID=X", f"TZID={name}"), zone))
    assert found.when.timezone == PACIFIC


def test_a_zone_s_own_name_is_trusted_above_what_the_file_says_of_it():
    zone = WINDOWS.format(name="America/New_York", more="")
    assert start(calendar(zone, timed(zone="America/New_York"))) == SIX - timedelta(hours=3)


@pytest.mark.parametrize(
    "zone",
    [
        "",
        WINDOWS.format(name="Atlantis", more="").replace("-0800", "-0817"),
        WINDOWS.format(name="Atlantis", more="").replace("YEARLY", "SECONDLY"),
        "BEGIN:VTIMEZONE\nTZID:Atlantis\nEND:VTIMEZONE\n",
    ],
)
def test_a_zone_that_nobody_knows_is_refused(zone: str):
    assert "time zone 'Atlantis' is not known" in reason(calendar(zone, timed(zone="Atlantis")))


def test_floating_times_are_the_calendar_s_then_the_program_s():
    floating = entry("DTSTART:20261201T180000", "DTEND:20261201T190000")
    assert start(calendar(floating)) == SIX
    denver = calendar(floating, head=("X-WR-TIMEZONE:America/Denver",))
    assert start(denver) == SIX - timedelta(hours=1)
    unknown = calendar(floating, head=("X-WR-TIMEZONE:Atlantis",))
    assert start(unknown) == SIX


def test_a_time_in_utc_is_told_by_the_local_clock():
    found = only(calendar(entry("DTSTART:20261202T020000Z", "DTEND:20261202T030000Z"))).when
    assert (found.timezone, found.extra[0].starts) == (PACIFIC, datetime(2026, 12, 1, 18))


@pytest.mark.parametrize(
    ("lines", "minutes", "known"),
    [
        (("DTEND:20261202T033000Z",), 90, True),
        ((f"DTEND;TZID={PACIFIC}:20261201T193000",), 90, True),
        (("DTEND;TZID=America/New_York:20261201T223000",), 90, True),
        (("DURATION:PT1H30M",), 90, True),
        (("DURATION:P2D",), 2880, True),
        ((), 60, False),
        (("DTEND;TZID=America/Los_Angeles:20261201T180000",), 60, False),
        (("DTEND;TZID=America/Los_Angeles:20261201T120000",), 60, False),
        (("DTEND:nonsense",), 60, False),
        (("DURATION:PTX",), 60, False),
        (("DURATION:-PT1H",), 60, False),
        (("DTEND:16010101T000000",), 60, False),
    ],
)
def test_how_long_it_takes(lines: tuple[str, ...], minutes: int, known: bool):
    when = only(calendar(entry(ZONE, *lines))).when
    assert (when.minutes, when.end_known) == (minutes, known)


def test_past_midnight_and_over_the_change_of_the_clocks_is_real_time():
    found = only(calendar(timed("20261031T230000", "20261101T030000"))).when
    assert found.minutes == 5 * 60


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (("DTSTART;VALUE=DATE:20261224",), 1),
        (("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227"), 3),
        (("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261224"), 1),
        (("DTSTART;VALUE=DATE:20261224", "DURATION:P2D"), 2),
        (("DTSTART;VALUE=DATE:20261224", "DURATION:PT30H"), 2),
        (("DTSTART:20261224",), 1),
    ],
)
def test_whole_days(lines: tuple[str, ...], days: int):
    when = only(calendar(entry(*lines))).when
    assert (when.all_day, when.minutes) == (True, days * 24 * 60)
    assert when.extra[0].starts == datetime(2026, 12, 24)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("DTSTART:16010101T000000",), "is in 1601, outside 1970–2100"),
        (("DTSTART:99991231T235959Z",), "is in 9999"),
        (("DTSTART:21010101T000000Z",), "is in 2101"),
        (("DTSTART:20261301T000000",), "DTSTART cannot be read"),
        (("DTSTART:2026-12-01T18:00:00",), "DTSTART cannot be read"),
        (("DTEND:20261201T180000",), "it has no DTSTART"),
        ((ZONE, "DTEND:20270301T000000Z"), "more than 31 days"),
        ((ZONE, "RRULE:FREQ=WEEKLY;BYDAY=XX"), "RRULE cannot be read"),
        ((ZONE, "RRULE:FREQ=WEEKLY", "EXDATE:nonsense"), "EXDATE cannot be read"),
        ((ZONE, "RECURRENCE-ID:nonsense"), "RECURRENCE-ID cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(lines: tuple[str, ...], said: str):
    assert said in reason(calendar(entry(*lines)))


def test_a_bad_property_that_is_not_needed_is_said_and_left_out():
    found = only(calendar(timed("20261201T180000", "20261201T190000", "GEO:north", "DTSTAMP:soon")))
    assert any(note.startswith("GEO cannot be read") for note in found.notes)
    assert any(note.startswith("DTSTAMP cannot be read") for note in found.notes)


def test_a_refused_override_refuses_its_series():
    bad = entry("RECURRENCE-ID:20261209T020000Z", "DTSTART:nonsense")
    reading = read(calendar(weekly(), bad, timed(uid="other")))
    assert [one.uid for one in reading.entries] == ["other"]
    assert len(reading.refused) == 2


def test_entries_without_a_uid_are_told_apart_by_what_they_say():
    first, again = timed(uid=None), timed(uid=None)
    other = timed("20261202T180000", "20261202T190000", uid=None)
    found = read(calendar(first, again, other)).entries
    assert len({one.uid for one in found}) == len(found) == 2
    assert [one.place for one in found] == ["entry 2", "entry 3"]
    assert found[0].uid == only(calendar(first)).uid


def test_several_calendars_in_one_file_have_their_own_zones():
    floating = entry("DTSTART:20261201T180000", uid="a")
    denver = calendar(floating, head=("X-WR-TIMEZONE:America/Denver",))
    here = calendar(floating.replace("UID:a", "UID:b"))
    zones = {one.uid: one.when.timezone for one in read(denver + here).entries}
    assert zones == {"a": "America/Denver", "b": PACIFIC}


def test_of_one_uid_twice_the_newest_is_taken():
    old = timed("20261201T180000", "20261201T190000", "SEQUENCE:1", title="Old")
    new = timed("20261201T180000", "20261201T190000", "SEQUENCE:2", title="New")
    for content in (calendar(old, new), calendar(new, old), calendar(old) + calendar(new)):
        assert only(content).title == "New"


def test_cancelled_by_itself_and_by_the_calendar():
    gone = timed("20261201T180000", "20261201T190000", "STATUS:CANCELLED", title="CANCELLED: Tea")
    assert only(calendar(gone)).when.cancelled
    assert only(calendar(gone)).title == "Tea"
    assert only(calendar(timed(), head=("METHOD:CANCEL",))).when.cancelled
    assert not only(calendar(timed(), head=("METHOD:PUBLISH",))).when.cancelled


def test_guests_alarms_and_attachments_come_no_further():
    found = only(
        calendar(
            timed(
                "20261201T180000",
                "20261201T190000",
                "ATTENDEE;CN=Pat Doe:mailto:pat@example.org",
                "ORGANIZER:mailto:sam@example.org",
                "ATTACH:https://example.org/list.pdf",
                "X-ALT-DESC:secret",
                "BEGIN:VALARM",
                "TRIGGER:-PT15M",
                "DESCRIPTION:Reminder for pat",
                "ATTENDEE:mailto:lee@example.org",
                "END:VALARM",
            )
        )
    )
    assert not any(word in repr(found) for word in ("pat", "sam@", "lee@", "secret", "list.pdf"))


def test_to_dos_and_journals_are_left_out_and_counted():
    todo = "BEGIN:VTODO\r\nUID:t\r\nSUMMARY:Buy tea\r\nEND:VTODO\r\n"
    journal = "BEGIN:VJOURNAL\r\nSUMMARY:x\r\nEND:VJOURNAL\r\n"
    reading = read(calendar(todo, todo, journal, timed()))
    assert len(reading.entries) == 1
    assert [note.split(" left")[0] for note in reading.notes] == ["1 VJOURNAL", "2 VTODO"]


def test_a_calendar_without_events_says_so():
    assert read(calendar()).notes == ["The calendar has no events."]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n\x00", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n<!DOCTYPE html><title>Sign in</title>", "web page"),
        (b"PK\x03\x04rest", "archive"),
        (b"\x1f\x8brest", "archive"),
        (b'{"meetings": []}', "not a calendar"),
        (b"a,b\n1,2\n", "not a calendar"),
        (b"\x00\x01\x02" * 100, "not a calendar"),
        (b"BEGIN:VCALENDAR\n" * 3 + b"BEGIN:A\n" * 100, "nested"),
    ],
)
def test_what_is_no_calendar_is_said_in_a_sentence(content: bytes, said: str):
    with pytest.raises(NotACalendar, match=said):
        read(content)


def test_a_file_cut_anywhere_is_refused():
    whole = calendar(weekly(), timed(uid="b"))
    for end in range(20, len(whole) - len("\r\nEND:VCALENDAR\r\n") + 2, 7):
        with pytest.raises(NotACalendar):
            read(whole[:end])


def test_a_missing_end_refuses_that_entry_alone():
    broken = timed(uid="a").replace("END:VEVENT\r\n", "")
    reading = read(calendar(broken, timed(uid="b")))
    assert [one.uid for one in reading.entries] == ["b"]
    assert reading.refused[0].reasons == ("it has no END:VEVENT",)


@pytest.mark.parametrize("word", ["PRIVATE", "CONFIDENTIAL", "private"])
def test_private_entries_are_not_public(word: str):
    content = calendar(timed("20261201T180000", "20261201T190000", f"CLASS:{word}"))
    assert not only(content).public
    assert only(calendar(timed())).public


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Harbor Hall\\, 1 Pier Rd\\, Anytown", Location("Harbor Hall", "1 Pier Rd, Anytown")),
        ("Harbor Hall\\n1 Pier Rd\\nAnytown", Location("Harbor Hall", "1 Pier Rd, Anytown")),
        ("1 Pier Rd\\, Anytown", Location("1 Pier Rd", "1 Pier Rd, Anytown")),
        ("Room 5", Location("Room 5", "")),
        ("", None),
        ("Zoom", None),
        ("Online meeting", None),
        ("https://zoom.us/j/123", None),
    ],
)
def test_places(text: str, found: Location | None):
    content = calendar(timed("20261201T180000", "20261201T190000", f"LOCATION:{text}"))
    assert only(content).location == found


def test_a_position_goes_with_its_place():
    lines = ("LOCATION:Harbor Hall", "GEO:33.65;-118.0")
    found = only(calendar(timed("20261201T180000", "20261201T190000", *lines))).location
    assert found == Location("Harbor Hall", "", 33.65, -118.0)


JOIN = (
    "DESCRIPTION:All welcome.\\nJoin: https://us02web.zoom.us/j/85012?pwd=abc\\n"
    "Meeting ID: 850 12\\nPasscode: 4711\\n"
    "One tap +16699009128\\,\\,85012#\\,\\,\\,\\,*4711#\\nBring tea."
)


def test_how_to_join_is_parted_from_what_is_shown():
    found = only(calendar(timed("20261201T180000", "20261201T190000", JOIN)))
    assert found.description == "All welcome.\nBring tea."
    assert found.online_url == "https://us02web.zoom.us/j/85012"
    assert all(word in found.private for word in ("pwd=abc", "4711", "850 12", "+1669"))
    assert found.mode == "online"


@pytest.mark.parametrize(
    ("lines", "url", "mode"),
    [
        (("LOCATION:https://meet.google.com/abc",), "https://meet.google.com/abc", "online"),
        (
            ("X-GOOGLE-CONFERENCE:https://meet.google.com/abc",),
            "https://meet.google.com/abc",
            "online",
        ),
        (
            ("CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://example.org/room", "LOCATION:Harbor Hall"),
            "https://example.org/room",
            "hybrid",
        ),
        (("LOCATION:Harbor Hall",), None, "in-person"),
        (("LOCATION:Online",), None, "online"),
        (("URL:https://example.org/tea",), None, "in-person"),
    ],
)
def test_links(lines: tuple[str, ...], url: str | None, mode: str):
    found = only(calendar(timed("20261201T180000", "20261201T190000", *lines)))
    assert (found.online_url, found.mode) == (url, mode)


def test_a_page_about_it_is_kept_in_its_text():
    lines = ("DESCRIPTION:Tea.", "URL:https://example.org/tea")
    found = only(calendar(timed("20261201T180000", "20261201T190000", *lines)))
    assert found.description == "Tea.\n\nhttps://example.org/tea"


def test_categories_are_tags():
    lines = ("CATEGORIES:Big Book,Women\\, Men", "CATEGORIES:Tea,Tea")
    found = only(calendar(timed("20261201T180000", "20261201T190000", *lines)))
    assert found.tags == ("Big Book", "Women, Men", "Tea")


def test_long_words_are_cut_to_what_fits():
    found = only(
        calendar(
            timed(
                "20261201T180000", "20261201T190000", "DESCRIPTION:" + "x" * 90_000, title="y" * 900
            )
        )
    )
    assert (len(found.title), len(found.description)) == (200, 20_000)


def test_more_entries_than_may_be_are_refused():
    question = Question(PACIFIC, date(2021, 1, 1), date(2028, 12, 31), 3)
    with pytest.raises(NotACalendar, match="more than 3 entries"):
        read_calendar(calendar(*(timed(uid=str(one)) for one in range(4))), question)
