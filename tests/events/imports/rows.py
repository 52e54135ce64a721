"""Small invented meeting lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from events.imports.importing import import_meetings
from events.imports.report import Report
from people.audit import SYSTEM

PACIFIC = "America/Los_Angeles"
NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)  # a Wednesday, noon in California
HALL = "1 Pier Road, Anytown, CA 90000, USA"


def row(**values: Any) -> dict[str, Any]:
    """A Monday evening at the hall, but for `values`."""
    return {
        "slug": "harbor-group",
        "name": "Harbor Group",
        "day": 1,
        "time": "18:00",
        "end_time": "19:30",
        "location": "Harbor Hall",
        "formatted_address": HALL,
    } | values


def bring_in(*rows: dict[str, Any], now: datetime = NOW, **options: Any) -> Report:
    """Import rows as one feed."""
    return import_meetings(
        list(enumerate(rows, 1)),
        **{"source": "meetings:example.org", "timezone": PACIFIC, "by": SYSTEM, "now": now}
        | options,
    )
