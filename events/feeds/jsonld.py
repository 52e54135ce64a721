"""Events as schema.org JSON-LD, by Google's rules for events.

https://developers.google.com/search/docs/appearance/structured-data/event says which properties
are required (name, startDate, location) and recommended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events.feeds.entries import Place

SCHEMA = "https://schema.org"
Thing = dict[str, Any]
_AVAILABILITY = {"full": "SoldOut", "few": "LimitedAvailability"}


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """What is public of an event. `online_url` is None unless the event publishes it."""

    name: str
    summary: str
    url: str
    mode: str
    place: Place | None
    online_url: str | None
    image: str | None
    languages: tuple[str, ...]
    free: bool
    organizer: str
    organizer_url: str


@dataclass(frozen=True, slots=True)
class ListedDate:
    """One date of it; `planned` is where it stood before it was moved, aware, or None."""

    url: str
    starts_at: datetime
    ends_at: datetime
    end_known: bool
    timezone: str
    all_day: bool
    cancelled: bool
    planned: datetime | None
    availability: str
    place: Place | None = None


def date_thing(event: ListedEvent, one: ListedDate) -> Thing:
    """A date as an Event of its own."""
    return {"@context": SCHEMA} | _date(event, one)


def series_thing(event: ListedEvent, dates: Sequence[ListedDate]) -> Thing:
    """An event with its next dates, as an EventSeries."""
    thing: Thing = {"@context": SCHEMA, "@type": "EventSeries"} | _about(event, event.url)
    if event.place is not None or event.mode != "in-person":
        thing["location"] = _location(event, event.place, event.url)
    if dates:
        thing["startDate"] = _moment(dates[0].starts_at, dates[0])
        thing["subEvent"] = [_date(event, one) for one in dates]
    return thing


def _date(event: ListedEvent, one: ListedDate) -> Thing:
    thing: Thing = {"@type": "Event"} | _about(event, one.url)
    thing |= {
        "startDate": _moment(one.starts_at, one),
        "eventStatus": f"{SCHEMA}/{_status(one)}",
        "location": _location(event, one.place or event.place, one.url),
        "offers": _offer(event, one),
    }
    if one.end_known:
        last = one.ends_at - timedelta(minutes=1) if one.all_day else one.ends_at
        thing["endDate"] = _moment(last, one)
    if one.planned is not None:
        thing["previousStartDate"] = _moment(one.planned, one)
    return thing


def _about(event: ListedEvent, url: str) -> Thing:
    modes = {"in-person": "Offline", "online": "Online", "hybrid": "Mixed"}
    thing: Thing = {
        "name": event.name,
        "url": url,
        "eventAttendanceMode": f"{SCHEMA}/{modes[event.mode]}EventAttendanceMode",
        "isAccessibleForFree": event.free,
        "organizer": {
            "@type": "Organization",
            "name": event.organizer,
            "url": event.organizer_url,
        },
    }
    if event.summary:
        thing["description"] = event.summary
    if event.image:
        thing["image"] = [event.image]
    if event.languages:
        thing["inLanguage"] = list(event.languages)
    return thing


def _moment(moment: datetime, one: ListedDate) -> str:
    local = moment.astimezone(ZoneInfo(one.timezone))
    return local.date().isoformat() if one.all_day else local.isoformat(timespec="minutes")


def _status(one: ListedDate) -> str:
    if one.cancelled:
        return "EventCancelled"
    return "EventScheduled" if one.planned is None else "EventRescheduled"


def _location(event: ListedEvent, place: Place | None, url: str) -> Thing | list[Thing]:
    virtual = {"@type": "VirtualLocation", "url": event.online_url or url}
    if event.mode == "online":
        return virtual
    here = _place(place) if place is not None else {"@type": "Place", "name": event.organizer}
    return [here, virtual] if event.mode == "hybrid" else here


def _place(place: Place) -> Thing:
    address: Thing = {"@type": "PostalAddress"}
    if place.approximate:
        address["addressLocality"] = place.city or place.address
    else:
        address["streetAddress"] = place.address
        if place.city:
            address["addressLocality"] = place.city
    if place.region:
        address["addressRegion"] = place.region
    thing: Thing = {"@type": "Place", "name": place.name, "address": address}
    known = place.latitude is not None and place.longitude is not None
    if known and not place.approximate:
        thing["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": place.latitude,
            "longitude": place.longitude,
        }
    return thing


def _offer(event: ListedEvent, one: ListedDate) -> Thing:
    state = _AVAILABILITY.get(one.availability, "InStock")
    closed = one.cancelled or one.availability == "closed"
    offer: Thing = {
        "@type": "Offer",
        "url": one.url,
        "availability": f"{SCHEMA}/{'SoldOut' if closed else state}",
    }
    if event.free:
        offer |= {"price": 0, "priceCurrency": "USD"}
    return offer
