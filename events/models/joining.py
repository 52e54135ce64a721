"""With whom: who leads and who signed up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Held, Model, UTCDateTime
from events.models.events import Event, Occurrence
from events.models.kinds import AssignmentRole, SignupState


class Assignment(Model):
    """A facilitator of one date, or of every date when `occurrence_id` is None.

    `changed_at` is when the role last became another one, None when it never did.
    """

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
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


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
