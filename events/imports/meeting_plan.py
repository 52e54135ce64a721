"""What a newer meeting list changes of an event that came from an older one.

Three sides are compared: what the source said last, what it says now, and what stands here. What
only the source changed is taken, what only we changed is kept; where both did ours is kept, unless
the source's is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events.imports.listed import Meeting
from events.models import Event, Unit

NOT_MEETING = "Not meeting at present."
BY_APPOINTMENT = "By appointment."
FIELDS = (
    "title",
    "summary",
    "description",
    "mode",
    "place",
    "online_url",
    "online_phone",
    "online_notes",
    "access",
    "tags",
    "languages",
)
PRIVATE = frozenset({"online_url", "online_phone", "online_notes", "place"})
WORDS = {
    "online_url": "link",
    "online_phone": "phone number",
    "online_notes": "joining notes",
    "access": "access facts",
    "mode": "the way to take part",
}
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class MeetingPlan:
    """What becomes of an event: the names of the fields to take from the source, whether its dates
    change, and what both sides changed."""

    meeting: Meeting
    event: Event
    take: tuple[str, ...]
    dates: bool
    both: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether people will see a difference."""
        return self.dates or bool(self.take)

    def reasons(self) -> tuple[str, ...]:
        """What changed at the source, and where both sides changed."""
        words = [WORDS.get(name, name) for name in self.take] + ["dates"] * self.dates
        return ((f"changed: {', '.join(words)}",) if words else ()) + self.both


def days_of(meeting: Meeting) -> tuple[int, ...]:
    """The weekdays it is held on."""
    return meeting.weekdays if meeting.meets else ()


def summary_of(meeting: Meeting) -> str:
    """What is said of a meeting without dates."""
    if not meeting.meets:
        return NOT_MEETING
    return "" if meeting.weekdays else BY_APPOINTMENT


def values_of(meeting: Meeting) -> dict[str, Any]:
    """What the source says, as JSON can hold it."""
    return {
        "title": meeting.name,
        "summary": summary_of(meeting),
        "description": meeting.description,
        "mode": str(meeting.mode),
        "place": meeting.place.source_id if meeting.place else None,
        "online_url": meeting.online_url,
        "online_phone": meeting.online_phone,
        "online_notes": meeting.online_notes,
        "access": list(meeting.types.access),
        "tags": sorted(meeting.types.tags),
        "languages": sorted(meeting.types.languages or ("en",)),
        "when": _when(meeting),
    }


def _when(meeting: Meeting) -> list[list[Any]]:
    start = meeting.start.isoformat() if meeting.start else None
    days = days_of(meeting)
    return [[day, start, meeting.minutes, meeting.end_known, meeting.timezone] for day in days]


def _here(event: Event, source: str) -> dict[str, Any]:
    venue = event.venue
    own = venue is not None and venue.source == source
    return {
        "title": event.title,
        "summary": event.summary,
        "description": event.description,
        "mode": str(event.mode),
        "place": venue.source_id if venue is not None and own else event.venue_id,
        "online_url": event.online_url,
        "online_phone": event.online_phone,
        "online_notes": event.online_notes,
        "access": list(event.access),
        "tags": sorted(one.tag for one in event.tags),
        "languages": sorted(one.language for one in event.languages),
        "when": _when_here(event),
    }


def _when_here(event: Event) -> list[list[Any]] | None:
    """The weekly series that go on; None when the desk gave the event another rhythm."""
    going = [one for one in event.series if one.until is None]
    plain = all(
        one.unit == Unit.WEEK and one.interval == 1 and len(one.weekdays) == 1 for one in going
    )
    if not plain:
        return None
    return sorted(
        [
            one.weekdays[0],
            one.start_time.isoformat(),
            one.duration_minutes,
            one.end_known,
            one.timezone,
        ]
        for one in going
    )


def _both(name: str, value: Any, *, theirs: bool) -> str:
    kept = "the source's is taken" if theirs else "ours was kept"
    shown = ""
    if name not in PRIVATE and isinstance(value, str):
        shown = f" (there now {value[:LONGEST_SHOWN]!r})"
    return f"{WORDS.get(name, name)} changed here and at the source{shown}: {kept}"


def plan_meeting(meeting: Meeting, event: Event, source: str, *, theirs: bool) -> MeetingPlan:
    """What a newer listing changes of an event.

    An event from before its source was noted takes everything that its source says.

    Args:
        theirs: where both sides changed what is said of it, take the source's.
    """
    there, here = values_of(meeting), _here(event, source)
    base = event.source_values or here
    take, both = [], []
    for name in FIELDS:
        if there[name] in (base[name], here[name]):
            continue
        if here[name] != base[name]:
            both.append(_both(name, there[name], theirs=theirs))
        if theirs or here[name] == base[name]:
            take.append(name)
    dates = there["when"] not in (base["when"], here["when"])
    if dates and here["when"] != base["when"]:
        both.append("its rhythm changed here and at the source: ours was kept, dates included")
        dates = False
    return MeetingPlan(meeting, event, tuple(take), dates, tuple(both))
