"""Links by which somebody gives themselves a password: once, and for seven days."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from core.db import db
from people.models import Account

LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Invitation:
    """What a link stands for. It works while the account has this session key and no password."""

    person_id: int
    session_key: str


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="set-password")


def token_for(account: Account, secret: str, now: datetime) -> str:
    """What stands in the link's address."""
    until = int((now + LASTS).timestamp())
    return str(_serializer(secret).dumps([account.person_id, _mark(account), until]))


def _mark(account: Account) -> str:
    """Tells that the session key changed, and nothing of what it is."""
    return hashlib.sha256(account.session_key.encode()).hexdigest()[:16]


def invitation_of(token: str, secret: str, now: datetime) -> Invitation | None:
    """What a link stands for, or None when it is forged, too old, used or taken back."""
    try:
        person_id, mark, until = _serializer(secret).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    if now > datetime.fromtimestamp(until, UTC):
        return None
    account = db.session.get(Account, person_id)
    if account is None or account.password_hash or _mark(account) != mark:
        return None
    return Invitation(account.person_id, account.session_key)
