"""Who may do what, and until when: roles given, changed and ended, accounts made and closed.

Nobody changes their own access, and the program is never left without an administrator earlier
than it would be anyway. Days are local days of the program.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import hold, write
from core.outcome import Refused
from people import audit
from people.accounts import create_person, hash_password
from people.audit import Actor
from people.models import Account, Person, Role, RoleGrant

FOR_GOOD = date.max


class GrantRefusal(StrEnum):
    """Why access cannot be changed."""

    UNKNOWN = "unknown-person"
    OWN_ACCESS = "own-access"
    LAST_ADMINISTRATOR = "last-administrator"
    IN_THE_PAST = "in-the-past"
    ADDRESS_TAKEN = "address-taken"


def _hold_all(session: Session, person_id: int) -> Account | None:
    """Step: hold the person and every administrator, so that two never end each other's access."""
    administrators = session.scalars(
        select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMINISTRATOR)
    )
    for one in sorted({person_id, *administrators}):
        hold(Person, one)
    return session.get(Account, person_id, populate_existing=True)


def _others_until(session: Session, person_id: int) -> date:
    """The last day on which somebody else who can sign in is administrator."""
    ends = session.scalars(
        select(RoleGrant.ends_on)
        .join(Account, Account.person_id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.person_id != person_id,
            Account.password_hash.is_not(None),
        )
    )
    return max((day or FOR_GOOD for day in ends), default=date.min)


def _set_end(
    session: Session, account: Account, role: Role, ends_on: date | None, now: datetime
) -> GrantRefusal | None:
    grant = next((one for one in account.roles if one.role == role), None)
    if grant is None:
        account.roles.append(RoleGrant(role=role, granted_at=now, ends_on=ends_on))
        return None
    shorter = (ends_on or FOR_GOOD) < (grant.ends_on or FOR_GOOD)
    if role == Role.ADMINISTRATOR and shorter:
        others = _others_until(session, account.person_id)
        if max(others, ends_on or FOR_GOOD) < (grant.ends_on or FOR_GOOD):
            return GrantRefusal.LAST_ADMINISTRATOR
    grant.ends_on = ends_on
    return None


def grant_role(
    person_id: int, role: Role, ends_on: date | None, *, by: Actor, today: date, now: datetime
) -> bool | Refused:
    """Operation: somebody holds a role up to a day, that day included, or for good.

    Whoever holds it already gets the new last day.
    """
    if ends_on is not None and ends_on < today:
        return Refused(GrantRefusal.IN_THE_PAST)
    return _change(person_id, role, ends_on, "grant", by=by, now=now)


def end_role(
    person_id: int, role: Role, *, by: Actor, today: date, now: datetime
) -> bool | Refused:
    """Operation: a role ends at this moment."""
    return _change(person_id, role, today - timedelta(days=1), "end", by=by, now=now)


def _change(
    person_id: int, role: Role, ends_on: date | None, verb: str, *, by: Actor, now: datetime
) -> bool | Refused:
    if by.person_id == person_id:
        return Refused(GrantRefusal.OWN_ACCESS)
    with write() as session:
        account = _hold_all(session, person_id)
        held = account is not None and any(one.role == role for one in account.roles)
        if account is None or (verb == "end" and not held):
            return Refused(GrantRefusal.UNKNOWN)
        fault = _set_end(session, account, role, ends_on, now)
        if fault:
            session.rollback()
            return Refused(fault)
        until = ends_on.isoformat() if ends_on else None
        audit.record(verb, "person", person_id, by=by, now=now, role=role.value, until=until)
        return True


def invite(
    name: str,
    email: str,
    role: Role,
    ends_on: date | None,
    *,
    by: Actor,
    today: date,
    now: datetime,
) -> int | Refused:
    """Operation: an account without a password, for which a link is given; its person's id."""
    if ends_on is not None and ends_on < today:
        return Refused(GrantRefusal.IN_THE_PAST)
    try:
        made = create_person(name, email, role, None, by=by, now=now, ends_on=ends_on)
    except IntegrityError:  # another press took the address meanwhile
        made = None
    return Refused(GrantRefusal.ADDRESS_TAKEN) if made is None else made


def _fresh_key() -> str:
    return secrets.token_urlsafe(24)


def end_sessions(person_id: int, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: somebody is signed out everywhere; their password stays."""
    with write() as session:
        hold(Person, person_id)
        account = session.get(Account, person_id, populate_existing=True)
        if account is None:
            return Refused(GrantRefusal.UNKNOWN)
        account.session_key = _fresh_key()
        audit.record("end-sessions", "person", person_id, by=by, now=now)
        return True


def take_password(person_id: int, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: a password no longer holds, nor does any session; a link for a new one is given.

    Nobody takes their own: they would be out, with nobody who could give them the link.
    """
    if by.person_id == person_id:
        return Refused(GrantRefusal.OWN_ACCESS)
    with write() as session:
        account = _hold_all(session, person_id)
        if account is None:
            return Refused(GrantRefusal.UNKNOWN)
        account.password_hash = None
        account.session_key = _fresh_key()
        audit.record("take-password", "person", person_id, by=by, now=now)
        return True


def set_password(person_id: int, session_key: str, password: str, *, now: datetime) -> bool:
    """Operation: somebody gives themselves a password, by a link that then no longer works.

    False when the link was used or taken back: the account has another session key by now.
    """
    password_hash = hash_password(password)
    with write() as session:
        hold(Person, person_id)
        account = session.get(Account, person_id, populate_existing=True)
        if account is None or account.session_key != session_key or account.password_hash:
            return False
        account.password_hash = password_hash
        account.session_key = _fresh_key()
        audit.record("set-password", "person", person_id, by=audit.person(person_id), now=now)
        return True
