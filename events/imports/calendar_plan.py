"""What a newer calendar file changes of an event that came from an older one.

Three sides are compared: what the source said last, what it says now, and what stands here. What
only the source changed is taken, what only we changed is kept, and where both did ours is kept and
said so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from events.horizon import local_day
from events.imports.calendar_states import State, frame_here, frame_of, state_of, states_of
from events.imports.ical.entries import Entry, When
from events.imports.places import Places
from events.models import Event, Occurrence, Series, Visibility
from events.rules.planning import horizon
from events.slugs import slug_of

FIELDS = (
    "title",
    "description",
    "private",
    "online_url",
    "mode",
    "public",
    "tags",
    "location",
    "kind",
    "capacity",
    "languages",
)
WORDS = {
    "private": "joining notes",
    "online_url": "link",
    "mode": "the way to take part",
    "public": "visibility",
    "location": "place",
}
LONGEST_SHOWN = 60


@dataclass
class DatePlan:
    """What becomes of an event's dates to come. `ours`: none of it, since the desk gave the event
    another rhythm; `both` says where both sides changed."""

    ours: bool = False
    reframe: bool = False
    add: dict[str, State] = field(default_factory=dict)
    put: list[tuple[Occurrence, State]] = field(default_factory=list)
    rekey: list[tuple[Occurrence, str, State]] = field(default_factory=list)
    drop: list[Occurrence] = field(default_factory=list)
    both: list[str] = field(default_factory=list)

    def said(self) -> list[str]:
        """What changes, in words."""
        moved = len(self.put) + len(self.rekey)
        counts = ((len(self.add), "added"), (moved, "changed"), (len(self.drop), "dropped"))
        words = [f"{number:,} dates {word}" for number, word in counts if number]
        return (["another rhythm"] if self.reframe else []) + words


@dataclass
class EventPlan:
    """What becomes of an event. `values` are the fields to take from the source, `fingerprint` that
    of the entry as the file gave it."""

    event: Event
    base: Entry
    entry: Entry
    fingerprint: str
    series: Series | None
    values: dict[str, Any]
    dates: DatePlan
    both: list[str]

    @property
    def conflicts(self) -> bool:
        """Whether both sides changed something of it."""
        return bool(self.both or self.dates.both)

    @property
    def changes(self) -> bool:
        """Whether people will see a difference."""
        when, base = self.entry.when, self.base.when
        bounds = (when.cancelled, when.rule and when.rule.until)
        ended = bounds != (base.cancelled, base.rule and base.rule.until)
        return bool(self.values or self.dates.said() or (ended and not self.dates.ours))

    def reasons(self) -> tuple[str, ...]:
        """What changed at the source, and where both sides changed."""
        fields = ", ".join(WORDS.get(name, name) for name in self.values)
        changed = [f"changed: {fields}"] if fields else []
        return (*changed, *self.dates.said(), *self.both, *self.dates.both, *self.entry.notes)


def tags_of(entry: Entry) -> list[str]:
    """An entry's tags as the calendar keeps them."""
    return sorted({slug_of(tag, "")[:60] for tag in entry.tags} - {""})


def base_of(event: Event) -> Entry:
    """The entry as the source last gave it."""
    return msgspec.convert(event.source_values, Entry)


def going_on(entry: Entry, event: Event) -> Entry:
    """A rule that names no first day goes on from where it began when the file came first."""
    rule = entry.when.rule
    if not entry.floating or rule is None or not event.source_values:
        return entry
    base = base_of(event).when
    if base.rule is None or frame_of(base) != frame_of(entry.when):
        return entry
    rule = replace(rule, starts_on=base.rule.starts_on)
    return replace(entry, when=replace(entry.when, rule=rule))


def same_date(base: When, when: When) -> When:
    """A single date stays the same one when its source moves it: it keeps its key."""
    if base.rule or when.rule or (len(base.extra), len(when.extra)) != (1, 1):
        return when
    return replace(when, extra=(replace(when.extra[0], key=base.extra[0].key),))


def _seen(entry: Entry, name: str, places: Places) -> Any:
    if name == "languages" and entry.kind:
        return entry.languages or ("en",)
    if name == "tags":
        return tags_of(entry)
    return places.known_as(entry.location) if name == "location" else getattr(entry, name)


def _here(event: Event, base: Entry, name: str) -> Any:
    named = bool(base.kind)  # a calendar file says nothing of these
    found = {
        "private": event.online_notes,
        "public": event.visibility == Visibility.PUBLIC,
        "tags": [one.tag for one in event.tags],
        "location": event.venue_id,
        "mode": str(event.mode),
        "kind": str(event.kind) if named else "",
        "languages": tuple(one.language for one in event.languages) if named else (),
        "capacity": event.capacity if named else None,
    }
    return found[name] if name in found else getattr(event, name)


def _shown(name: str, value: Any) -> str:
    if name in {"private", "location"} or not isinstance(value, str):
        return ""
    return f" (there now {value[:LONGEST_SHOWN]!r})"


