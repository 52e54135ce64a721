"""The dates that a mail is about, as invitations for the recipient's calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from core import clock, display
from core.db import db
from events.feeds.entries import FeedDate, FeedSeries
from events.feeds.instances import stands_apart
from events.feeds.invitation import CANCEL, Envelope, InvitedDate, render
from events.horizon import rhythm_of
from events.models import Mode, Occurrence, Series, Signup
from events.rules.recurrence import parse_key
from people.mail import Invitation
from people.models import Person, Wording


def _apart(series: Series, one: Occurrence) -> bool:
    """Whether feeds say a date of a series on its own, with a UID of its own."""
    said = FeedSeries(
        uid=series.uid,
        timezone=series.timezone,
        rhythm=rhythm_of(series),
        duration=one.ends_at - one.starts_at,
        end_known=True,
        first=None,
        missing=frozenset(),
        dates=(),
        sequence=0,
        created_at=series.created_at,
        updated_at=series.updated_at,
        whole=True,
        all_day=series.all_day,
        place=None,
    )
    date = FeedDate(
        key=one.key,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        timezone=one.timezone,
        uid=one.uid,
        cancelled=False,
        reason="",
        place=None,
        sequence=0,
        created_at=one.created_at,
        updated_at=one.updated_at,
        shown=True,
        all_day=one.all_day,
    )
    return stands_apart(said, date)


def _sequence(one: Occurrence, series: Series | None) -> int:
    """As feeds count it: dates of a series rise together."""
    if series is None:
        return one.sequence
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
    series = one.series
    apart = series is not None and _apart(series, one)
    sequence = one.sequence if apart else _sequence(one, series)
    weekday = display.weekday_name(display.local(one.starts_at, one.timezone).date())
    discreet = _("Your %(weekday)s appointment", weekday=display.in_sentence(weekday))
    uid = str(one.uid) if series is None else f"{series.uid}-{one.key}" if apart else series.uid
    ruled = series is not None and not apart
    return InvitedDate(
        uid=uid,
        sequence=sequence + (method == CANCEL),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        timezone=one.timezone,
        summary=one.event.title if person.wording == Wording.FULL else discreet,
        description=url,
        location=_location(one, person),
        url=url,
        all_day=one.all_day,
        instance=parse_key(one.key) if ruled else None,
        rule_timezone=series.timezone if series is not None else "",
        rule_all_day=series.all_day if series is not None else False,
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
