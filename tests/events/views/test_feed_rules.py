"""The rules that calendar programs enforce, one by one, against everything the desk can create.

Content: a calendar is one, in order, with nothing but zones and events (1); whole lines of 75
octets in UTF-8 (2); no UID of its own (3); compact zones (4); no floating times (5); portable rules
(6); exceptions that fit their rule (7). That stamps rise together (8), sequences count (10), UIDs
are for good (11) and cancelled dates stay (12) is shown for random histories in
tests/events/test_feed_histories.py; here that the same rows are the same bytes (9), the header
(13), what events say and do not say (14), and bounds (15).
HTTP: types and names (16), conditional requests (17), never a passing refusal (18), short
addresses (19).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import travel

from app import create_app
from core.db import db
from events.dates import cancel_occurrence
from people.audit import SYSTEM
from tests.clients.programs import readers  # noqa: F401
from tests.conftest import SETTINGS
from tests.events.entries import Entries
from tests.events.views import rich_calendar
from tests.events.views.rich_calendar import NOW
from tests.factory import PACIFIC
from tests.servers import ROOT

FEEDS = ("/feeds/all.ics", "/feeds/all.ics?cancelled=hide&lang=es", "/feeds/community-event.ics",
         "/events/odd-dates.ics", "/events/odd-dates/2026-12-01T1800.ics",
         "/events/odd-dates/2026-12-22T1800.ics")  # fmt: skip
HEADER = """BEGIN VERSION PRODID CALSCALE NAME X-WR-CALNAME DESCRIPTION X-WR-CALDESC X-WR-TIMEZONE
REFRESH-INTERVAL X-PUBLISHED-TTL COLOR X-APPLE-CALENDAR-COLOR SOURCE URL LAST-MODIFIED"""
ALWAYS = """UID DTSTAMP CREATED LAST-MODIFIED SEQUENCE DTSTART DTEND SUMMARY STATUS TRANSP CLASS
URL DESCRIPTION CATEGORIES"""
NEVER = ("METHOD", "ATTENDEE", "ORGANIZER", "BEGIN:VALARM", "RDATE", "EXRULE", "DURATION")
TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE")
WALL = re.compile(r";TZID=([^:;]+):\d{8}T\d{6}(,\d{8}T\d{6})*")
UTC_TIME = re.compile(r":\d{8}T\d{6}Z")
DAY = re.compile(r";VALUE=DATE:\d{8}(,\d{8})*")


@pytest.fixture(scope="module")
def database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Filled once: nothing here writes."""
    file = tmp_path_factory.mktemp("rich") / "rich.db"
    shutil.copy(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="module")
def rich(database: str) -> Iterator[Flask]:
    app = create_app(SETTINGS | {"DATABASE_URL": database})
    with app.app_context():
        rich_calendar.fill()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(rich: Flask) -> Iterator[FlaskClient]:
    with travel(NOW + timedelta(hours=1), tick=False):
        yield rich.test_client()


@pytest.fixture(params=FEEDS)
def body(request: pytest.FixtureRequest, client: FlaskClient) -> bytes:
    answer = client.get(request.param)
    assert answer.status_code == 200
    return answer.data


@pytest.fixture
def all_of_it(client: FlaskClient) -> bytes:
    return client.get("/feeds/all.ics").data


