"""A calendar file (.ics) compared with the calendar, and the difference applied."""

from __future__ import annotations

from datetime import datetime

from events.imports.files import Unreadable
from events.imports.report import Report
from events.models import Kind
from people.audit import Actor

MOST_BYTES = 2_000_000
MOST_BYTES_LARGE = 50_000_000  # when the operator asks for it


def source_of_calendar(content: bytes, file_name: str) -> str:
    """The identity of a calendar, the same for each of its files: `ics:` and its name."""
    return f"ics:{file_name}"[:80]


def import_calendar(
    content: bytes,
    *,
    source: str,
    timezone: str,
    kind: Kind,
    capacity: int | None,
    by: Actor,
    now: datetime,
    partial: bool = False,
    dry_run: bool = False,
    most_bytes: int = MOST_BYTES,
) -> Report:
    """Operation: bring a calendar file into the calendar, all of it or nothing.

    Args:
        source: what `source_of_calendar` gives; a later file of the same source updates it.
        timezone: the IANA zone of times that name none.
        kind: what its events are; one-to-one meetings are private.
        capacity: with seats one signs up for each date; None is drop-in.
        most_bytes: larger files are refused.

    Raises:
        Unreadable: the file as a whole is no calendar; the message says why and what to do.
    """
    if len(content) > most_bytes:
        raise Unreadable(f"The file is larger than {most_bytes // 1_000_000} MB: split it.")
    return Report()
