"""A person's own calendars for their calendar programs, behind secret addresses.

Nothing on the way may note the address: it is the key. So nothing here ever fails aloud.
"""

from __future__ import annotations

import logging
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from core import clock, display, web
from core.db import db
from events import subscriptions
from events.feeds import ical, personal
from events.feeds.entries import FeedDate, Words
from events.feeds.instances import AHEAD, BACK, CANCELLED_STAY, Keeping
from events.feeds.personal import Manner, OwnWords
from events.models import (
    AssignmentRole,
    EventStatus,
    FeedScope,
    Occurrence,
    PersonalFeed,
    Visibility,
)
from events.own_calendar import Span, led, own_dates, signed_up
from events.views import life_words
from events.views.last_good import Given, last_good
from people.access import Permission, allowed, public, today
from people.models import Wording
from people.queries import account_of
from people.roles import standing_roles

bp = Blueprint("personal_feeds", __name__)
log = logging.getLogger(__name__)

FILE = "appointments.ics"
NEEDS = {FeedScope.ME: Permission.SEE_OWN_PAGE, FeedScope.TEAM: Permission.TAKE_ROLL}
TRIES = 2
HEADERS = {
    "Cache-Control": "private, max-age=0, must-revalidate",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def _span() -> Span:
    day = today()
    return Span(day - BACK, day + AHEAD, day - CANCELLED_STAY)


def _here(feed: PersonalFeed, path: str) -> str:
    """The full address of a page in the language of the calendar."""
    return web.absolute(path if feed.language == "en" else f"/{feed.language}{path}")


def _home(feed: PersonalFeed) -> str:
    return _here(feed, "/today/" if feed.scope == FeedScope.TEAM else "/me/")


def _page_of(feed: PersonalFeed, one: Occurrence) -> str:
    """Where the owner of a calendar reads about a date."""
    event = one.event
    if life_words.is_public(event):
        return _here(feed, f"/events/{event.slug}/{one.key}/")
    if feed.scope == FeedScope.TEAM:
        return _here(feed, f"/roll-call/{one.id}/")
    members = life_words.audience(event) == Visibility.SIGNED_IN
    if event.status == EventStatus.PUBLISHED and members:
        return _here(feed, f"/me/events/{event.slug}/{one.key}/")
    return _home(feed)


def _appointment(one: FeedDate) -> str:
    weekday = display.weekday_name(display.local(one.starts_at, one.timezone).date())
    return _("Your %(weekday)s appointment", weekday=display.in_sentence(weekday))


def _words() -> OwnWords:
    common = Words(
        cancelled=_("CANCELLED: "),
        online=_("Online"),
        details=_("Details"),
        join_online=_("Join online"),
        phone=_("Phone"),
        kinds={},
        joining={},
    )
    return OwnWords(
        common=common,
        waiting=_("Waiting list: "),
        busy=_("Busy"),
        passcode=_("Passcode"),
        appointment=_appointment,
        roles={
            AssignmentRole.LEAD: _("lead"),
            AssignmentRole.CO_LEAD: _("co-lead"),
            AssignmentRole.TRAINEE: _("trainee"),
        },
    )


def _name(feed: PersonalFeed, manner: Manner) -> str:
    if not manner.full or manner.busy_only:
        return _("Appointments")
    own = _("What I lead") if feed.scope == FeedScope.TEAM else _("My dates")
    return f"{current_app.config['SITE_NAME']}: {own}"


def _is_open(feed: PersonalFeed) -> bool:
    """Whether its owner may see at this moment what it shows.

    When not, it is empty rather than gone: the dates leave the devices they are on, and are back
    when access is given again.
    """
    account = account_of(feed.person_id)
    if account is None:
        return False
    return allowed(standing_roles(account.roles, today()), NEEDS[FeedScope(feed.scope)])


def _body(feed: PersonalFeed) -> bytes:
    span = _span()
    read = led if feed.scope == FeedScope.TEAM else signed_up
    parts = read(feed.person_id, span) if _is_open(feed) else []
    dates, changed_at = own_dates(
        parts, span, feed.updated_at, page_of=lambda one: _page_of(feed, one)
    )
    manner = Manner(feed.wording == Wording.FULL, feed.busy_only, feed.reminder_minutes)
    with force_locale(feed.language):
        calendar = ical.Calendar(
            name=_name(feed, manner),
            description="",
            timezone=current_app.config["TIMEZONE"],
            address="",
            page=_home(feed),
            updated_at=changed_at,
            keeping=Keeping(span.first, span.last, span.cancelled_from),
        )
        return personal.render(calendar, dates, manner, _words())


def _noted(feed_id: int, use: subscriptions.Use) -> datetime:
    """Note the use; that it cannot be noted is no reason to answer nothing."""
    if use.is_news:
        try:
            subscriptions.note_use(feed_id, use)
        except SQLAlchemyError:
            log.warning("the use of a personal calendar could not be noted")
    return use.changed_at


def _made(scope: FeedScope, token: str) -> Given | int:
    """What an address gives out now, or the status that says why nothing."""
    feed = subscriptions.find_by_token(scope, token)
    if feed is None or feed.revoked_at is not None:
        return 404 if feed is None else 410
    feed_id, body = feed.id, _body(feed)
    use = subscriptions.use_of(feed, body, today(), clock.now())
    db.session.rollback()  # nothing was written, and nothing need be held while that is noted
    return Given(body, _noted(feed_id, use))


def _tried(scope: FeedScope, token: str) -> Given | int:
    """As `_made`, once more after a fault, and then what stood last; 503 where nothing did."""
    name = f"{scope}:{subscriptions.hash_of(token)}"
    for _attempt in range(TRIES):
        try:
            made = _made(scope, token)
        except Exception:
            log.exception("a personal calendar could not be made")
            db.session.remove()
            continue
        if isinstance(made, Given):
            last_good().keep(name, made)
        else:
            last_good().drop(name)
        return made
    return last_good().of(name) or 503


def _refused(status: int) -> Response:
    words = {
        404: _("There is no such calendar."),
        410: _("The owner of this calendar has ended this link."),
        503: _("The site is busy. Please try again in a minute."),
    }[status]
    response = Response(f"{words}\n", status, HEADERS, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _answer(scope: FeedScope, token: str) -> Response:
    made = _tried(scope, token)
    if isinstance(made, int):
        return _refused(made)
    response = Response(made.body, headers=HEADERS, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{FILE}"'
    response.last_modified = made.changed_at
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.get("/feeds/me/<token>.ics")
@public
def mine(token: str) -> ResponseReturnValue:
    """What the owner of the address signed up for."""
    return _answer(FeedScope.ME, token)


@bp.get("/feeds/team/<token>.ics")
@public
def team(token: str) -> ResponseReturnValue:
    """What the owner of the address leads."""
    return _answer(FeedScope.TEAM, token)
