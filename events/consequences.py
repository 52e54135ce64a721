"""What a change of a series would do: every date's way, and who would be told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.db import db
from core.outcome import Refused
from events.horizon import local_day
from events.models import (
    Joining,
    Kind,
    Series,
)
from events.rules.breaks import PlannedDate
from events.rules.planning import PlanRefusal
from events.rules.recurrence import to_utc
from events.rules.replanning import Choice, Fate, Step, replan
from events.series import (
    SeriesPlan,
    plan_of,
    planned_of,
    reach_of,
    series_fault,
)
from events.series_reading import Crowd, Reading, read_series


class Scope(StrEnum):
    """How far a change reaches."""

    FOLLOWING = "following"  # a date and all after it
    ALL = "all"  # every date still to come


@dataclass(frozen=True)
class SeriesChange:
    """A series to change, how far and into what.

    `since` is the original local day of the first date it touches. `choices` are what becomes of
    dates with people on them, by id; they go along where nothing is said.
    """

    series_id: int
    plan: SeriesPlan
    since: date
    scope: Scope
    choices: Mapping[int, Choice]


@dataclass(frozen=True)
class Consequences:
    """What a change would do. `splits` says that the dates before `since` stay in a series of
    their own; `resized` that length or place of dates that stay change as well. `fingerprint` is
    equal as long as the series stands as it does, with the same people on the same dates."""

    steps: tuple[Step, ...]
    crowds: Mapping[int, Crowd]
    splits: bool
    resized: bool
    fingerprint: str

    def of(self, *fates: Fate) -> list[Step]:
        """The steps that end so."""
        return [step for step in self.steps if step.fate in fates]

    def crowd(self, step: Step) -> Crowd:
        """Who is on the date of a step."""
        return self.crowds.get(step.old.id, Crowd()) if step.old else Crowd()

    def told(self) -> int:
        """How many people will get a message."""
        fates = {Fate.MOVED, Fate.CANCELLED} | ({Fate.SAME} if self.resized else set())
        return sum(
            self.crowd(step).reachable
            for step in self.steps
            if step.fate in fates and step.old and not step.old.over and not step.old.cancelled
        )


def _resized(old: SeriesPlan, new: SeriesPlan) -> bool:
    return (old.minutes, old.all_day, old.venue_id, old.room_id) != (
        new.minutes,
        new.all_day,
        new.venue_id,
        new.room_id,
    )


def reach_for(reading: Reading, change: SeriesChange, now: datetime) -> date:
    """The last local day for which a changed series gets dates now; never before the present."""
    cohort = reading.event.joining == Joining.COHORT
    reach = reach_of(change.plan.rhythm, reading.series.timezone, now, cohort=cohort)
    return max(reach, reading.series.extended_to)


def _fingerprint(reading: Reading, coming: Sequence[PlannedDate]) -> str:
    said = [str(reading.series.sequence), str(reading.series.updated_at)]
    said += [f"{one} {reading.crowds.get(one.id)}" for one in reading.standing]
    said += [str(one) for one in coming]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def find_consequences(reading: Reading, change: SeriesChange, now: datetime) -> Consequences:
    """What a change does to every date from its first day on; changes nothing."""
    plan = change.plan
    last = reach_for(reading, change, now)
    planned = [] if ends_before(change) else planned_of(plan, change.since, last)
    already = {one.original for one in reading.standing}
    coming = [
        one
        for one in planned
        if one.original in already or to_utc(one.starts, reading.series.timezone) > now
    ]
    steps = replan(
        reading.standing, coming, plan.rhythm, taken=reading.taken, choices=change.choices
    )
    return Consequences(
        tuple(steps),
        reading.crowds,
        splits=reading.history > 0 and not ends_before(change),
        resized=_resized(plan_of(reading.series), plan),
        fingerprint=_fingerprint(reading, coming),
    )


def change_fault(reading: Reading, change: SeriesChange, now: datetime) -> PlanRefusal | None:
    """Why a change cannot be made, or None."""
    today = local_day(now, reading.series.timezone)
    if ends_before(change):
        return None
    kind, joining = Kind(reading.event.kind), Joining(reading.event.joining)
    return series_fault(change.plan, kind, joining, today)


def consequences_of(change: SeriesChange, now: datetime) -> Consequences | Refused:
    """What a change of a series would do, without doing it."""
    session = db.session()
    series = session.get(Series, change.series_id)
    if series is None:
        return Refused(PlanRefusal.UNKNOWN_SERIES)
    reading = read_series(session, series, change.since, now)
    fault = change_fault(reading, change, now)
    return Refused(fault) if fault else find_consequences(reading, change, now)


def ends_before(change: SeriesChange) -> bool:
    """Whether the change is that nothing follows."""
    until = change.plan.rhythm.until
    return until is not None and until < change.since
