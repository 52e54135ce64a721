"""What search engines are told of an event: schema.org data in the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from flask import current_app
from markupsafe import Markup

from core import web
from events.feed_rows import place_of
from events.feeds import jsonld
from events.feeds.entries import Place
from events.models import Event, Occurrence, OccurrenceStatus
from events.queries import CalendarDate
from events.rules.recurrence import parse_key, to_utc
from events.views.images import largest
from events.views.rows import availability_of

# What could end the element, or be a line end to a script, is said by its number.
_UNSAFE = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def event_data(event: Event, dates: Sequence[CalendarDate], now: datetime) -> Markup:
    """An event with its next dates, for its page."""
    listed = [_listed(event, one, one.key, None, now) for one in dates]
    return _script(jsonld.series_thing(_event(event), listed))


def date_data(shown: CalendarDate, stored: Occurrence, now: datetime) -> Markup:
    """One date, for its page."""
    event = stored.event
    place = place_of(stored.venue)
    return _script(jsonld.date_thing(_event(event), _listed(event, shown, stored.key, place, now)))


def _script(thing: jsonld.Thing) -> Markup:
    text = msgspec.json.encode(thing).decode().translate(_UNSAFE)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704


def _event(event: Event) -> jsonld.ListedEvent:
    picture = largest(event)
    return jsonld.ListedEvent(
        name=event.title,
        summary=event.summary,
        url=web.absolute(web.path(f"/events/{event.slug}/")),
        mode=event.mode,
        place=place_of(event.venue),
        online_url=event.online_url if event.online_url_public else None,
        image=web.absolute(picture) if picture else None,
        languages=tuple(one.language for one in event.languages),
        free=not event.cost,
        organizer=current_app.config["SITE_NAME"],
        organizer_url=web.absolute(web.path("/")),
    )


def _listed(
    event: Event, one: CalendarDate, key: str, place: Place | None, now: datetime
) -> jsonld.ListedDate:
    original = parse_key(key)
    planned = to_utc(original, one.timezone) if original else one.starts_at
    moved = planned != one.starts_at and not one.all_day
    return jsonld.ListedDate(
        url=web.absolute(web.path(f"/events/{event.slug}/{key}/")),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        end_known=one.end_known,
        timezone=one.timezone,
        all_day=one.all_day,
        cancelled=one.status == OccurrenceStatus.CANCELLED,
        planned=planned if moved else None,
        availability=availability_of(one, now),
        place=place,
    )
