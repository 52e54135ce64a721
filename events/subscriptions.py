"""Links to a person's own calendar: made, changed, renewed and revoked by their owner alone.

The address' secret is worked out from the site's key and a row's `nonce`, so that its owner can be
shown it again, and looked up by its hash only. After the site's key was changed, links that are
out go on working, but their addresses cannot be shown any more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.db import db, hold, write, write_if_free
from core.outcome import Refused
from events.models import FeedScope, PersonalFeed
from people import audit
from people.audit import Actor
from people.models import Person, Wording

MOST_LINKS = 20
TOKEN_BYTES = 16
A_SECOND = timedelta(seconds=1)  # HTTP dates know no less


class LinkRefusal(StrEnum):
    """Why a link cannot be made or changed."""

    UNKNOWN = "unknown-link"
    TOO_MANY = "too-many-links"


@dataclass(frozen=True)
class LinkPlan:
    """What a link is called and how much it says. `reminder_minutes` None is no reminder."""

    name: str
    wording: Wording
    busy_only: bool = False
    reminder_minutes: int | None = None


def token_of(nonce: str, key: str) -> str:
    """The secret of an address: 128 bits in 22 letters, from the site's key."""
    digest = hmac.new(key.encode(), f"personal-feed:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """What a secret is looked up by."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def shown_token(feed: PersonalFeed, key: str) -> str | None:
    """The secret of a link, for its owner; None when the site's key is another by now."""
    token = token_of(feed.nonce, key)
    return token if hmac.compare_digest(hash_of(token), feed.token_hash) else None


def find_by_token(scope: FeedScope, token: str) -> PersonalFeed | None:
    """The link of an address, revoked or not, or None."""
    return db.session.scalar(
        select(PersonalFeed)
        .where(PersonalFeed.token_hash == hash_of(token), PersonalFeed.scope == scope)
        .execution_options(populate_existing=True)
    )


def links_of(person_id: int) -> Sequence[PersonalFeed]:
    """Somebody's links that stand, the oldest first."""
    return db.session.scalars(
        select(PersonalFeed)
        .where(PersonalFeed.person_id == person_id, PersonalFeed.revoked_at.is_(None))
        .order_by(PersonalFeed.id)
    ).all()


def link_of(person_id: int, link_id: int) -> PersonalFeed | None:
    """One of somebody's links that stand; another person's is None."""
    found = db.session.get(PersonalFeed, link_id, populate_existing=True)
    own = found is not None and found.person_id == person_id and found.revoked_at is None
    return found if own else None


def has_ended(person_id: int, link_id: int) -> bool:
    """Whether somebody had this link and revoked it."""
    found = db.session.get(PersonalFeed, link_id)
    return found is not None and found.person_id == person_id and found.revoked_at is not None


def _count(session: Session, person_id: int) -> int:
    standing = select(func.count(PersonalFeed.id)).where(
        PersonalFeed.person_id == person_id, PersonalFeed.revoked_at.is_(None)
    )
    return int(session.scalar(standing) or 0)


def _add(
    session: Session,
    person_id: int,
    scope: FeedScope,
    plan: LinkPlan,
    language: str,
    nonce: str,
    key: str,
    now: datetime,
) -> PersonalFeed:
    feed = PersonalFeed(
        person_id=person_id,
        scope=scope,
        token_hash=hash_of(token_of(nonce, key)),
        nonce=nonce,
        language=language,
        created_at=now,
        updated_at=now,
    )
    _put(feed, plan)
    session.add(feed)
    session.flush()
    return feed


def _put(feed: PersonalFeed, plan: LinkPlan) -> None:
    feed.name = plan.name
    feed.wording = plan.wording
    feed.busy_only = plan.busy_only
    feed.reminder_minutes = plan.reminder_minutes


def _made_before(session: Session, nonce: str, key: str) -> PersonalFeed | None:
    token_hash = hash_of(token_of(nonce, key))
    return session.scalar(select(PersonalFeed).where(PersonalFeed.token_hash == token_hash))


def make_link(
    scope: FeedScope,
    plan: LinkPlan,
    *,
    press: UUID,
    language: str,
    key: str,
    by: Actor,
    now: datetime,
) -> int | Refused:
    """Operation: a new link of the one who acts; its id. The same press with the same words finds
    the same link again.

    Args:
        language: that of the calendar's words.
        key: the site's key.
    """
    asked = f"{by.person_id}:{press}:{scope}:{language}:{plan}"
    nonce = hashlib.sha256(asked.encode()).hexdigest()[:32]
    with write() as session:
        if by.person_id is None or hold(Person, by.person_id) is None:
            return Refused(LinkRefusal.UNKNOWN)
        before = _made_before(session, nonce, key)
        if before is not None and before.revoked_at is None:
            return before.id
        if _count(session, by.person_id) >= MOST_LINKS:
            return Refused(LinkRefusal.TOO_MANY)
        if before is not None:  # a page gone back to, after its link was revoked
            nonce = secrets.token_hex(16)
        feed = _add(session, by.person_id, scope, plan, language, nonce, key, now)
        audit.record("make", "calendar-link", feed.id, by=by, now=now, scope=scope.value)
        return feed.id


def _hold_own(link_id: int, by: Actor) -> PersonalFeed | None:
    found = hold(PersonalFeed, link_id)
    own = found is not None and found.person_id == by.person_id and found.revoked_at is None
    return found if own else None


def change_link(link_id: int, plan: LinkPlan, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: a link gets another name or says more or less; its address stays.

    False when nothing is different.
    """
    with write():
        feed = _hold_own(link_id, by)
        if feed is None:
            return Refused(LinkRefusal.UNKNOWN)
        said = LinkPlan(feed.name, Wording(feed.wording), feed.busy_only, feed.reminder_minutes)
        if said == plan:
            return False
        _put(feed, plan)
        feed.updated_at = max(now, feed.updated_at + A_SECOND)
        audit.record("edit", "calendar-link", link_id, by=by, now=now)
        return True


def revoke_link(link_id: int, *, by: Actor, now: datetime) -> bool | Refused:
    """Operation: an address opens nothing from now on."""
    with write():
        feed = _hold_own(link_id, by)
        if feed is None:
            return Refused(LinkRefusal.UNKNOWN)
        feed.revoked_at = now
        audit.record("revoke", "calendar-link", link_id, by=by, now=now)
        return True


def renew_link(link_id: int, *, key: str, by: Actor, now: datetime) -> int | Refused:
    """Operation: a link gets a new address, and the old one opens nothing; the new link's id."""
    with write() as session:
        old = _hold_own(link_id, by)
        if old is None:
            return Refused(LinkRefusal.UNKNOWN)
        old.revoked_at = now
        plan = LinkPlan(old.name, Wording(old.wording), old.busy_only, old.reminder_minutes)
        nonce = secrets.token_hex(16)
        scope = FeedScope(old.scope)
        new = _add(session, old.person_id, scope, plan, old.language, nonce, key, now)
        audit.record("revoke", "calendar-link", link_id, by=by, now=now)
        audit.record("make", "calendar-link", new.id, by=by, now=now, scope=scope.value)
        return new.id


@dataclass(frozen=True)
class Use:
    """That a link was used: on which local day, the digest of what it gave out, and when that
    last changed. `is_news` says whether it is worth writing down."""

    day: date
    digest: str
    changed_at: datetime
    is_news: bool


def use_of(feed: PersonalFeed, body: bytes, today: date, now: datetime) -> Use:
    """What there is to note about a link that gave out `body`. Between two changes a whole second
    passes, so that who asks by date never misses one."""
    digest = hashlib.sha256(body).hexdigest()
    if digest == feed.digest and feed.changed_at is not None:
        return Use(today, digest, feed.changed_at, feed.last_used_on != today)
    before = feed.changed_at
    changed_at = now if before is None else max(now, before + A_SECOND)
    return Use(today, digest, changed_at, is_news=True)


def note_use(link_id: int, use: Use) -> None:
    """Operation: a link was used, and when; no more than its day is kept.

    Raises:
        SQLAlchemyError: others were writing, or it failed; whoever subscribes need not know.
    """
    write_if_free(
        update(PersonalFeed)
        .where(PersonalFeed.id == link_id)
        .values(last_used_on=use.day, digest=use.digest, changed_at=use.changed_at)
    )
