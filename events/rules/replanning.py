"""What becomes of the dates of a series when its rhythm changes.

Every date there is meets one of the new rhythm: that of the same day, else the next one in the
same week (month). Whoever signed up stays with their date; a date with people on it is never
dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from events.rules.breaks import PlannedDate
from events.rules.recurrence import Rhythm, Unit


class Choice(StrEnum):
    """What a coordinator may choose for a date with people on it."""

    MOVE = "move"  # with its series
    KEEP = "keep"  # when it is now
    CANCEL = "cancel"


class Fate(StrEnum):
    """What becomes of a date."""

    ADDED = "added"
    SAME = "same"
    MOVED = "moved"
    KEPT = "kept"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


@dataclass(frozen=True)
class StandingDate:
    """A date there is. `original` is what its key says, `starts` when it takes place, both naive
    local. `by_hand`: it was moved alone. `over`: it has begun. `people`: anyone is on it."""

    id: int
    original: datetime
    starts: datetime
    by_hand: bool = False
    cancelled: bool = False
    over: bool = False
    people: bool = False


@dataclass(frozen=True)
class Step:
    """One date's way from the old rhythm to the new one; `old` or `new` may be missing."""

    fate: Fate
    old: StandingDate | None = None
    new: PlannedDate | None = None

    @property
    def starts(self) -> datetime:
        """When the date takes place afterwards, naive local; for a dropped one, when it was."""
        if self.new is not None and self.fate in (Fate.ADDED, Fate.MOVED):
            return self.new.starts
        if self.old is None:
            raise ValueError("a step has a date before or after")
        return self.old.starts


def _period(unit: Unit) -> Callable[[date], Hashable]:
    if unit == Unit.MONTH:
        return lambda day: (day.year, day.month)
    return lambda day: day.isocalendar()[:2]


def _pairs(
    standing: Sequence[StandingDate], planned: Sequence[PlannedDate], unit: Unit
) -> list[tuple[StandingDate | None, PlannedDate | None]]:
    by_day = {one.original.date(): one for one in planned}
    pairs: list[tuple[StandingDate | None, PlannedDate | None]] = []
    rest = []
    for old in standing:
        new = by_day.pop(old.original.date(), None)
        if new is None:
            rest.append(old)
        else:
            pairs.append((old, new))
    period = _period(unit)
    waiting: dict[Hashable, list[PlannedDate]] = {}
    for new in by_day.values():
        waiting.setdefault(period(new.original.date()), []).append(new)
    for old in rest:
        near = waiting.get(period(old.original.date()))
        pairs.append((old, near.pop(0) if near else None))
    pairs += [(None, new) for news in waiting.values() for new in news]
    return pairs


def _together(old: StandingDate, new: PlannedDate, choice: Choice) -> list[Step]:
    if old.over:
        return [Step(Fate.KEPT, old, new)]
    if old.people and choice == Choice.CANCEL:
        if old.original == new.original:
            return [Step(Fate.CANCELLED, old, new)]
        return [Step(Fate.CANCELLED, old), Step(Fate.ADDED, new=new)]
    if old.by_hand or (old.people and choice == Choice.KEEP):
        return [Step(Fate.SAME if old.starts == new.starts else Fate.KEPT, old, new)]
    same = old.starts == new.starts and old.original == new.original
    return [Step(Fate.SAME if same else Fate.MOVED, old, new)]


def _alone(old: StandingDate, choice: Choice) -> Step:
    if old.over or (old.people and choice != Choice.CANCEL):
        return Step(Fate.KEPT, old)
    return Step(Fate.CANCELLED if old.people else Fate.DROPPED, old)


def replan(
    standing: Sequence[StandingDate],
    planned: Sequence[PlannedDate],
    rhythm: Rhythm,
    *,
    taken: Collection[datetime] = (),
    choices: Mapping[int, Choice] | None = None,
) -> list[Step]:
    """Each date's way, in order of time.

    Args:
        standing: the dates of the series from the change on, in order.
        planned: the dates of the new rhythm over the same stretch of time, in order.
        rhythm: the new rhythm.
        taken: original starts that other dates of the event have: no second date is made there.
        choices: what a coordinator chose for dates with people, by id; MOVE where nothing is said.
    """
    free = [one for one in planned if one.original not in taken]
    chosen = choices or {}
    steps: list[Step] = []
    for old, new in _pairs(standing, free, rhythm.unit):
        if old is None:
            steps.append(Step(Fate.ADDED, new=new))
        elif new is None:
            steps.append(_alone(old, chosen.get(old.id, Choice.MOVE)))
        else:
            steps += _together(old, new, chosen.get(old.id, Choice.MOVE))
    return sorted(steps, key=lambda step: (step.starts, step.fate))
