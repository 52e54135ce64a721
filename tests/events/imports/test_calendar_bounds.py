"""However wild a calendar file is: a reading or a clear refusal, within seconds, never half."""

from __future__ import annotations

import time
from datetime import date, timedelta

import msgspec
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.db import db
from events.imports.files import Unreadable
from events.imports.ical.bounded import read_bounded
from events.imports.ical.child import answer
from events.imports.ical.entries import Question
from events.models import Event, Occurrence, OccurrenceStatus, SignupState
from people.models import OutboxMessage
from tests.events.imports.files import NOW, PACIFIC, bring_in, calendar, entry, timed, weekly
from tests.factory import Factory

QUESTION = Question(PACIFIC, date(2026, 1, 1), date(2028, 12, 31), 5000)
SAMPLE = calendar(
    weekly("EXDATE;TZID=America/Los_Angeles:20261208T180000", "LOCATION:Harbor Hall\\, 1 Pier"),
    timed("20261215T190000", "20261215T200000", "RECURRENCE-ID:20261215T180000", title="Moved"),
    weekly(uid="m", rule="FREQ=MONTHLY;BYDAY=2TU,-1FR;COUNT=9", title="Reunión"),
    entry("DTSTART;VALUE=DATE:20261224", "DURATION:P2D", uid="d", title="Retreat"),
)
PIECES = st.sampled_from(
    (
        *(b"\r\n", b"\n", b"\r", b"\0", b"\xc3", b";", b":", b"\xef\xbb\xbf", b"\r\n "),
        *(b"BEGIN:VEVENT\r\n", b"END:VCALENDAR\r\n", b"DURATION:-PT5M\r\n"),
        *(b"RRULE:FREQ=SECONDLY\r\n", b"FREQ=", b"-1", b"COUNT=999999999;"),
        *(b"99991231T235959Z", b"TZID=Pacific Standard Time"),
    )
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The sample with pieces cut out, put in and said twice."""
    content = SAMPLE
    for _hurt in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        to = min(len(content), at + draw(st.integers(0, 60)))
        how = draw(st.sampled_from(["cut", "put", "twice"]))
        middle = {"cut": b"", "put": draw(PIECES), "twice": content[at:to] * 2}[how]
        content = content[:at] + middle + content[to if how != "put" else at :]
    return content


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(damaged())
def test_a_damaged_file_gets_a_reading_or_a_sentence(content: bytes) -> None:
    found = answer(msgspec.json.encode(QUESTION) + b"\n" + content)
    assert (found.reading is None) == bool(found.unreadable)
    assert "Error:" not in found.unreadable, found.unreadable  # no traceback in disguise


def test_reading_ends_when_its_time_is_up() -> None:
    many = "".join(weekly(uid=f"u{number}") for number in range(40_000))
    generous = msgspec.structs.replace(QUESTION, most_entries=100_000)
    began = time.monotonic()
    with pytest.raises(Unreadable, match=r"takes (too long|more time)"):
        read_bounded(calendar(many), generous, seconds=1)
    assert time.monotonic() - began < 10


def test_fifty_megabytes_are_refused_at_once(app: Flask) -> None:
    began = time.monotonic()
    with app.app_context(), pytest.raises(Unreadable, match="MB"):
        bring_in(b"BEGIN:VCALENDAR\r\n" + b"X-A:" + b"b" * 50_000_000)
    assert time.monotonic() - began < 5


def test_a_local_edit_is_kept_and_what_both_changed_is_said(both_databases: Flask) -> None:
    with both_databases.app_context():
        bring_in(calendar(weekly("DESCRIPTION:Old words")))
        event = db.session.scalars(select(Event)).one()
        event.title = "Our own name"
        db.session.commit()
        report = bring_in(calendar(weekly("DESCRIPTION:New words", title="Their new name")))
        event = db.session.scalars(select(Event)).one()
        assert (event.title, event.description) == ("Our own name", "New words")
        said = " ".join(reason for line in report.lines for reason in line.reasons)
        assert "title" in said


def test_a_dropped_date_with_people_on_it_is_cancelled_and_they_are_told(
    both_databases: Flask,
) -> None:
    make = Factory(both_databases)
    with both_databases.app_context():
        bring_in(calendar(weekly()))
        one = db.session.scalars(
            select(Occurrence.id).where(Occurrence.key == "2026-12-15T1800")
        ).one()
    make.signup(one, state=SignupState.SEATED, email="sam@example.org")
    with both_databases.app_context():
        gone = "EXDATE;TZID=America/Los_Angeles:20261215T180000"
        bring_in(calendar(weekly(gone)), now=NOW + timedelta(hours=1))
        kept = db.session.get_one(Occurrence, one)
        assert kept.status == OccurrenceStatus.CANCELLED
        assert [mail.kind for mail in db.session.scalars(select(OutboxMessage))] == [
            "date-cancelled"
        ]
