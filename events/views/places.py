"""Public pages of one event, one of its dates, and one venue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Blueprint, abort, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display, web
from events import queries
from events.filters import Filters
from events.meeting_words import access_label, audience_label, tag_label
from events.models import Event, Joining, Occurrence, OccurrenceStatus, Venue
from events.public_closures import closures_at, closures_for
from events.queries import CalendarDate
from events.rules.recurrence import parse_key
from events.signup_form import SignupForm
from events.views import add_to_calendar, closure_words, structured_data, words
from events.views.descriptions import safe_html
from events.views.feed_links import feed_link
from events.views.images import largest, sources
from events.views.rhythms import rhythm_in_words
from events.views.rows import DateRow, availability_of, row_for, rows_for
from people.access import public

bp = Blueprint("places", __name__)

Link = Callable[[CalendarDate], str]
NEXT_DATES = 12
VENUE_DAYS = 14
VENUE_DATES = 60


def _online_link(event: Event) -> str:
    return event.online_url or "" if event.online_url_public else ""


def _room(event: Event, stored: Occurrence | None) -> str:
    """The name of the room a date is in; a date that goes elsewhere leaves the event's behind."""
    moved = stored is not None and (stored.venue_id or stored.room_id)
    room = stored.room if stored is not None and moved else event.room
    return room.name if room else ""


def _more_about(event: Event, stored: Occurrence | None = None) -> dict[str, object]:
    return {
        "audiences": [audience_label(code) for code in event.audiences],
        "room": _room(event, stored),
        "picture_sources": sources(event),
        "picture_src": largest(event),
    }


def _map_url(venue: Venue) -> str:
    if venue.approximate or venue.latitude is None or venue.longitude is None:
        return ""
    at = f"{venue.latitude:.5f}/{venue.longitude:.5f}"
    return (
        f"https://www.openstreetmap.org/?mlat={venue.latitude:.5f}&mlon={venue.longitude:.5f}"
        f"#map=17/{at}"
    )


@bp.get("/events/<slug>/")
@public
def event_page(slug: str) -> ResponseReturnValue:
    """An event: what it is, its rhythm, its place and its next dates."""
    event = queries.public_event(slug)
    if event is None:
        abort(404)
    now = clock.now()
    dates = queries.event_dates(event.id, now, limit=NEXT_DATES)
    past = [] if dates else queries.event_dates(event.id, now, limit=3, before=True)
    tomorrow = display.local(now, event.timezone).date() + timedelta(days=1)
    midnight = display.start_of_day(tomorrow, event.timezone)
    until = min([*(one.ends_at for one in dates), midnight])
    groups = add_to_calendar.for_event(event, now) if dates else []
    feed = add_to_calendar.feed_of(event)
    data = structured_data.event_data(event, dates, now)
    page = show_event(event, dates, past, now, add_groups=groups, feed=feed, data=data)
    return web.shown_to_all(make_response(page), until)


def _rows(dates: list[CalendarDate], now: datetime, link: Link | None) -> list[DateRow]:
    rows = rows_for(dates, now)
    if link is None:
        return rows
    return [replace(row, url=link(one)) for row, one in zip(rows, dates, strict=True)]


def show_event(
    event: Event,
    dates: list[CalendarDate],
    past: list[CalendarDate],
    now: datetime,
    *,
    link: Link | None = None,
    signup_action: str | None = None,
    form: SignupForm | None = None,
    **more: object,
) -> str:
    """The page of an event.

    Args:
        link: where each date leads, for pages that are not public.
        signup_action: where the form goes instead; "" shows none.
        form: the form filled in, or an empty one.
        more: what goes to the template besides: `private_page`, `back_url`, `back_label`,
            `preview`, `all_dates_url`; for public pages `add_groups`, `feed` and `data`.
    """
    today = display.local(now, event.timezone).date()
    return render_template(
        "calendar/event.html",
        event=event,
        venue=event.venue,
        map_url=_map_url(event.venue) if event.venue else "",
        online_link=_online_link(event),
        description=safe_html(event.description),
        closures=closure_words.notices(closures_for(event, today)),
        rhythms=[
            rhythm_in_words(series)
            for series in event.series
            if series.until is None or series.until >= today
        ],
        dates=_rows(dates, now, link),
        past=_rows(past, now, link),
        kind_label=words.kind(event.kind),
        mode_label=words.mode(event.mode),
        joining_label=words.joining(event.joining),
        languages=[words.language(one.language) for one in event.languages],
        tags=[tag_label(one.tag) for one in event.tags],
        access=[access_label(code) for code in event.access],
        **_more_about(event),
        form=form or SignupForm(),
        signup_action=_cohort_action(event, dates) if signup_action is None else signup_action,
        **more,
    )