def _plan_fields(
    event: Event, base: Entry, entry: Entry, places: Places, *, theirs: bool
) -> tuple[dict[str, Any], list[str]]:
    take: dict[str, Any] = {}
    both: list[str] = []
    for name in FIELDS:
        was, now, here = (
            _seen(base, name, places),
            _seen(entry, name, places),
            _here(event, base, name),
        )
        if now in (was, here):
            continue
        if here == was:
            take[name] = getattr(entry, name)
            continue
        word, kept = WORDS.get(name, name), "the source's is taken" if theirs else "ours was kept"
        if theirs:
            take[name] = getattr(entry, name)
        both.append(f"{word} changed here and at the source{_shown(name, now)}: {kept}")
    return take, both


def active_series(event: Event, base: When) -> Series | None:
    """The series that the source's rule became: the latest with its rhythm."""
    if base.rule is None:
        return None
    like = [one for one in event.series if frame_here(one) == frame_of(base)]
    return like[-1] if like else None


def _edited_rhythm(event: Event, series: Series | None, base: When, now: datetime) -> bool:
    """Whether the desk gave the event another rhythm than the source last said."""
    if base.rule is None:
        return bool(event.series)
    if series is None or series.duration_minutes != base.minutes:
        return True
    today = local_day(now, base.timezone)
    going = [one for one in event.series if one.until is None or one.until >= today]
    ends = {series.until, base.rule.until}
    return any(one is not series for one in going) or (len(ends) > 1 and not base.cancelled)


def _pair_days(plan: DatePlan) -> None:
    """A date that goes and one that comes on the same day are one date at another time."""
    by_day: dict[str, list[Occurrence]] = {}
    for one in plan.drop:
        by_day.setdefault(one.key[:10], []).append(one)
    for key in sorted(plan.add):
        leaving = by_day.get(key[:10])
        if leaving:
            one = leaving.pop(0)
            plan.drop.remove(one)
            plan.rekey.append((one, key, plan.add.pop(key)))


def _compare_dates(
    rows: dict[str, Occurrence],
    base: dict[str, State],
    wanted: dict[str, State],
    known_to: str,
    now: datetime,
) -> DatePlan:
    plan = DatePlan()
    removed = {key[:10] for key in base if key not in rows and key[:10] <= known_to}
    for key, state in wanted.items():
        row, was = rows.get(key), base.get(key)
        if row is None:
            if state.starts_at <= now or (was and was.same(state)):
                continue  # what is past is not invented; what we removed stays removed
            if was is None and key[:10] in removed:
                continue
            if was and key[:10] <= known_to:
                plan.both.append(f"{key} was removed here and changed at the source: left out")
            else:
                plan.add[key] = state
        elif row.starts_at > now and not (was and was.same(state)):
            here = state_of(row)
            if here.same(state):
                continue
            if was is None or here.same(was):
                plan.put.append((row, state))
            else:
                plan.both.append(f"{key} changed here and at the source: ours was kept")
    for key in base.keys() - wanted.keys():
        row = rows.get(key)
        if row is None or row.starts_at <= now:
            continue
        if state_of(row).same(base[key]):
            plan.drop.append(row)
        else:
            plan.both.append(f"{key} changed here and is gone at the source: ours was kept")
    plan.drop.sort(key=lambda one: one.key)
    return plan


def _last_of(series: Series | None, reframe: bool, timezone: str, now: datetime) -> date:
    if series is not None and not reframe:
        return series.extended_to
    return horizon(local_day(now, timezone))


def _plan_dates(
    event: Event,
    series: Series | None,
    base: When,
    when: When,
    rows: dict[str, Occurrence],
    places: Places,
    now: datetime,
) -> DatePlan:
    if base == when:
        return DatePlan()
    reframe = frame_of(base) != frame_of(when)
    resized = (base.minutes, base.end_known) != (when.minutes, when.end_known)
    ended = (base.rule and base.rule.until) != (when.rule and when.rule.until)
    if (reframe or resized or ended) and _edited_rhythm(event, series, base, now):
        said = "its rhythm changed here and at the source: ours was kept, dates included"
        return DatePlan(ours=True, both=[said])
    last = _last_of(series, reframe, when.timezone, now)
    first = local_day(now, when.timezone) - timedelta(days=1)
    known_to = series.extended_to if series is not None else last
    plan = _compare_dates(
        rows,
        states_of(base, first, last, places),
        states_of(when, first, last, places),
        known_to.isoformat(),
        now,
    )
    _pair_days(plan)
    plan.reframe = reframe
    return plan


def plan_event(
    entry: Entry,
    event: Event,
    rows: dict[str, Occurrence],
    places: Places,
    now: datetime,
    *,
    theirs: bool = False,
) -> EventPlan:
    """What a newer entry changes of an event.

    Args:
        rows: the event's dates by key.
        theirs: where both sides changed what is said of it, take the source's.
    """
    base, given = base_of(event), entry.fingerprint()
    entry = replace(entry, when=same_date(base.when, entry.when))
    values, both = _plan_fields(event, base, entry, places, theirs=theirs)
    series = active_series(event, base.when)
    dates = _plan_dates(event, series, base.when, entry.when, rows, places, now)
    return EventPlan(event, base, entry, given, series, values, dates, both)
