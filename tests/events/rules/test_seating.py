"""Seats go in order: never too many, nobody overtaken, none left empty while someone waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.seating import (
    Answer,
    SeatRefusal,
    Sitting,
    availability,
    decide,
    free_seats,
    move_up,
)

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
OPEN = Sitting(
    capacity=2,
    taken=0,
    waiting=0,
    closes_at=NOW + timedelta(hours=1),
    ends_at=NOW + timedelta(hours=3),
)


@pytest.mark.parametrize(
    ("sitting", "party", "answer"),
    [
        (OPEN, 1, Answer.SEATED),
        (OPEN, 2, Answer.SEATED),
        (replace(OPEN, taken=2), 1, Answer.QUEUED),
        (replace(OPEN, taken=1), 2, Answer.QUEUED),
        (replace(OPEN, taken=1, waiting=1), 1, Answer.QUEUED),
        (replace(OPEN, capacity=None, taken=900), 10, Answer.SEATED),
        (replace(OPEN, capacity=0), 1, Answer.QUEUED),
        (OPEN, 3, SeatRefusal.TOO_MANY),
        (replace(OPEN, cancelled=True), 1, SeatRefusal.CANCELLED),
        (replace(OPEN, ends_at=NOW), 1, SeatRefusal.PAST),
        (replace(OPEN, closes_at=NOW), 1, SeatRefusal.CLOSED),
    ],
)
def test_a_seat_a_place_in_line_or_a_reason(
    sitting: Sitting, party: int, answer: Answer | SeatRefusal
) -> None:
    assert decide(sitting, party, NOW) == answer


@pytest.mark.parametrize(
    ("word", "values"),
    [
        ("open", {"taken": 3}),
        ("open", {"capacity": None, "taken": 999}),
        ("few", {"taken": 7}),
        ("few", {"capacity": 100, "taken": 80}),
        ("full", {"taken": 10}),
        ("full", {"taken": 12}),
        ("full", {"taken": 9, "waiting": 1}),
        ("closed", {"closes_at": NOW}),
        ("closed", {"cancelled": True}),
        ("drop-in", {"joining": "drop-in", "capacity": 1, "taken": 5}),
    ],
)
def test_room_in_one_word(word: str, values: dict[str, object]) -> None:
    usual: dict[str, object] = {
        "joining": "per-date",
        "capacity": 10,
        "taken": 0,
        "closes_at": NOW + timedelta(hours=1),
        "cancelled": False,
        "now": NOW,
    }
    assert availability(**(usual | values)) == word  # type: ignore[arg-type]


def test_a_large_party_at_the_head_keeps_its_place() -> None:
    assert move_up(3, 2, [(1, 2), (2, 1)]) == []
    assert move_up(4, 2, [(1, 2), (2, 1)]) == [1]
    assert move_up(None, 50, [(1, 2), (2, 1)]) == [1, 2]


def test_lowering_the_capacity_never_counts_below_nothing() -> None:
    assert free_seats(2, 5) == 0
    assert free_seats(None, 5) is None
    assert move_up(2, 5, [(1, 1)]) == []


@dataclass
class Room:
    """A room whose history is made by the rules alone."""

    capacity: int
    seated: dict[int, int]
    queue: list[tuple[int, int]]
    order: list[int]
    number: int = 0

    def taken(self) -> int:
        return sum(self.seated.values())

    def arrive(self, party: int) -> None:
        self.number += 1
        sitting = replace(OPEN, capacity=self.capacity, taken=self.taken(), waiting=len(self.queue))
        answer = decide(sitting, party, NOW)
        if answer == Answer.SEATED:
            self.seated[self.number] = party
            self.order.append(self.number)
        elif answer == Answer.QUEUED:
            self.queue.append((self.number, party))

    def leave(self, place: int) -> None:
        everyone = [*self.seated, *(number for number, _party in self.queue)]
        if everyone:
            gone = everyone[place % len(everyone)]
            self.seated.pop(gone, None)
            self.queue = [one for one in self.queue if one[0] != gone]
        self.settle()

    def resize(self, capacity: int) -> None:
        self.capacity = capacity
        self.settle()

    def settle(self) -> None:
        for number in move_up(self.capacity, self.taken(), self.queue):
            self.seated[number] = dict(self.queue)[number]
            self.order.append(number)
        self.queue = [one for one in self.queue if one[0] not in self.seated]


STEPS = st.one_of(
    st.tuples(st.just("arrive"), st.integers(1, 4)),
    st.tuples(st.just("leave"), st.integers(0, 30)),
    st.tuples(st.just("resize"), st.integers(0, 12)),
)


@given(st.integers(0, 8), st.lists(STEPS, max_size=60))
def test_whatever_happens_seats_are_right(capacity: int, steps: list[tuple[str, int]]) -> None:
    room = Room(capacity, {}, [], [])
    for step, value in steps:
        before = room.taken()
        getattr(room, step)(value)
        assert room.taken() <= max(room.capacity, before), "more seated than seats"
        assert room.order == sorted(room.order), "somebody was overtaken"
        if room.queue:
            assert room.taken() + room.queue[0][1] > room.capacity, "a freed seat stayed empty"
