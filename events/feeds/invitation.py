"""One person's dates as an invitation that their calendar program takes from mail (RFC 5546, 6047).

It carries the UIDs of the feeds, so that a date is in a calendar once, and only its recipient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.feeds import lines
from events.feeds.ical import PRODID
from events.feeds.vtimezone import vtimezone

REQUEST, CANCEL = "REQUEST", "CANCEL"


@dataclass(frozen=True)
class InvitedDate:
    """A date as its recipient's calendar shall have it. `instance` is its original start, naive
    local, when it is one of a series said by a rule, in the zone `rule_timezone`."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    timezone: str
    summary: str
    description: str
    location: str
    url: str
    all_day: bool = False
    instance: datetime | None = None
    rule_timezone: str = ""
    rule_all_day: bool = False


@dataclass(frozen=True)
class Envelope:
    """Who invites whom, and when this was written."""

    organizer_name: str
    organizer: str
    attendee: str
    stamp: datetime


def _span(one: InvitedDate) -> Iterator[str]:
    for name, moment in (("DTSTART", one.starts_at), ("DTEND", one.ends_at)):
        if one.all_day:
            yield f"{name}{lines.day(moment, one.timezone)}"
        else:
            yield lines.local(name, moment, one.timezone)


def _event(one: InvitedDate, method: str, envelope: Envelope) -> Iterator[str]:
    cancelled = method == CANCEL
    yield "BEGIN:VEVENT"
    yield lines.text("UID", one.uid)
    yield f"DTSTAMP:{lines.utc(envelope.stamp)}"
    yield f"SEQUENCE:{one.sequence}"
    if one.instance is not None:
        yield lines.recurrence_id(one.instance, one.rule_timezone, all_day=one.rule_all_day)
    yield from _span(one)
    yield lines.text("SUMMARY", one.summary)
    yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if cancelled else 'OPAQUE'}"
    yield "CLASS:PRIVATE"
    if one.location:
        yield lines.text("LOCATION", one.location)
    yield lines.text("DESCRIPTION", one.description)
    yield lines.uri("URL", one.url)
    name = lines.parameter(envelope.organizer_name)
    yield lines.uri(f"ORGANIZER;CN={name}", f"mailto:{envelope.organizer}")
    how = "ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"
    yield lines.uri(f"ATTENDEE;CUTYPE=INDIVIDUAL;{how}", f"mailto:{envelope.attendee}")
    yield "END:VEVENT"


def render(dates: Sequence[InvitedDate], method: str, envelope: Envelope) -> bytes:
    """An invitation (REQUEST) to dates of one UID, or their cancellation (CANCEL).

    Raises:
        ValueError: the dates have several UIDs, which one message must not have.
    """
    if len({one.uid for one in dates}) != 1:
        raise ValueError("an invitation is about one UID")
    zones = {one.timezone for one in dates if not one.all_day}
    zones |= {one.rule_timezone for one in dates if one.instance and not one.rule_all_day}
    said = ["BEGIN:VCALENDAR", "VERSION:2.0", lines.text("PRODID", PRODID)]
    said += ["CALSCALE:GREGORIAN", f"METHOD:{method}"]
    for zone in sorted(zones):
        said += vtimezone(zone)
    for one in dates:
        said += _event(one, method, envelope)
    said.append("END:VCALENDAR")
    return b"".join(lines.folded(line) for line in said)