def _cohort_action(event: Event, dates: list[CalendarDate]) -> str:
    if event.joining != Joining.COHORT or not dates:
        return ""
    return web.path(f"/events/{event.slug}/signup")


@bp.get("/events/<slug>/<key>/")
@public
def date_page(slug: str, key: str) -> ResponseReturnValue:
    """One date: when, where, whether there is room, and the sign-up form."""
    found = queries.public_date(slug, key) if parse_key(key) else None
    if found is None:
        return _at_its_new_key(slug, key)
    shown, stored = found
    now = clock.now()
    later = queries.event_dates(stored.event_id, stored.ends_at, limit=6)
    closes = stored.starts_at - timedelta(minutes=stored.event.signup_closes_minutes)
    ahead = [moment for moment in (closes, stored.ends_at) if moment > now]
    held = shown.status != OccurrenceStatus.CANCELLED and stored.ends_at > now
    groups = add_to_calendar.for_date(stored) if held else []
    feed = add_to_calendar.feed_of(stored.event)
    data = structured_data.date_data(shown, stored, now)
    page = show_date(shown, stored, later, now, add_groups=groups, feed=feed, data=data)
    return web.shown_to_all(make_response(page), min(ahead, default=now + timedelta(days=1)))


def show_date(
    shown: CalendarDate,
    stored: Occurrence,
    later: list[CalendarDate],
    now: datetime,
    *,
    link: Link | None = None,
    signup_action: str | None = None,
    form: SignupForm | None = None,
    **more: object,
) -> str:
    """The page of one date; the rest as for `show_event`."""
    event = stored.event
    venue = stored.venue or event.venue
    availability = availability_of(shown, now)
    over = stored.ends_at <= now
    return render_template(
        "calendar/occurrence.html",
        event=event,
        row=row_for(shown, now),
        occurrence=stored,
        starts=display.local(stored.starts_at, stored.timezone),
        ends=display.local(stored.ends_at, stored.timezone),
        last_day=display.local(stored.ends_at - timedelta(minutes=1), stored.timezone).date(),
        moved=_moved(stored),
        venue=venue,
        map_url=_map_url(venue) if venue else "",
        online_link=_online_link(event),
        description=safe_html(event.description),
        kind_label=words.kind(event.kind),
        mode_label=words.mode(event.mode),
        languages=[words.language(one.language) for one in event.languages],
        tags=[tag_label(one.tag) for one in event.tags],
        access=[access_label(code) for code in [*event.access, *(venue.access if venue else [])]],
        **_more_about(event, stored),
        over=over,
        can_sign_up=availability in {"open", "few", "full"} and not over,
        availability=availability,
        form=form or SignupForm(),
        signup_action=signup_action or _signup_action(event, stored.key),
        later=_rows(later, now, link),
        **more,
    )


def _at_its_new_key(slug: str, key: str) -> ResponseReturnValue:
    """A date whose series has changed since leads on to where it is now."""
    fresh = queries.current_key(slug, key)
    if fresh is None:
        abort(404)
    return redirect(web.path(f"/events/{slug}/{fresh}/"), 301)


def _signup_action(event: Event, key: str) -> str:
    if event.joining == Joining.COHORT:
        return web.path(f"/events/{event.slug}/signup")
    return web.path(f"/events/{event.slug}/{key}/signup")


def _moved(occurrence: Occurrence) -> str:
    """Where a date was before it was moved, in words, or nothing."""
    starts = display.local(occurrence.starts_at, occurrence.timezone).replace(tzinfo=None)
    planned = parse_key(occurrence.key)
    if planned is None or planned == starts:
        return ""
    return _(
        "%(day)s at %(time)s",
        day=display.in_sentence(display.long_date(planned.date())),
        time=display.clock(planned),
    )


@bp.get("/venues/<slug>/")
@public
def venue_page(slug: str) -> ResponseReturnValue:
    """A place: where it is, how to get in, and what happens there in the next two weeks."""
    venue = queries.public_venue(slug)
    if venue is None:
        abort(404)
    now = clock.now()
    today = display.local(now, venue.timezone).date()
    last = today + timedelta(days=VENUE_DAYS - 1)
    here = Filters(venues=(slug,))
    dates = queries.dates_between(here, today, last, limit=VENUE_DATES)
    page = render_template(
        "calendar/venue.html",
        venue=venue,
        map_url=_map_url(venue),
        access=[access_label(code) for code in venue.access],
        closures=closure_words.notices(closures_at([venue.id], today)),
        dates=rows_for(dates, now),
        total=queries.count_from(here, today, last),
        calendar_url=web.path(f"/calendar/list/{here.query()}"),
        feed=feed_link(here),
    )
    tomorrow = display.start_of_day(today + timedelta(days=1), venue.timezone)
    return web.shown_to_all(make_response(page), tomorrow)
