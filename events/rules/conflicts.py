"""What is booked twice: dates that want the same room, or the same facilitator, at one time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

Want = tuple[str, int]  # a sort of thing, and which one


@dataclass(frozen=True)
class Booking:
    """What a date wants from `starts` to `ends` (aware): rooms and people."""

    id: int
    starts: datetime
    ends: datetime
    wants: frozenset[Want]


@dataclass(frozen=True)
class Clash:
    """Two bookings that want the same thing at one time; `first` is the one that starts earlier."""

    first: int
    second: int
    wanted: Want


def overlap(starts: datetime, ends: datetime, from_: datetime, to: datetime) -> bool:
    """Whether two stretches of time have a moment in common; one may begin as another ends."""
    return starts < to and from_ < ends


def _of_one(wanted: Want, bookings: list[Booking]) -> Iterator[Clash]:
    going_on: list[Booking] = []
    for one in sorted(bookings, key=lambda found: (found.starts, found.id)):
        going_on = [other for other in going_on if other.ends > one.starts]
        yield from (Clash(other.id, one.id, wanted) for other in going_on)
        going_on.append(one)


def clashes(bookings: Iterable[Booking]) -> list[Clash]:
    """Every pair of bookings that cannot both have what they want, once for each such thing."""
    by_want: dict[Want, list[Booking]] = defaultdict(list)
    for one in bookings:
        for wanted in one.wants:
            by_want[wanted].append(one)
    found = [clash for wanted, some in by_want.items() for clash in _of_one(wanted, some)]
    return sorted(found, key=lambda clash: (clash.first, clash.second, str(clash.wanted)))
