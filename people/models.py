"""Persons, their accounts and roles, the audit record and mail owed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Held, Model, UTCDateTime


class Role(StrEnum):
    """What an account may do; `people.access` says what each role permits."""

    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class Wording(StrEnum):
    """How plainly messages to a person speak."""

    DISCREET = "discreet"
    FULL = "full"


class Person(Held, Model):
    """Someone we know of; a first name is enough, an address and an account are optional."""

    __tablename__ = "person"

    name: Mapped[str] = mapped_column(String(120))
    public_name: Mapped[str | None] = mapped_column(String(60))
    title: Mapped[str | None] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(5), default="en")
    wording: Mapped[Wording] = mapped_column(String(10), default=Wording.DISCREET)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    account: Mapped[Account | None] = relationship(back_populates="person")


class Account(Model):
    """A way to sign in, as Flask-Login wants it.

    `session_key` is what the cookie holds: a new one ends every session.
    """

    __tablename__ = "account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    session_key: Mapped[str] = mapped_column(String(43), unique=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(back_populates="account", lazy="joined")
    roles: Mapped[list[RoleGrant]] = relationship(lazy="selectin")

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the session cookie."""
        return self.session_key


class RoleGrant(Model):
    """A role an account holds, until the end of the local day `ends_on` or for good."""

    __tablename__ = "role_grant"

    person_id: Mapped[int] = mapped_column(ForeignKey("account.person_id"), primary_key=True)
    role: Mapped[Role] = mapped_column(String(20), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_on: Mapped[date | None]


class AuditEntry(Model):
    """Who did or looked at what, and when. Rows are only ever added.

    `event_id` is the event that it belongs to, if any, so that its history is found.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_kind: Mapped[str] = mapped_column(String(12))
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int | None]
    event_id: Mapped[int | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Delivery(StrEnum):
    """How far a message has come."""

    WAITING = "waiting"
    SENDING = "sending"  # claimed by a worker, nothing handed over yet
    HANDING_OVER = "handing-over"  # the server may have it: never tried again by itself
    SENT = "sent"
    DROPPED = "dropped"  # no longer true or wanted when its turn came
    FAILED = "failed"


class OutboxMessage(Model):
    """Mail owed, written in the transaction of the change it tells of."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_due", "state", "send_after"),
        Index("ix_outbox_message_about", "about_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[Delivery] = mapped_column(String(14), default=Delivery.WAITING)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    send_after: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
