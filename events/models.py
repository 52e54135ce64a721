"""Tables of the events room: places, events, their dates, sign-ups and attendance.

Names follow the glossary of `docs/how-it-is-built.md`. Times are UTC; `key` and `local_date`
are wall-clock facts in the occurrence's own zone.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Held, Model, UTCDateTime
from events.rules.rollcall import AttendanceStatus as AttendanceStatus


class Kind(StrEnum):
    """The five kinds of event."""

    SUPPORT_GROUP = "support-group"
    WORKSHOP = "workshop"
    LEADERSHIP_TRAINING = "leadership-training"
    COMMUNITY_EVENT = "community-event"
    ONE_TO_ONE = "one-to-one"


class Mode(StrEnum):
    """How one takes part."""

    IN_PERSON = "in-person"
    ONLINE = "online"
    HYBRID = "hybrid"


class Joining(StrEnum):
    """How one joins: no sign-up needed, a sign-up per date, or one for all dates."""

    DROP_IN = "drop-in"
    PER_DATE = "per-date"
    COHORT = "cohort"


class EventStatus(StrEnum):
    """Where an event is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Visibility(StrEnum):
    """Who can see an event."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    PRIVATE = "private"


class OccurrenceStatus(StrEnum):
    """Whether a date takes place."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class SignupState(StrEnum):
    """Where a sign-up stands."""

    SEATED = "seated"
    QUEUED = "queued"
    OFFERED = "offered"
    CANCELLED = "cancelled"


class AssignmentRole(StrEnum):
    """What a facilitator does at an event."""

    LEAD = "lead"
    CO_LEAD = "co-lead"
    TRAINEE = "trainee"


class Venue(Held, Model):
    """A place. `approximate` says that the address names no door (an online group's town)."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    city: Mapped[str] = mapped_column(String(100), default="", index=True)
    region: Mapped[str] = mapped_column(String(100), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    approximate: Mapped[bool] = mapped_column(default=False)
    timezone: Mapped[str] = mapped_column(String(64))
    capacity: Mapped[int | None]
    directions: Mapped[str] = mapped_column(Text, default="")
    access: Mapped[list[str]] = mapped_column(JSON, default=list)
    source: Mapped[str | None] = mapped_column(String(80))
    source_id: Mapped[str | None] = mapped_column(String(120))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Event(Held, Model):
    """What is held: its dates are occurrences, made by its series or one by one.

    `access` holds short codes. `online_url` is shown to the signed-up only, unless
    `online_url_public`. `signup_closes_minutes` counts back from a date's start. `source_hash`
    is the imported row's fingerprint: equal means nothing to do.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        Index("ix_event_public", "status", "visibility", "kind"),
    )

    slug: Mapped[str] = mapped_column(String(140), unique=True)
    kind: Mapped[Kind] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[EventStatus] = mapped_column(String(12), default=EventStatus.PUBLISHED)
    visibility: Mapped[Visibility] = mapped_column(String(12), default=Visibility.PUBLIC)
    joining: Mapped[Joining] = mapped_column(String(12), default=Joining.DROP_IN)
    capacity: Mapped[int | None]
    signup_closes_minutes: Mapped[int] = mapped_column(default=0)
    mode: Mapped[Mode] = mapped_column(String(12), default=Mode.IN_PERSON)
    timezone: Mapped[str] = mapped_column(String(64))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    online_url: Mapped[str | None] = mapped_column(String(500))
    online_phone: Mapped[str | None] = mapped_column(String(100))
    online_notes: Mapped[str] = mapped_column(String(500), default="")
    online_url_public: Mapped[bool] = mapped_column(default=False)
    access: Mapped[list[str]] = mapped_column(JSON, default=list)
    source: Mapped[str | None] = mapped_column(String(80))
    source_id: Mapped[str | None] = mapped_column(String(200))
    source_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    venue: Mapped[Venue | None] = relationship()
    series: Mapped[list[Series]] = relationship(back_populates="event", order_by="Series.id")
    tags: Mapped[list[EventTag]] = relationship(
        cascade="all, delete-orphan", order_by="EventTag.tag"
    )
    languages: Mapped[list[EventLanguage]] = relationship(
        cascade="all, delete-orphan", order_by="EventLanguage.language"
    )


