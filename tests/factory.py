"""Makes rows for tests, with what a test does not care about filled in."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from flask import Flask

from core.db import write
from curriculum.models import Course
from events.models import (
    Assignment,
    AssignmentRole,
    Event,
    EventLanguage,
    EventTag,
    Joining,
    Kind,
    Occurrence,
    Series,
    Signup,
    SignupState,
    Venue,
)
from people.accounts import hash_password
from people.models import Account, Person, Role, RoleGrant

PACIFIC = "America/Los_Angeles"
PASSWORD = "a long enough password"
_HASH = hash_password(PASSWORD)


class Factory:
    """`make.event(title=…)` and the like; each commits and gives back the row's id."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.number = count(1)

    def _add(self, row: object) -> int:
        with self.app.app_context(), write() as session:
            session.add(row)
            session.flush()
            return row.id if hasattr(row, "id") else row.person_id

    def person(self, name: str = "Sam", **values: object) -> int:
        return self._add(Person(name=name, created_at=datetime.now(UTC), **values))

    def account(self, role: Role = Role.COORDINATOR, email: str | None = None, **values) -> str:
        """An account; gives its address. The password is `PASSWORD`."""
        email = email or f"{role.value}{next(self.number)}@example.org"
        now = datetime.now(UTC)
        person = self.person(name=values.pop("name", role.value.title()), email=email, **values)
        self._add(
            Account(
                person_id=person,
                email=email,
                password_hash=_HASH,
                session_key=secrets.token_urlsafe(24),
                created_at=now,
                roles=[RoleGrant(role=role, granted_at=now)],
            )
        )
        return email

    def venue(self, name: str = "Harbor Hall", **values: object) -> int:
        values = {
            "slug": f"harbor-hall-{next(self.number)}",
            "city": "Huntington Beach",
            "address": "1 Pier Road, Huntington Beach, CA 92648, USA",
            "timezone": PACIFIC,
            "updated_at": datetime.now(UTC),
        } | values
        return self._add(Venue(name=name, **values))

    def course(self, code: str = "LEAD-1", **values: object) -> int:
        values = {"title": "Leadership I", "minutes": 360} | values
        return self._add(Course(code=code, **values))

    def event(
        self,
        title: str = "Tuesday Group",
        tags: tuple[str, ...] = (),
        languages: tuple[str, ...] = ("en",),
        **values: object,
    ) -> int:
        now = datetime.now(UTC)
        values = {
            "slug": f"event-{next(self.number)}",
            "kind": Kind.SUPPORT_GROUP,
            "joining": Joining.PER_DATE,
            "timezone": PACIFIC,
            "created_at": now,
            "updated_at": now,
        } | values
        return self._add(
            Event(
                title=title,
                tags=[EventTag(tag=tag) for tag in tags],
                languages=[EventLanguage(language=code) for code in languages],
                **values,
            )
        )

    def series(self, event_id: int, **values: object) -> int:
        now = datetime.now(UTC)
        starts_on = values.get("starts_on", date(2026, 11, 3))
        values = {
            "uid": secrets.token_hex(16),
            "timezone": PACIFIC,
            "starts_on": starts_on,
            "start_time": time(18, 30),
            "duration_minutes": 90,
            "weekdays": [starts_on.weekday()],
            "extended_to": starts_on,
            "created_at": now,
            "updated_at": now,
        } | values
        return self._add(Series(event_id=event_id, **values))

    def occurrence(
        self,
        event_id: int,
        starts_at: datetime | None = None,
        minutes: int = 90,
        timezone: str = PACIFIC,
        **values: object,
    ) -> int:
        """A date; by default two days from now at 18:30 in the zone."""
        zone = ZoneInfo(timezone)
        if starts_at is None:
            day = datetime.now(zone).date() + timedelta(days=2)
            starts_at = datetime.combine(day, time(18, 30), zone)
        local = starts_at.astimezone(zone)
        now = datetime.now(UTC)
        values = {
            "key": local.strftime("%Y-%m-%dT%H%M"),
            "uid": None if values.get("series_id") else secrets.token_hex(16),
            "created_at": now,
            "updated_at": now,
        } | values
        return self._add(
            Occurrence(
                event_id=event_id,
                local_date=local.date(),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes),
                timezone=timezone,
                **values,
            )
        )

    def signup(
        self,
        occurrence_id: int,
        name: str = "Sam",
        state: SignupState = SignupState.SEATED,
        email: str | None = None,
        **values: object,
    ) -> int:
        values = {
            "person_id": values.get("person_id") or self.person(name, email=email),
            "token": secrets.token_urlsafe(16),
            "press": secrets.token_hex(32),
            "created_at": datetime.now(UTC),
        } | values
        return self._add(Signup(occurrence_id=occurrence_id, state=state, **values))

    def assignment(
        self,
        event_id: int,
        person_id: int,
        occurrence_id: int | None = None,
        role: AssignmentRole = AssignmentRole.LEAD,
    ) -> int:
        return self._add(
            Assignment(
                event_id=event_id,
                person_id=person_id,
                occurrence_id=occurrence_id,
                role=role,
                created_at=datetime.now(UTC),
            )
        )
