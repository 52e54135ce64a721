"""Fills an empty database with the invented program, the same on every day it is run."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import insert, select

from core.db import db, write
from core.window import touch
from curriculum.credits import settle
from curriculum.models import Course
from events.demo.programme import (
    COURSES,
    EVENTS,
    FACILITATORS,
    FIRST_NAMES,
    INITIALS,
    NOTES,
    VENUES,
    DemoEvent,
)
from events.horizon import local_day, occurrence_rows
from events.models import (
    Assignment,
    AssignmentRole,
    AttendanceMark,
    AttendanceRecord,
    AttendanceStatus,
    Enrolment,
    Event,
    EventLanguage,
    EventTag,
    HeadCount,
    Joining,
    Kind,
    Occurrence,
    OccurrenceStatus,
    Series,
    Signup,
    SignupState,
    Venue,
    Visibility,
)
from events.rules.planning import horizon
from events.rules.recurrence import key_of, to_utc
from events.slugs import slug_of
from people import audit
from people.accounts import add_account, hash_password
from people.audit import SYSTEM
from people.models import Account, Person, Role

PASSWORD = "groundswell"  # noqa: S105 - the published password of invented people
ACCOUNTS = (
    ("coordinator@demo.test", "Joan Abara", Role.COORDINATOR),
    ("facilitator@demo.test", "Marisol Vega", Role.FACILITATOR),
    ("participant@demo.test", "Robin", Role.PARTICIPANT),
    ("administrator@demo.test", "Sam Ortega", Role.ADMINISTRATOR),
)
SEED = 1935
LONGEST_QUEUE = 6
USUAL_ROOM = 20
PARTICIPANT_COMES_TO = frozenset(
    {
        "Women by the Water",
        "Kitchen Table Skills",
        "Leadership I: holding a circle",
        "Check-in with Marisol",
    }
)


@dataclass
class Built:
    """What was made, for the closing line."""

    events: int = 0
    dates: int = 0
    signups: int = 0


def is_empty() -> bool:
    """Whether nothing was ever entered."""
    return db.session.scalar(select(Event.id).limit(1)) is None and (
        db.session.scalar(select(Person.id).limit(1)) is None
    )


def is_there(email: str) -> bool:
    """Whether a demo account exists."""
    demo = select(Account.person_id).where(Account.email == email, Account.demo)
    return db.session.scalar(demo) is not None


def fill(timezone: str, *, now: datetime) -> Built | None:
    """Operation: enter the program; None when the database holds something already."""
    password_hash = hash_password(PASSWORD)
    with write():
        if not is_empty():
            return None
        builder = _Builder(timezone, now, password_hash)
        builder.build()
        audit.record("fill", "demo", None, by=SYSTEM, now=now)
        touch()
    return builder.built


class _Builder:
    """Enters the program within the caller's transaction."""

    def __init__(self, timezone: str, now: datetime, password_hash: str) -> None:
        self.timezone, self.now, self.password_hash = timezone, now, password_hash
        self.today = local_day(now, timezone)
        self.monday = self.today - timedelta(days=self.today.weekday())
        self.random = Random(SEED)  # noqa: S311 - invented data, not a secret
        self.built = Built()
        self.venues: dict[str, Venue] = {}
        self.courses: dict[str, Course] = {}
        self.leads: dict[str, Person] = {}

    def build(self) -> None:
        """Everything, from the ground up."""
        self._add_venues()
        self._add_courses()
        self._add_people()
        for planned in EVENTS:
            event = self._add_event(planned)
            dates = self._add_dates(planned, event)
            self._fill_dates(planned, event, dates)
        db.session.flush()

    def _add_venues(self) -> None:
        for one in VENUES:
            self.venues[one.key] = Venue(
                slug=slug_of(one.name, one.key),
                name=one.name,
                address=one.address,
                city=one.city,
                latitude=one.at[0],
                longitude=one.at[1],
                capacity=one.capacity,
                directions=one.directions,
                access=list(one.access),
                timezone=self.timezone,
                updated_at=self.now,
            )
        db.session.add_all(self.venues.values())

    def _add_courses(self) -> None:
        for code, title, minutes, objectives in COURSES:
            self.courses[code] = Course(
                code=code, title=title, minutes=minutes, objectives=objectives
            )
        db.session.add_all(self.courses.values())

    def _add_people(self) -> None:
        for email, name, role in ACCOUNTS:
            person = add_account(
                name, email, (role,), password_hash=self.password_hash, now=self.now, demo=True
            )
            if role == Role.FACILITATOR:
                self.leads["Marisol"] = person
            if role == Role.PARTICIPANT:
                self.participant = person
        for key, (name, public_name, title) in FACILITATORS.items():
            if key not in self.leads:
                self.leads[key] = add_account(
                    name,
                    f"{key.lower()}@demo.test",
                    (Role.FACILITATOR,),
                    password_hash=None,
                    now=self.now,
                    demo=True,
                )
            self.leads[key].public_name = public_name
            self.leads[key].title = title
        db.session.flush()

    def _add_event(self, planned: DemoEvent) -> Event:
        venue = self.venues[planned.venue] if planned.venue else None
        event = Event(
            slug=slug_of(planned.title, "event"),
            kind=planned.kind,
            title=planned.title,
            summary=planned.summary,
            description=planned.description,
            joining=planned.joining,
            capacity=planned.capacity,
            mode=planned.mode,
            online_url=planned.online_url,
            timezone=self.timezone,
            venue=venue,
            course_id=self.courses[planned.course].id if planned.course else None,
            visibility=(
                Visibility.PRIVATE if planned.kind == Kind.ONE_TO_ONE else Visibility.PUBLIC
            ),
            tags=[EventTag(tag=tag) for tag in sorted(planned.tags)],
            languages=[EventLanguage(language=code) for code in planned.languages],
            created_at=self.now,
            updated_at=self.now,
        )
        db.session.add(event)
        db.session.flush()
        if planned.lead:
            db.session.add(
                Assignment(
                    event_id=event.id,
                    person_id=self.leads[planned.lead].id,
                    role=AssignmentRole.LEAD,
                    created_at=self.now,
                )
            )
        self.built.events += 1
        return event

    def _uid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _add_dates(self, planned: DemoEvent, event: Event) -> list[Occurrence]:
        if planned.weekdays:
            self._add_series(planned, event)
        for days in planned.in_days:
            self._add_single(planned, event, self.monday + timedelta(days=days))
        db.session.flush()
        dates = list(
            db.session.scalars(
                select(Occurrence)
                .where(Occurrence.event_id == event.id)
                .order_by(Occurrence.starts_at)
            )
        )
        self.built.dates += len(dates)
        return dates

    def _add_series(self, planned: DemoEvent, event: Event) -> None:
        starts_on = self.monday + timedelta(weeks=planned.first_week, days=planned.weekdays[0])
        until = starts_on + timedelta(weeks=planned.weeks - 1) if planned.weeks else None
        series = Series(
            event_id=event.id,
            uid=self._uid(),
            timezone=self.timezone,
            starts_on=starts_on,
            start_time=planned.start,
            duration_minutes=planned.minutes,
            interval=planned.interval,
            weekdays=list(planned.weekdays),
            until=until,
            extended_to=horizon(self.today),
            created_at=self.now,
            updated_at=self.now,
        )
        db.session.add(series)
        db.session.flush()
        rows = occurrence_rows(series, starts_on, series.extended_to, self.now)
        db.session.execute(insert(Occurrence), rows)

    def _add_single(self, planned: DemoEvent, event: Event, day: date) -> None:
        local = datetime.combine(day, planned.start)
        starts_at = to_utc(local, self.timezone)
        db.session.add(
            Occurrence(
                event_id=event.id,
                uid=self._uid(),
                key=key_of(local),
                local_date=day,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=planned.minutes),
                timezone=self.timezone,
                created_at=self.now,
                updated_at=self.now,
            )
        )

    def _fill_dates(self, planned: DemoEvent, event: Event, dates: list[Occurrence]) -> None:
        last = self.now + timedelta(weeks=5)
        near = [one for one in dates if one.starts_at < last]
        ahead = [one for one in dates if one.starts_at > self.now]
        for number, reason in planned.cancelled.items():
            ahead[number].status = OccurrenceStatus.CANCELLED
            ahead[number].cancel_reason = reason
            ahead[number].sequence = 1
        if planned.joining == Joining.COHORT:
            self._enrol(planned, event, dates)
        for one in near:
            if planned.joining == Joining.PER_DATE:
                self._sign_up(planned, one)
            if one.ends_at < self.now:
                self._attend(event, one)

    def _party(self, planned: DemoEvent) -> int:
        return self.random.choice((1, 1, 1, 2, 3)) if planned.kind == Kind.COMMUNITY_EVENT else 1

    def _person(self) -> Person:
        name = self.random.choice(FIRST_NAMES) + self.random.choice(INITIALS)
        person = Person(name=name, created_at=self.now)
        db.session.add(person)
        return person

    def _crowd(self, planned: DemoEvent, capacity: int) -> list[tuple[Person, int, SignupState]]:
        """Who wants to come, with their parties, seated in order and then in line."""
        wanted = round(capacity * planned.crowd * self.random.uniform(0.8, 1.1))
        if planned.crowd >= 1:
            wanted = max(capacity, min(round(capacity * planned.crowd), capacity + LONGEST_QUEUE))
        people = [self.participant] if planned.title in PARTICIPANT_COMES_TO else []
        crowd: list[tuple[Person, int, SignupState]] = []
        taken = asked = 0
        while asked < wanted:
            party = self._party(planned)
            asked += party
            fits = taken + party <= capacity and all(
                state == SignupState.SEATED for _person, _party, state in crowd
            )
            taken += party if fits else 0
            person = people.pop() if people and len(crowd) == 1 else self._person()
            crowd.append((person, party, SignupState.SEATED if fits else SignupState.QUEUED))
        db.session.flush()
        return crowd

    def _sign_up(self, planned: DemoEvent, one: Occurrence) -> None:
        crowd = self._crowd(planned, planned.capacity or USUAL_ROOM)
        if one.starts_at > self.now + timedelta(weeks=1):
            crowd = crowd[: max(1, len(crowd) // 2)]
        for person, party, state in crowd:
            db.session.add(self._signup(one, person, party, state))

    def _signup(
        self,
        one: Occurrence,
        person: Person,
        party: int,
        state: SignupState,
        enrolment_id: int | None = None,
    ) -> Signup:
        self.built.signups += 1
        made_at = min(self.now, one.starts_at) - timedelta(days=self.random.randint(1, 6))
        return Signup(
            occurrence_id=one.id,
            person_id=person.id,
            enrolment_id=enrolment_id,
            token=secrets.token_urlsafe(16),
            press=secrets.token_hex(32),
            state=state,
            guests=party - 1,
            note=self.random.choice(NOTES),
            created_at=made_at,
            seated_at=made_at if state == SignupState.SEATED else None,
        )

    def _enrol(self, planned: DemoEvent, event: Event, dates: list[Occurrence]) -> None:
        for person, party, state in self._crowd(planned, planned.capacity or USUAL_ROOM):
            enrolment = Enrolment(
                event_id=event.id,
                person_id=person.id,
                token=secrets.token_urlsafe(16),
                press=secrets.token_hex(32),
                state=state,
                guests=party - 1,
                created_at=self.now - timedelta(days=20),
                seated_at=self.now if state == SignupState.SEATED else None,
            )
            db.session.add(enrolment)
            db.session.flush()
            db.session.add_all(
                self._signup(one, person, party, state, enrolment.id) for one in dates
            )

    def _attend(self, event: Event, one: Occurrence) -> None:
        db.session.flush()
        coming = db.session.scalars(
            select(Signup.person_id).where(
                Signup.occurrence_id == one.id, Signup.state == SignupState.SEATED
            )
        )
        for person_id in coming:
            self._record(event, one, person_id, walk_in=False)
        if event.kind == Kind.ONE_TO_ONE:
            return
        for _walk_in in range(self.random.randint(0, 3)):
            person = self._person()
            db.session.flush()
            self._record(event, one, person.id, walk_in=True)
        db.session.add(
            HeadCount(
                occurrence_id=one.id,
                people=self.random.randint(5, 18),
                counted_at=one.ends_at,
                by_id=self.leads["Marisol"].id,
            )
        )

    def _record(self, event: Event, one: Occurrence, person_id: int, *, walk_in: bool) -> None:
        present = AttendanceStatus.PRESENT
        choices = (present, present, present, AttendanceStatus.LATE, AttendanceStatus.ABSENT)
        status = present if walk_in else self.random.choice(choices)
        mark = AttendanceMark(
            id=self._uid(),
            occurrence_id=one.id,
            person_id=person_id,
            status=status,
            marked_at=one.starts_at + timedelta(minutes=self.random.randint(0, 20)),
            received_at=one.ends_at,
            by_id=self.leads["Marisol"].id,
        )
        db.session.add(mark)
        db.session.flush()
        db.session.add(
            AttendanceRecord(
                occurrence_id=one.id,
                person_id=person_id,
                status=status,
                walk_in=walk_in,
                mark_id=mark.id,
                marked_at=mark.marked_at,
            )
        )
        if event.course_id is not None and status != AttendanceStatus.ABSENT:
            minutes = int((one.ends_at - one.starts_at).total_seconds() // 60)
            settle(
                person_id,
                event.course_id,
                f"occurrence:{one.id}",
                minutes,
                earned_at=one.ends_at,
            )
