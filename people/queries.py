"""Reads of the people room."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, func, or_, select

from core.db import db
from people.models import Account, AuditEntry, Person

AUDIT_PAGE = 100
PEOPLE_PAGE = 50


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


def people_with_accounts(text: str, page: int) -> tuple[Sequence[Account], int]:
    """A page of accounts with their roles, by name, and how many there are; three statements."""
    found = [
        or_(
            Person.name.icontains(word, autoescape=True),
            Account.email.icontains(word, autoescape=True),
        )
        for word in text.split()[:8]
    ]
    total = select(func.count()).select_from(Account).join(Account.person).where(*found)
    query = (
        select(Account)
        .join(Account.person)
        .where(*found)
        .order_by(func.lower(Person.name), Account.person_id)
        .limit(PEOPLE_PAGE)
        .offset((page - 1) * PEOPLE_PAGE)
    )
    return db.session.scalars(query).all(), int(db.session.scalar(total) or 0)


def account_of(person_id: int) -> Account | None:
    """Somebody's account, as it stands now, or None."""
    return db.session.get(Account, person_id, populate_existing=True)
