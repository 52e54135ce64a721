"""Accounts: made, signed in to, and found to be nobody's business."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import db, write
from people import audit
from people.audit import Actor
from people.models import Account, Person, Role, RoleGrant
from people.roles import standing_roles

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


def load_account(session_key: str, today: date) -> Account | None:
    """The account of a session, or None once no role of it holds on the program's local day."""
    account = db.session.scalar(
        select(Account)
        .where(Account.session_key == session_key)
        .options(joinedload(Account.person))
    )
    return account if account and standing_roles(account.roles, today) else None


def add_account(
    name: str,
    email: str,
    roles: tuple[Role, ...],
    *,
    password_hash: str | None,
    now: datetime,
    demo: bool = False,
    public_name: str | None = None,
    ends_on: date | None = None,
) -> Person:
    """Step: a person with an account and roles, up to the local day `ends_on` or for good."""
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
            roles=[RoleGrant(role=role, granted_at=now, ends_on=ends_on) for role in roles],
        )
    )
    return person


def create_person(
    name: str,
    email: str,
    role: Role,
    password: str | None,
    *,
    by: Actor,
    now: datetime,
    ends_on: date | None = None,
) -> int | None:
    """Operation: make an account; its person's id, or None when the address has one already.

    Its role ends with the program's local day `ends_on`, if there is one.
    """
    password_hash = hash_password(password) if password else None
    with write() as session:
        taken = select(Account.person_id).where(Account.email == normal_email(email))
        if session.scalar(taken) is not None:
            return None
        person = add_account(
            name, email, (role,), password_hash=password_hash, now=now, ends_on=ends_on
        )
        session.flush()
        until = ends_on.isoformat() if ends_on else None
        audit.record("create", "person", person.id, by=by, now=now, role=role.value, until=until)
        return person.id
