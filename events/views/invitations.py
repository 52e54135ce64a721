"""The dates that a mail is about, as invitations for the recipient's calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from core import clock, display
from core.db import db
from events.feeds.invitation import CANCEL, Envelope, InvitedDate, render
from events.identity import counted_twice, identity_of
from events.models import Mode, Occurrence, Series, Signup
from people.mail import Invitation
from people.models import Person, Wording


def _sequence(one: Occurrence, series: Series | None, *, ruled: bool) -> int:
    """As feeds count it: dates that a rule says rise together, one apart with its series."""
    if series is None:
        return one.sequence
    if not ruled:
        return series.sequence + one.sequence
    total = select(func.coalesce(func.sum(Occurrence.sequence), 0)).where(
        Occurrence.series_id == series.id
    )
    return series.sequence + int(db.session.scalar(total) or 0)


def _location(one: Occurrence, person: Person) -> str:
    venue = one.venue or one.event.venue
    if person.wording != Wording.FULL or venue is None or one.event.mode == Mode.ONLINE:
        return ""
    return ", ".join(part for part in (venue.name, venue.address) if part)


def _invited(one: Occurrence, person: Person, url: str, method: str) -> InvitedDate:
    called = identity_of(one)
    sequence = _sequence(one, one.series, ruled=called.instance is not None)
    weekday = display.weekday_name(display.local(one.starts_at, one.timezone).date())
    discreet = _("Your %(weekday)s appointment", weekday=display.in_sentence(weekday))
    return InvitedDate(
        uid=called.uid,
        sequence=counted_twice(sequence) + (method == CANCEL),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        timezone=one.timezone,
        summary=one.event.title if person.wording == Wording.FULL else discreet,
        description=url,
        location=_location(one, person),
        url=url,
        all_day=one.all_day,
        instance=called.instance,
        rule_timezone=called.timezone,
        rule_all_day=called.all_day,
    )


def invitations(
    told: Iterable[tuple[Signup, str]], person: Person, method: str
) -> tuple[Invitation, ...]:
    """Invitations to (or cancellations of) the dates of sign-ups, each with the address of its
    own page; one for each UID."""
    config = current_app.config
    envelope = Envelope(config["MAIL_NAME"], config["MAIL_FROM"], person.email or "", clock.now())
    by_uid: dict[str, list[InvitedDate]] = defaultdict(list)
    for signup, url in told:
        one = _invited(signup.occurrence, person, url, method)
        by_uid[one.uid].append(one)
    return tuple(Invitation(method, render(dates, method, envelope)) for dates in by_uid.values())
