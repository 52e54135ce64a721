"""The roll call's operations, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, write
from core.outcome import Refused
from curriculum.models import Credit
from events.attendance import Count, MarkOutcome, RollRefusal, open_roll, receive_marks
from events.models import (
    AttendanceMark,
    AttendanceRecord,
    HeadCount,
    Occurrence,
    OccurrenceStatus,
    SignupState,
)
from events.rules.rollcall import Mark, MarkRefusal, Outcome
from people import audit
from people.audit import SYSTEM, Actor
from people.models import AuditEntry, Person
from tests.factory import Factory

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
START = NOW - timedelta(minutes=30)


class Evening:
    """A date that teaches a course, with a facilitator, two who are seated and one who waits."""

    def __init__(self, app: Flask, name: str = "evening") -> None:
        self.app, self.make = app, Factory(app)
        self.course = self.make.course(code=name)
        self.event = self.make.event(course_id=self.course, slug=name)
        self.date = self.make.occurrence(self.event, START)
        self.lead: Actor = audit.person(self.make.person("Rosa"))
        assert self.lead.person_id
        self.make.assignment(self.event, self.lead.person_id)
        self.ana, self.ben, self.walt = (self.make.person(n) for n in ("Ana", "Ben", "Walt"))
        self.make.signup(self.date, person_id=self.ana)
        self.make.signup(self.date, person_id=self.ben, guests=2)
        self.make.signup(self.date, person_id=self.walt, state=SignupState.QUEUED)

    def take(self, *marks: Mark, **values: object) -> list[MarkOutcome]:
        answer = receive_marks(self.date, marks, **{"by": self.lead, "now": NOW, **values})
        assert not isinstance(answer, Refused), answer
        return answer

    def refused(self, *marks: Mark, **values: object) -> str:
        answer = receive_marks(self.date, marks, **{"by": self.lead, "now": NOW, **values})
        assert isinstance(answer, Refused)
        return answer.reason

    def records(self) -> dict[int, str]:
        rows = db.session.execute(
            select(AttendanceRecord.person_id, AttendanceRecord.status).where(
                AttendanceRecord.occurrence_id == self.date
            )
        )
        return {person: str(status) for person, status in rows}

    def credits(self) -> dict[int, int]:
        rows = db.session.execute(
            select(Credit.person_id, Credit.minutes).where(
                Credit.evidence == f"occurrence:{self.date}", Credit.course_id == self.course
            )
        )
        return dict(tuple(row) for row in rows)


def mark(person: int | None = None, status: str = "present", **values: object) -> Mark:
    return Mark(
        **{"id": str(uuid4()), "marked_at": NOW, "person": person, "status": status} | values
    )


@pytest.fixture
def evening(both_databases: Flask) -> Iterator[Evening]:
    tonight = Evening(both_databases)
    with both_databases.app_context():
        yield tonight


def outcomes(answer: list[MarkOutcome]) -> list[Outcome]:
    return [one.outcome for one in answer]


# --- Recording -----------------------------------------------------------------------------------


def test_marks_become_records_and_credits(evening: Evening) -> None:
    first, second, third = (
        mark(evening.ana),
        mark(evening.ben, "late", minutes=70),
        mark(evening.walt, "absent"),
    )
    answer = evening.take(first, second, third)
    assert answer == [
        MarkOutcome(first.id, Outcome.RECORDED, None, evening.ana, "present"),
        MarkOutcome(second.id, Outcome.RECORDED, None, evening.ben, "late"),
        MarkOutcome(third.id, Outcome.RECORDED, None, evening.walt, "absent"),
    ]
    assert evening.records() == {
        evening.ana: "present",
        evening.ben: "late",
        evening.walt: "absent",
    }
    assert evening.credits() == {evening.ana: 90, evening.ben: 70}
    kept = db.session.get_one(AttendanceMark, second.id)
    assert (kept.minutes, kept.marked_at, kept.by_id) == (70, NOW, evening.lead.person_id)


def test_taking_a_mark_back_leaves_no_record_and_no_credit(evening: Evening) -> None:
    assert outcomes(evening.take(mark(evening.ben, "unmarked"))) == [Outcome.RECORDED]
    evening.take(mark(evening.ana))
    back = mark(evening.ana, "unmarked", marked_at=NOW + timedelta(seconds=1))
    assert evening.take(back)[0].stands == "unmarked"
    assert evening.records() == evening.credits() == {}
    early = evening.take(mark(evening.ana, marked_at=NOW - timedelta(minutes=1)))
    assert outcomes(early) == [Outcome.SUPERSEDED]
    assert evening.records() == {}, "a mark that was made before it was taken back came late"


def test_a_repeat_changes_nothing_and_is_audited(evening: Evening) -> None:
    marks = mark(evening.ana), mark(walk_in="Zed")
    first = evening.take(*marks)
    records, earned = evening.records(), evening.credits()
    again = evening.take(*marks, now=NOW + timedelta(days=30))
    assert outcomes(again) == [Outcome.ALREADY_RECORDED] * 2
    assert [one.person for one in again] == [one.person for one in first]
    assert (evening.records(), evening.credits()) == (records, earned)
    looks = select(AuditEntry.detail).where(AuditEntry.verb == "take-roll").order_by(AuditEntry.id)
    assert db.session.scalars(looks).all() == [
        {"head_count": None, "recorded": 2},
        {"head_count": None, "already_recorded": 2},
    ]


def test_a_walk_in_becomes_one_person_however_often_the_mark_comes(evening: Evening) -> None:
    came = mark(walk_in="  Zed\u202e\n ")
    answer = evening.take(came, came)
    assert outcomes(answer) == [Outcome.RECORDED, Outcome.ALREADY_RECORDED]
    evening.take(came)
    names = db.session.scalars(select(Person.name).where(Person.name.like("Zed%"))).all()
    assert names == ["Zed"]
    assert answer[0].person is not None
    record = db.session.get_one(AttendanceRecord, (evening.date, answer[0].person))
    assert record.walk_in
    later = mark(answer[0].person, "left_early", marked_at=NOW + timedelta(minutes=5), minutes=20)
    assert outcomes(evening.take(later)) == [Outcome.RECORDED]
    assert evening.credits() == {answer[0].person: 20}


def test_someone_who_cancelled_and_came_is_recorded_as_a_walk_in(evening: Evening) -> None:
    nia = evening.make.person("Nia")
    evening.make.signup(evening.date, person_id=nia, state=SignupState.CANCELLED)
    assert outcomes(evening.take(mark(nia))) == [Outcome.RECORDED]
    assert db.session.get_one(AttendanceRecord, (evening.date, nia)).walk_in
    assert not any(row.person == nia for row in _roll(evening).signed_up)


def test_one_bad_mark_never_loses_a_good_one(evening: Evening) -> None:
    stranger = evening.make.person("Stranger")
    bad = [
        (mark(stranger), MarkRefusal.NOT_ON_ROSTER),
        (mark(2**62), MarkRefusal.NOT_ON_ROSTER),
        (mark(evening.ben, "here"), MarkRefusal.UNKNOWN_STATUS),
        (mark(evening.ben, minutes=-1), MarkRefusal.MINUTES_OUT_OF_RANGE),
        (mark(walk_in="\u0000 \u200f"), MarkRefusal.NAME_MISSING),
        (mark(evening.ben, marked_at=NOW + timedelta(hours=1)), MarkRefusal.IN_THE_FUTURE),
        (mark(evening.ben, marked_at=START - timedelta(days=2)), MarkRefusal.TOO_EARLY),
    ]
    answer = evening.take(*(one for one, _ in bad), mark(evening.ana))
    assert [one.reason for one in answer] == [reason for _, reason in bad] + [None]
    assert evening.records() == {evening.ana: "present"}
    assert db.session.scalars(select(AttendanceMark.person_id)).all() == [evening.ana]


def test_an_id_of_another_date_is_refused_and_says_nothing_about_it(
    evening: Evening,
) -> None:
    other = Evening(evening.app, "other")
    taken = mark(other.ana)
    other.take(taken)
    answer = evening.take(replace(taken, person=evening.ana))
    assert answer == [MarkOutcome(taken.id, Outcome.REFUSED, MarkRefusal.ID_TAKEN)]
    assert evening.records() == {}


# --- Two phones ----------------------------------------------------------------------------------


def _state(evening: Evening) -> tuple[dict[int, str], dict[int, int], list[str]]:
    kept = db.session.scalars(
        select(AttendanceMark.id).where(AttendanceMark.occurrence_id == evening.date)
    )
    return evening.records(), evening.credits(), sorted(kept)


def _arrange(
    both_databases: Flask, number: int, order: list[int], together: bool
) -> tuple[object, ...]:
    evening = Evening(both_databases, f"evening-{number}")
    taps = [
        (evening.ana, "present", 0),
        (evening.ana, "absent", 0),
        (evening.ben, "late", 1),
        (evening.ana, "late", 2),
    ]
    marks = [
        Mark(
            id=f"00000000-0000-4000-8000-{number:010d}{at:02d}",
            marked_at=NOW + timedelta(seconds=second),
            status=status,
            person=person,
        )
        for at, (person, status, second) in enumerate(taps)
    ]
    arriving = [marks[i] for i in [*order, order[0]]]
    for batch in [arriving] if together else [[one] for one in arriving]:
        evening.take(*batch)
    records, earned, kept = _state(evening)
    names = {evening.ana: "ana", evening.ben: "ben"}
    return (
        {names[person]: status for person, status in records.items()},
        {names[person]: minutes for person, minutes in earned.items()},
        [mark_id[-2:] for mark_id in kept],
    )


def test_two_phones_agree_whatever_comes_first(both_databases: Flask) -> None:
    with both_databases.app_context():
        ends = [
            _arrange(both_databases, number, list(order), together=number % 2 == 0)
            for number, order in enumerate(permutations(range(4)))
        ]
    assert (
        ends
        == [({"ana": "late", "ben": "late"}, {"ana": 90, "ben": 90}, ["00", "01", "02", "03"])] * 24
    )


def in_threads(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Run each piece of work in a thread of its own, all starting together."""
    results: list[object] = [None] * len(works)
    ready = threading.Barrier(len(works))

    def run(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                results[number] = works[number]()
            except Exception as error:  # noqa: BLE001 - the test looks at what came out
                results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_phones_at_once_make_one_person_of_one_walk_in(evening: Evening) -> None:
    came = mark(walk_in="Zed")
    answers = in_threads(evening.app, *[lambda: evening.take(came)] * 4)
    found = sorted(answer[0].outcome for answer in answers)  # type: ignore[index]
    assert found == ["already_recorded"] * 3 + ["recorded"]
    assert db.session.scalars(select(Person.name).where(Person.name == "Zed")).all() == ["Zed"]


def test_one_id_at_two_dates_at_once_is_recorded_once(evening: Evening) -> None:
    other = Evening(evening.app, "other")
    mine = mark(evening.ana)
    theirs = replace(mine, person=other.ana)
    for _ in range(3):
        mine = replace(mine, id=str(uuid4()))
        theirs = replace(theirs, id=mine.id)
        answers = in_threads(
            evening.app,
            lambda one=mine: evening.take(one),
            lambda one=theirs: other.take(one),
        )
        found = [(answer[0].outcome, answer[0].reason) for answer in answers]  # type: ignore[index]
        refusal = (Outcome.REFUSED, MarkRefusal.ID_TAKEN)
        assert refusal in found, found
        found.remove(refusal)
        assert found[0][1] is None


def test_an_id_that_another_date_is_just_taking_is_seen_when_it_is_committed(
    evening: Evening,
) -> None:
    other = Evening(evening.app, "other")
    mine = mark(evening.ana)
    written, waiting = threading.Event(), threading.Event()

    def take_at_the_other_date() -> None:
        with write() as session:
            session.add(
                AttendanceMark(
                    id=mine.id,
                    occurrence_id=other.date,
                    person_id=other.ana,
                    status="present",
                    marked_at=NOW,
                    received_at=NOW,
                    by_id=other.lead.person_id,
                )
            )
            session.flush()
            written.set()
            waiting.wait(0.5)  # long enough for the other to meet the row that is not committed

    def take_here() -> list[MarkOutcome]:
        written.wait(10)
        return evening.take(mine)

    answer = in_threads(evening.app, take_at_the_other_date, take_here)[1]
    assert answer == [MarkOutcome(mine.id, Outcome.REFUSED, MarkRefusal.ID_TAKEN)]


# --- Head counts ---------------------------------------------------------------------------------


def _heads(evening: Evening) -> tuple[int, datetime]:
    found = db.session.get_one(HeadCount, evening.date, populate_existing=True)
    return found.people, found.counted_at


def test_the_latest_head_count_stands(evening: Evening) -> None:
    early = NOW - timedelta(minutes=5)
    evening.take(head_count=Count(12, NOW))
    evening.take(head_count=Count(9, early))
    assert _heads(evening) == (12, NOW)
    evening.take(head_count=Count(11, NOW + timedelta(hours=3)))
    assert _heads(evening) == (12, NOW), "a clock that runs ahead counts as now, and 12 is more"
    later = NOW + timedelta(minutes=1)
    evening.take(head_count=Count(11, later), now=later)
    assert _heads(evening) == (11, later)


def test_a_head_count_from_the_year_one_can_be_kept(evening: Evening) -> None:
    evening.take(head_count=Count(3, datetime.min.replace(tzinfo=UTC)))
    assert _heads(evening) == (3, START - timedelta(days=1))


def test_nothing_is_counted_before_the_roll_opens(evening: Evening) -> None:
    reason = evening.refused(head_count=Count(3, NOW), now=START - timedelta(hours=25))
    assert reason == RollRefusal.TOO_EARLY
    assert db.session.get(HeadCount, evening.date) is None


# --- Who may, and when ---------------------------------------------------------------------------


def test_only_those_assigned_take_the_roll_unless_they_may_everywhere(evening: Evening) -> None:
    stranger = audit.person(evening.make.person("Stranger"))
    assert evening.refused(mark(evening.ana), by=stranger) == RollRefusal.NOT_YOURS
    assert open_roll(evening.date, by=stranger, now=NOW) == Refused(RollRefusal.NOT_YOURS)
    assert evening.records() == {}
    assert outcomes(evening.take(mark(evening.ana), by=stranger, everywhere=True)) == ["recorded"]


def test_an_assignment_to_one_date_opens_only_that_date(evening: Evening) -> None:
    other = evening.make.occurrence(evening.event, START + timedelta(days=7))
    person = evening.make.person("Kim")
    evening.make.assignment(evening.event, person, other)
    kim = audit.person(person)
    assert open_roll(evening.date, by=kim, now=NOW) == Refused(RollRefusal.NOT_YOURS)
    assert not isinstance(open_roll(other, by=kim, now=NOW), Refused)


def test_a_date_that_is_cancelled_or_unknown_has_no_roll_to_take(evening: Evening) -> None:
    everywhere = {"by": evening.lead, "now": NOW, "everywhere": True}
    assert receive_marks(999, [], **everywhere) == Refused(RollRefusal.NOT_FOUND)
    assert open_roll(999, **everywhere) == Refused(RollRefusal.NOT_FOUND)
    with write() as session:
        session.get_one(Occurrence, evening.date).status = OccurrenceStatus.CANCELLED
    assert evening.refused(mark(evening.ana)) == RollRefusal.CANCELLED


def test_the_system_takes_no_roll(evening: Evening) -> None:
    with pytest.raises(ValueError, match="by a person"):
        evening.take(by=SYSTEM, everywhere=True)


# --- Reading -------------------------------------------------------------------------------------


def _roll(evening: Evening):
    roll = open_roll(evening.date, by=evening.lead, now=NOW)
    assert not isinstance(roll, Refused)
    return roll


def test_the_roll_shows_each_person_once_by_name_and_the_look_is_audited(
    evening: Evening,
) -> None:
    oscar = evening.make.person("Óscar")
    evening.make.signup(evening.date, person_id=oscar, state=SignupState.QUEUED)
    evening.make.signup(evening.date, person_id=oscar, guests=1)
    evening.make.signup(evening.date, person_id=oscar, guests=1)
    evening.make.signup(evening.date, name="Petra")
    evening.take(mark(walk_in="Zed"), mark(evening.ben, "late"))
    roll = _roll(evening)
    assert [(r.name, r.guests, r.status) for r in roll.signed_up] == [
        ("Ana", 0, ""),
        ("Ben", 2, "late"),
        ("Óscar", 2, ""),
        ("Petra", 0, ""),
    ]
    assert [row.name for row in roll.waiting] == ["Walt"]
    assert [(row.name, row.status) for row in roll.walk_ins] == [("Zed", "present")]
    assert (roll.came, roll.names) == (2, 5)
    evening.take(mark(evening.walt))
    assert (_roll(evening).came, _roll(evening).names) == (3, 6)
    looks = select(AuditEntry).where(AuditEntry.verb == "look", AuditEntry.subject == "roster")
    assert [one.subject_id for one in db.session.scalars(looks)] == [evening.date] * 3