def unfolded(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")[:-1]


def names(lines: list[str]) -> list[str]:
    return [re.split("[:;]", line, maxsplit=1)[0] for line in lines]


def test_content_1_one_calendar_in_order(body):
    lines = unfolded(body)
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    begun = [line for line in lines if line.startswith("BEGIN:")]
    assert begun.count("BEGIN:VCALENDAR") == 1
    inside = {"BEGIN:VTIMEZONE", "BEGIN:STANDARD", "BEGIN:DAYLIGHT"}
    first_event = begun.index("BEGIN:VEVENT")
    assert set(begun[1:first_event]) <= inside
    assert set(begun[first_event:]) == {"BEGIN:VEVENT"}
    uids = [line for line in lines if line.startswith("UID:")]
    together = [uid for number, uid in enumerate(uids) if number == 0 or uids[number - 1] != uid]
    assert len(together) == len(set(uids))
    for entries in Entries(body).by_uid.values():
        assert all(one["RECURRENCE-ID"] for one in entries[1:])


def test_content_2_whole_lines_of_at_most_75_octets(body):
    assert body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert body.endswith(b"END:VCALENDAR\r\n")
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert 0 < len(line) <= 75
        text = line.decode()
        assert not [sign for sign in text if sign < " " or "\x7f" <= sign <= "\x9f"], text
        assert not set(text) & {"\u2028", "\u2029", "\ufeff"}


def test_content_3_the_calendar_has_no_uid(body):
    lines = unfolded(body)
    assert "UID" not in names(lines[: lines.index("BEGIN:VEVENT")])


def test_content_4_zones_are_compact_and_each_is_there_once(all_of_it):
    text = "\n".join(unfolded(all_of_it))
    zones = dict(re.findall(r"BEGIN:VTIMEZONE\nTZID:(.+)\n([^V]*?)END:VTIMEZONE", text))
    assert set(zones) == set(re.findall(r";TZID=([^:;]+)", text))
    assert set(zones) == {PACIFIC, "Europe/Dublin", "Asia/Kolkata"}
    parts = {
        zone: Counter(re.findall("BEGIN:(.+)", block)) + Counter(re.findall("RRULE", block))
        for zone, block in zones.items()
    }
    assert parts.pop("Asia/Kolkata") == {"STANDARD": 1}
    assert list(parts.values()) == [{"STANDARD": 1, "DAYLIGHT": 1, "RRULE": 2}] * 2
    dublin = re.search("BEGIN:DAYLIGHT.*?TZOFFSETTO:(.{5})", zones["Europe/Dublin"], re.DOTALL)
    assert dublin and dublin[1] == "+0100"


def test_content_5_no_time_floats(body):
    for entries in Entries(body).by_uid.values():
        for one in entries:
            assert one["DTEND"] and not one["DURATION"]
            if one["RRULE"] and "VALUE" not in one["DTSTART"]:
                assert one["DTSTART"].startswith(";TZID=")
            for name in TIMES:
                said = one[name]
                allowed = (WALL, UTC_TIME, DAY)
                assert not said or any(form.fullmatch(said) for form in allowed), (name, said)


def test_content_6_rules_are_portable(all_of_it):
    rules = 0
    for entries in Entries(all_of_it).by_uid.values():
        for one in entries:
            assert sum(line.startswith("RRULE") for line in one.lines) <= 1
            assert not any(line.startswith(("RDATE", "EXRULE")) for line in one.lines)
            if not one["RRULE"]:
                continue
            rules += 1
            parts = dict(part.split("=") for part in one["RRULE"][1:].split(";"))
            assert parts["FREQ"] in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
            assert "COUNT" not in parts
            until = r"\d{8}" if "VALUE=DATE" in one["DTSTART"] else r"\d{8}T\d{6}Z"
            assert re.fullmatch(
                until, parts.get("UNTIL", "20270101T000000Z")[: len(until) + 4]
            ) or ("UNTIL" not in parts)
    assert rules > 15
    assert b"RANGE" not in all_of_it


def test_content_6_a_rule_starts_with_its_first_date(all_of_it, readers):  # noqa: F811
    zone = ZoneInfo(PACIFIC)
    span = (datetime(2026, 11, 1, tzinfo=zone), datetime(2029, 1, 1, tzinfo=zone))
    by_title = {one.title: one for one in reversed(readers["ical.js"].reads(all_of_it, *span))}
    for entries in Entries(all_of_it).by_uid.values():
        title = entries[0]["SUMMARY"][1:]
        if entries[0]["RRULE"].startswith(":FREQ=MONTHLY"):
            start = by_title[title].start.astimezone(zone)
            assert f"{start:%Y%m%dT%H%M%S}" in entries[0]["DTSTART"]


def test_content_7_exceptions_fit_their_rule(all_of_it):
    excepted = 0
    for entries in Entries(all_of_it).by_uid.values():
        master, overrides = entries[0], entries[1:]
        form = re.sub(r":.*", "", master["DTSTART"])
        at = master["DTSTART"].partition("T1")[2][-4:]
        gone = set(re.sub(r".*:", "", master["EXDATE"]).split(",")) - {""}
        excepted += len(gone)
        if gone:
            assert re.sub(r":.*", "", master["EXDATE"]) == form
        for one in overrides:
            assert re.sub(r":.*", "", one["RECURRENCE-ID"]) == form
            assert re.sub(r".*:", "", one["RECURRENCE-ID"]) not in gone
            assert one["RECURRENCE-ID"].endswith(at) or "VALUE=DATE" in form
            assert not one["RRULE"] and not one["EXDATE"]
            assert one["SUMMARY"] and one["DTEND"] and one["STATUS"] and one["URL"]
    assert excepted > 20
    moved_far = next(
        one
        for entries in Entries(all_of_it).by_uid.values()
        for one in entries
        if "-2026-12-22T1800" in one["UID"]
    )
    assert "RELATED-TO;RELTYPE=SIBLING:" in "\n".join(moved_far.lines)


RENDER = """
import sys
from time_machine import travel
from datetime import datetime
from app import create_app
app = create_app()
with travel(datetime.fromisoformat(sys.argv[1]), tick=False):
    sys.stdout.buffer.write(app.test_client().get("/feeds/all.ics").data)
"""


def test_content_9_the_same_rows_are_the_same_bytes(all_of_it, client, database):
    assert client.get("/feeds/all.ics").data == all_of_it
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": database, "GROUNDSWELL_ENV": "test",
           "SECRET_KEY": "only for tests " * 3, "SITE_URL": "http://localhost",
           "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}  # fmt: skip
    moment = (NOW + timedelta(hours=1)).isoformat()
    elsewhere = subprocess.run(
        [sys.executable, "-c", RENDER, moment], env=env, cwd=ROOT, capture_output=True, check=True
    )
    assert elsewhere.stdout == all_of_it


def test_content_9_a_stamp_is_the_last_change(all_of_it):
    moments = {
        one.moment(name)
        for entries in Entries(all_of_it).by_uid.values()
        for one in entries
        for name in ("DTSTAMP", "LAST-MODIFIED", "CREATED")
    }
    assert max(moments) <= (NOW + timedelta(minutes=5)).replace(tzinfo=None)


def test_content_12_a_cancelled_date_says_so_three_times(all_of_it):
    off = [
        one
        for entries in Entries(all_of_it).by_uid.values()
        for one in entries
        if one["STATUS"] == ":CANCELLED"
    ]
    assert len(off) > 4
    for one in off:
        assert one["TRANSP"] == ":TRANSPARENT"
        assert one["SUMMARY"].startswith(":CANCELLED: ")
        assert int(one["SEQUENCE"][1:]) > 0


def test_content_13_the_header(client, all_of_it):
    lines = unfolded(all_of_it)
    header = lines[: lines.index("BEGIN:VTIMEZONE")]
    assert names(header) == HEADER.split()
    assert "X-PUBLISHED-TTL:PT1H" in header
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in header
    assert "SOURCE;VALUE=URI:http://localhost/feeds/all.ics" in header


def test_content_14_what_events_say_and_what_never(body):
    lines = unfolded(body)
    assert not [line for line in lines if line.startswith(NEVER)]
    for entries in Entries(body).by_uid.values():
        for one in entries:
            found = names(list(one.lines))
            assert set(found) >= set(ALWAYS.split())
            assert len(set(found)) == len(found)
    text = body.decode().replace("\r\n ", "")
    secrets = (
        rich_calendar.SECRET_LINK,
        rich_calendar.SECRET_CODE,
        rich_calendar.PRIVATE_TITLE,
        rich_calendar.FULL_NAME,
    )
    assert not [secret for secret in secrets if secret in text]


def test_content_14_values_say_of_what_type_they_are(all_of_it):
    for line in unfolded(all_of_it):
        if line.startswith(("CONFERENCE", "X-APPLE-STRUCTURED-LOCATION", "SOURCE", "IMAGE")):
            assert ";VALUE=URI" in line.partition(":")[0], line


def test_content_15_order_is_stable_and_single_dates_are_in_bounds(all_of_it, client):
    assert list(Entries(all_of_it).by_uid) == list(
        Entries(client.get("/feeds/all.ics").data).by_uid
    )
    with travel(datetime(2027, 4, 20, tzinfo=UTC), tick=False):
        assert b"20270109T100000" not in client.get("/events/odd-dates.ics").data
    with travel(datetime(2027, 4, 1, tzinfo=UTC), tick=False):
        assert b"20270109T100000" in client.get("/events/odd-dates.ics").data


def test_every_program_reads_all_of_it_alike(body, readers):  # noqa: F811
    zone = ZoneInfo(PACIFIC)
    span = (datetime(2026, 11, 1, tzinfo=zone), datetime(2028, 1, 1, tzinfo=zone))
    by_ical_js, by_libical = (
        sorted(reader.reads(body, *span), key=str) for reader in readers.values()
    )
    assert by_ical_js == by_libical
    assert by_ical_js


@pytest.mark.parametrize("path", FEEDS)
def test_http_16_type_name_and_one_representation(client, path):
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    how, _semicolon, file = answer.headers["Content-Disposition"].partition("; ")
    single = path.count("/") == 3
    assert how == ("attachment" if single else "inline")
    assert re.fullmatch(r'filename="[a-z0-9-]+\.ics"', file)
    assert "Accept" not in (name.strip() for name in answer.headers.get("Vary", "").split(","))


def test_http_17_tags_first_then_dates(client):
    first = client.get("/feeds/all.ics")
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    later = format_datetime(NOW + timedelta(days=1), usegmt=True)
    earlier = format_datetime(NOW - timedelta(days=1), usegmt=True)

    def status(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get("/feeds/all.ics", headers=sent).status_code

    for known in (tag, f"W/{tag}", f'"a", {tag}, "b"', f'"a",W/{tag}', "*"):
        assert status(If_None_Match=known) == 304
    assert status(If_None_Match='"a"', If_Modified_Since=later) == 200
    assert [status(If_Modified_Since=one) for one in (changed, later)] == [304, 304]
    assert [status(If_Modified_Since=one) for one in (earlier, "soon", "")] == [200, 200, 200]
    head = client.head("/feeds/all.ics")
    kept = ("Content-Type", "Content-Length", "Content-Disposition", "ETag", "Last-Modified")
    assert [head.headers[one] for one in kept] == [first.headers[one] for one in kept]
    assert head.data == b""


def test_http_17_a_date_changes_with_the_others_of_its_series(make, app):
    zone = ZoneInfo(PACIFIC)
    days = [datetime(2026, 12, day, 18, 30, tzinfo=zone) for day in (1, 8)]
    event_id = make.event(slug="tuesday", created_at=NOW, updated_at=NOW)
    series_id = make.series(event_id, starts_on=days[0].date(), created_at=NOW, updated_at=NOW)
    stamps = {"series_id": series_id, "created_at": NOW, "updated_at": NOW}
    first, _second = (make.occurrence(event_id, day, **stamps) for day in days)
    path, later = "/events/tuesday/2026-12-08T1830.ics", NOW + timedelta(hours=2)
    with travel(later, tick=False):
        before = app.test_client().get(path)
        with app.app_context():
            assert isinstance(cancel_occurrence(first, "", by=SYSTEM, now=later), int)
        asked = {"If-Modified-Since": before.headers["Last-Modified"]}
        after = app.test_client().get(path, headers=asked)
    assert after.status_code == 200
    assert after.data != before.data


def test_http_17_what_leaves_with_the_days_is_a_change(client):
    before = client.get("/feeds/all.ics")
    changed = {"If-Modified-Since": before.headers["Last-Modified"]}
    with travel(datetime(2027, 2, 10, 18, tzinfo=UTC), tick=False):  # cancelled in December
        after = client.get("/feeds/all.ics", headers=changed)
    assert after.status_code == 200
    assert after.data != before.data


def test_http_18_whatever_is_asked_in_the_query_a_feed_is_answered(client):
    for query in ("kind=nonsense", "q=%00%ff", "lang=xx", "cancelled=maybe", "venue=" + "x" * 3000):
        assert client.get(f"/feeds/all.ics?{query}").status_code == 200, query


def test_http_19_addresses_are_short(client):
    long = client.get("/feeds/all.ics?" + "&".join(f"kind={kind}" for kind in (
        "support-group", "workshop", "leadership-training", "community-event"))
    )  # fmt: skip
    source = next(line for line in unfolded(long.data) if line.startswith("SOURCE"))
    assert len(source) < 256
