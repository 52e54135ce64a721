"""Small invented calendar files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from events.imports.calendars import import_calendar
from events.imports.report import Report
from events.models import Kind
from people.audit import SYSTEM

PACIFIC = "America/Los_Angeles"
NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)  # a Wednesday, noon in California


def entry(
    *lines: str, uid: str | None = "harbor-1@example.org", title: str = "Harbor Group"
) -> str:
    """A VEVENT of these lines."""
    said = ["BEGIN:VEVENT", *([f"UID:{uid}"] if uid else [])]
    said += [f"SUMMARY:{title}"] if title else []
    return "\r\n".join([*said, *lines, "END:VEVENT", ""])


def timed(
    start: str = "20261201T180000",
    end: str = "20261201T193000",
    *lines: str,
    zone: str = PACIFIC,
    **options: Any,
) -> str:
    """A VEVENT from start to end by the wall clock of a zone."""
    return entry(f"DTSTART;TZID={zone}:{start}", f"DTEND;TZID={zone}:{end}", *lines, **options)


def weekly(*lines: str, rule: str = "FREQ=WEEKLY;BYDAY=TU", **options: Any) -> str:
    """Tuesdays at 18:00 from 1 December 2026 on."""
    return timed("20261201T180000", "20261201T193000", f"RRULE:{rule}", *lines, **options)


def calendar(*entries: str, head: tuple[str, ...] = ()) -> bytes:
    """A whole file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *head, ""]
    return ("\r\n".join(lines) + "".join(entries) + "END:VCALENDAR\r\n").encode()


def bring_in(content: bytes, *, now: datetime = NOW, **options: Any) -> Report:
    """Import a file as one calendar."""
    values = {
        "source": "ics:example",
        "timezone": PACIFIC,
        "kind": Kind.SUPPORT_GROUP,
        "capacity": None,
        "by": SYSTEM,
    }
    return import_calendar(content, **{**values, **options}, now=now)
