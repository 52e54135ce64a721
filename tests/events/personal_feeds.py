"""What tests of personal calendars share: a link, its calendar, and people with dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import icalendar
from flask import Flask
from sqlalchemy import select

from core.db import db, write
from events import subscriptions
from events.models import FeedScope, PersonalFeed
from events.subscriptions import LinkPlan
from people import audit
from people.models import Account, Wording
from tests.factory import PACIFIC

FULL = LinkPlan("My phone", Wording.FULL)
DISCREET = LinkPlan("My phone", Wording.DISCREET)
BUSY = LinkPlan("For my sister", Wording.FULL, busy_only=True)


def soon(days: int = 2, at: time = time(18, 30)) -> datetime:
    zone = ZoneInfo(PACIFIC)
    return datetime.combine(datetime.now(zone).date() + timedelta(days=days), at, zone)


def person_of(app: Flask, email: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Account.person_id).where(Account.email == email)).one()


@dataclass(frozen=True)
class Link:
    """A link that was made, and its address."""

    id: int
    path: str


def link(
    app: Flask,
    person_id: int,
    plan: LinkPlan = DISCREET,
    scope: FeedScope = FeedScope.ME,
    language: str = "en",
) -> Link:
    key = app.config["SECRET_KEY"]
    with app.app_context():
        made = subscriptions.make_link(
            scope,
            plan,
            press=uuid4(),
            language=language,
            key=key,
            by=audit.person(person_id),
            now=datetime.now(UTC),
        )
        feed = db.session.get_one(PersonalFeed, made)
        token = subscriptions.shown_token(feed, key)
        return Link(made, f"/feeds/{scope.value}/{token}.ics")


def entries(body: bytes) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(body).walk("VEVENT")


def summaries(body: bytes) -> list[str]:
    return [str(one["SUMMARY"]) for one in entries(body)]


def change(app: Flask, model: type, row_id: int, **values: object) -> None:
    with app.app_context(), write() as session:
        row = session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)
