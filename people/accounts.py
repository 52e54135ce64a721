"""Accounts: made, signed in to, and found to be nobody's business."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select

from core.db import db, write
from people import audit
from people.audit import Actor
from people.models import Account, Person, Role, RoleGrant

_hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))


def normal_email(text: str) -> str:
    """An address as it is compared: trimmed and in lower case."""
    return text.strip().lower()


def hash_password(password: str) -> str:
    """An Argon2id hash; slow on purpose, so never inside a transaction."""
    return _hasher.hash(password)


def find_account(email: str, password: str) -> Account | None:
    """The account of an address when the password fits, else None.

    An unknown address takes as long as a wrong password, so timing tells nothing.
    """
    account = db.session.scalar(select(Account).where(Account.email == normal_email(email)))
    known = account.password_hash if account and account.password_hash else _nobody()
    try:
        _hasher.verify(known, password)
    except (Argon2Error, InvalidHashError):
        return None
    return account if account and account.password_hash else None


def add_account(
    name: str,
    email: str,
    roles: tuple[Role, ...],
    *,
    password_hash: str | None,
    now: datetime,
    demo: bool = False,
    public_name: str | None = None,
) -> Person:
    """Step: a person with an account and roles."""
    person = Person(name=name, public_name=public_name, email=normal_email(email), created_at=now)
    db.session.add(person)
    db.session.flush()
    db.session.add(
        Account(
            person_id=person.id,
            email=normal_email(email),
            password_hash=password_hash,
            session_key=secrets.token_urlsafe(24),
            demo=demo,
            created_at=now,
            roles=[RoleGrant(role=role, granted_at=now) for role in roles],
        )
    )
    return person


def create_person(
    name: str, email: str, role: Role, password: str | None, *, by: Actor, now: datetime
) -> int | None:
    """Operation: make an account; its person's id, or None when the address has one already."""
    password_hash = hash_password(password) if password else None
    with write() as session:
        taken = select(Account.person_id).where(Account.email == normal_email(email))
        if session.scalar(taken) is not None:
            return None
        person = add_account(name, email, (role,), password_hash=password_hash, now=now)
        session.flush()
        audit.record("create", "person", person.id, by=by, now=now, role=role.value)
        return person.id