class EventTag(Model):
    """A word to find an event by, in lower case with hyphens: `big-book`, `women`."""

    __tablename__ = "event_tag"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)


class EventLanguage(Model):
    """A language an event is held in, as an ISO 639-1 code."""

    __tablename__ = "event_language"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True, index=True)


class Series(Held, Model):
    """A rhythm: wall time, zone and rule. Its dates are rows up to `extended_to`.

    `weekdays` counts from Monday = 0; `interval` is in weeks; `until` is the last local date.
    `end_known` is False when the source gave no end and an hour was assumed.
    """

    __tablename__ = "series"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    start_time: Mapped[time]
    duration_minutes: Mapped[int]
    end_known: Mapped[bool] = mapped_column(default=True)
    interval: Mapped[int] = mapped_column(default=1)
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list)
    until: Mapped[date | None]
    extended_to: Mapped[date]
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship(back_populates="series")


class Occurrence(Held, Model):
    """One dated meeting.

    `key` is its original local start, `YYYY-MM-DDTHHMM`, which it keeps when it is moved.
    `local_date` is the date it now starts on in its zone. `uid` is its own when it belongs to
    no series. Venue and capacity are None unless they differ from the event's.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        Index("ix_occurrence_date", "local_date", "starts_at"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    uid: Mapped[str | None] = mapped_column(String(80), unique=True)
    key: Mapped[str] = mapped_column(String(15))
    local_date: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    end_known: Mapped[bool] = mapped_column(default=True)
    timezone: Mapped[str] = mapped_column(String(64))
    status: Mapped[OccurrenceStatus] = mapped_column(String(12), default=OccurrenceStatus.SCHEDULED)
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    capacity: Mapped[int | None]
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    series: Mapped[Series | None] = relationship()
    venue: Mapped[Venue | None] = relationship()


class Assignment(Model):
    """A facilitator of one date, or of every date when `occurrence_id` is None."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("event_id", "occurrence_id", "person_id"),
        Index(
            "uq_assignment_standing",
            "event_id",
            "person_id",
            unique=True,
            sqlite_where=text("occurrence_id IS NULL"),
            postgresql_where=text("occurrence_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[AssignmentRole] = mapped_column(String(10), default=AssignmentRole.LEAD)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Enrolment(Held, Model):
    """One sign-up for all dates of a cohort; it owns a sign-up on each of them."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index(
            "uq_enrolment_press",
            "event_id",
            "press",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    press: Mapped[str] = mapped_column(String(64))
    state: Mapped[SignupState] = mapped_column(String(10))
    guests: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()


class Signup(Model):
    """A seat or a place in the queue of one date. The queue is in order of `id`.

    `token` opens its private page. `press` is the fingerprint of the press that made it: the
    same press again finds the same row, and the database refuses a second one.
    """

    __tablename__ = "signup"
    __table_args__ = (
        CheckConstraint("guests >= 0", name="guests_not_negative"),
        Index("ix_signup_roster", "occurrence_id", "state", "id"),
        Index(
            "uq_signup_press",
            "occurrence_id",
            "press",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    press: Mapped[str] = mapped_column(String(64))
    state: Mapped[SignupState] = mapped_column(String(10))
    guests: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    occurrence: Mapped[Occurrence] = relationship()


class AttendanceMark(Model):
    """One tap on a roll call, kept as it came. `id` is the phone's own."""

    __tablename__ = "attendance_mark"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[AttendanceStatus] = mapped_column(String(12))
    minutes: Mapped[int | None]
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class AttendanceRecord(Model):
    """What stands for one person at one date: the latest mark wins."""

    __tablename__ = "attendance_record"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    status: Mapped[AttendanceStatus] = mapped_column(String(12))
    minutes: Mapped[int | None]
    walk_in: Mapped[bool] = mapped_column(default=False)
    mark_id: Mapped[str] = mapped_column(ForeignKey("attendance_mark.id"))
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class HeadCount(Model):
    """How many came to a date, without names."""

    __tablename__ = "head_count"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), primary_key=True)
    people: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
