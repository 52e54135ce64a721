"""What and when: events, their series and their dates."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Held, Model, UTCDateTime
from events.models.images import Image
from events.models.kinds import (
    EventStatus,
    Joining,
    Kind,
    Mode,
    OccurrenceStatus,
    Visibility,
)
from events.models.places import Closure, Room, Venue
from events.rules.breaks import HolidayPolicy
from events.rules.recurrence import Unit


class Event(Held, Model):
    """What is held: its dates are occurrences, made by its series or one by one.

    `access` holds short codes. `online_url` is shown to the signed-up only, unless
    `online_url_public`. `signup_closes_minutes` counts back from a date's start. `source_hash`
    is the imported row's fingerprint: equal means nothing to do; `source_values` are the fields as
    the source last gave them, to tell its changes from ours. `audiences` holds short codes,
    `cost` is empty when it is free. `room_id` is a room of the venue. `deleted_from` is the status
    a deleted event had and gets back.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
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
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    online_url: Mapped[str | None] = mapped_column(String(500))
    online_phone: Mapped[str | None] = mapped_column(String(100))
    online_passcode: Mapped[str] = mapped_column(String(60), default="", server_default="")
    online_notes: Mapped[str] = mapped_column(String(500), default="")
    online_url_public: Mapped[bool] = mapped_column(default=False)
    access: Mapped[list[str]] = mapped_column(JSON, default=list)
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    cost: Mapped[str] = mapped_column(String(80), default="", server_default="")
    image_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"), index=True)
    image_alt: Mapped[str] = mapped_column(String(300), default="", server_default="")
    source: Mapped[str | None] = mapped_column(String(80))
    source_id: Mapped[str | None] = mapped_column(String(200))
    source_hash: Mapped[str | None] = mapped_column(String(64))
    source_values: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    deleted_from: Mapped[EventStatus | None] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    venue: Mapped[Venue | None] = relationship()
    room: Mapped[Room | None] = relationship()
    image: Mapped[Image | None] = relationship()
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

    The rule is that of `events.rules.recurrence.Rhythm`: `weekdays` counts from Monday = 0,
    `interval` is in `unit`s; `until` is the last local date. `pauses` are spans of local days
    without dates, `[["2026-12-20", "2027-01-05"], …]`, both ends included; `holidays` says what
    becomes of dates on the holidays of `holiday_calendar`, such as `US-CA`. `end_known` is False
    when the source gave no end and an hour was assumed. Venue and room are None unless they differ
    from the event's; its dates are made with them.
    """

    __tablename__ = "series"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    start_time: Mapped[time]
    duration_minutes: Mapped[int]
    end_known: Mapped[bool] = mapped_column(default=True)
    all_day: Mapped[bool] = mapped_column(default=False, server_default=false())
    unit: Mapped[Unit] = mapped_column(String(8), default=Unit.WEEK, server_default="week")
    interval: Mapped[int] = mapped_column(default=1)
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list)
    nths: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    month_days: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    pauses: Mapped[list[list[str]]] = mapped_column(JSON, default=list, server_default="[]")
    holidays: Mapped[HolidayPolicy] = mapped_column(
        String(6), default=HolidayPolicy.KEEP, server_default="keep"
    )
    holiday_calendar: Mapped[str] = mapped_column(String(10), default="", server_default="")
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    until: Mapped[date | None]
    extended_to: Mapped[date]
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship(back_populates="series")
    venue: Mapped[Venue | None] = relationship()
    room: Mapped[Room | None] = relationship()


class Occurrence(Held, Model):
    """One dated meeting.

    `key` is its original local start, `YYYY-MM-DDTHHMM`, which it keeps when it is moved.
    `local_date` is the date it now starts on in its zone. `uid` is its own when it belongs to
    no series. Venue, room and capacity are None unless they differ from the event's. A date that
    a closure covers is cancelled and names it; `holiday` is the holiday that a date falls on while
    nobody has decided what becomes of it.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        Index("ix_occurrence_date", "local_date", "starts_at"),
        Index("ix_occurrence_series", "series_id", "key"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    uid: Mapped[str | None] = mapped_column(String(80), unique=True)
    key: Mapped[str] = mapped_column(String(15))
    local_date: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    end_known: Mapped[bool] = mapped_column(default=True)
    timezone: Mapped[str] = mapped_column(String(64))
    status: Mapped[OccurrenceStatus] = mapped_column(String(12), default=OccurrenceStatus.SCHEDULED)
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    closure_id: Mapped[int | None] = mapped_column(ForeignKey("closure.id"), index=True)
    holiday: Mapped[str] = mapped_column(String(100), default="", server_default="")
    all_day: Mapped[bool] = mapped_column(default=False, server_default=false())
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    capacity: Mapped[int | None]
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    series: Mapped[Series | None] = relationship()
    venue: Mapped[Venue | None] = relationship()
    room: Mapped[Room | None] = relationship()
    closure: Mapped[Closure | None] = relationship()


class FormerKey(Model):
    """A key a date had before its series changed: its old address leads on to the new one."""

    __tablename__ = "former_key"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(15), primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)


class EventTemplate(Model):
    """What a new event of a kind starts with: `details` by the names of the event form's fields."""

    __tablename__ = "event_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[Kind] = mapped_column(String(24))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
