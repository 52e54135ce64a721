"""Reads of the people room."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, select

from core.db import db
from people.models import AuditEntry, Person

AUDIT_PAGE = 100


def latest_audit_entries(before: int | None = None) -> Sequence[Row[AuditEntry, str]]:
    """A page of audit entries with the actor's name, the newest first."""
    query = (
        select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .order_by(AuditEntry.id.desc())
        .limit(AUDIT_PAGE)
    )
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return db.session.execute(query).all()
