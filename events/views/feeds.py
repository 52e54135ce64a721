"""The calendar for other programs: iCalendar, Meeting Guide JSON, JSON and Atom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display, web
from events import feed_queries
from events import filters as filtering
from events.feeds import atom, events_json, ical, meeting_guide
from events.feeds.entries import Links, Words
from events.feeds.instances import Keeping
from events.feeds.meeting_types import MEETING_TYPES
from events.filter_choices import places_named
from events.filters import Filters
from events.models import Joining
from events.queries import CalendarDate, current_key, dates_between
from events.views import words
from events.views.feed_links import feed_name, name_of
from events.views.rows import availability_of
from people.access import public

bp = Blueprint("feeds", __name__)

EMBEDDED = timedelta(days=60)
MOST_EMBEDDED = 500
MOST_NEWS = 50
KNOWN = filtering.KNOWN_PARAMETERS | {"cancelled", "lang"}


def _here(path: str) -> str:
    """The full address of a page in the language of this feed."""
    prefix = "/es" if web.language() == "es" else ""
    return web.absolute(prefix + path)


def page_links() -> Links:
    """Addresses of pages, for feeds."""
    return Links(_here(""))


def json_links() -> events_json.JsonLinks:
    """Addresses of pages and of the API, for JSON."""
    return events_json.JsonLinks(
        pages=page_links(),
        venue=lambda slug: _here(f"/venues/{slug}/"),
        signups=lambda number: web.absolute(f"/api/v1/occurrences/{number}/signups"),
    )


def _words() -> Words:
    return Words(
        cancelled=_("CANCELLED: "),
        online=_("Online"),
        details=_("Details"),
        join_online=_("Join online"),
        phone=_("Phone"),
        kinds=words.kinds(),
        joining={code: words.joining(code) for code in Joining},
    )


def _today() -> date:
    return display.local(clock.now(), current_app.config["TIMEZONE"]).date()


def _midnight() -> datetime:
    tomorrow = _today() + timedelta(days=1)
    return display.start_of_day(tomorrow, current_app.config["TIMEZONE"])


def _last_modified(changed: datetime) -> datetime:
    """When a feed changed, if not by hand: dates come into reach and leave with the days."""
    return max(changed, display.start_of_day(_today(), current_app.config["TIMEZONE"]))


def _keeping() -> Keeping:
    return Keeping.on(_today(), hide_cancelled=request.args.get("cancelled") == "hide")


def answer(
    body: bytes,
    content_type: str,
    *,
    changed: datetime | None = None,
    file: str | None = None,
    attached: bool = False,
    valid_until: datetime | None = None,
    known: Iterable[str] = KNOWN,
) -> Response:
    """A public document with its content's ETag; 304 to whoever has it already."""
    response = Response(body, content_type=content_type)
    if file is not None:
        response.headers["Content-Disposition"] = (
            f'{"attachment" if attached else "inline"}; filename="{file}"'
        )
    response.last_modified = changed
    web.shown_to_all(response, valid_until or _midnight(), known=set(known))
    response.add_etag()
    response.make_conditional(request)
    return response


def open_to_other_sites(response: Response) -> Response:
    """Let pages of other sites read a response; it carries no secrets and no cookie."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _address(chosen: Filters) -> str:
    """The address of this feed in its one spelling."""
    asked = {name: request.args[name] for name in ("cancelled", "lang") if name in request.args}
    return web.absolute(web.path(request.path) + chosen.query(**asked))


def _calendar(
    asked: Filters, name: str, page: str, keeping: Keeping, changed: datetime
) -> ical.Calendar:
    site = current_app.config["SITE_NAME"]
    return ical.Calendar(
        name=name,
        description=_("Dates from %(site)s", site=site),
        timezone=current_app.config["TIMEZONE"],
        address=_address(asked),
        page=_here(page),
        updated_at=changed,
        keeping=keeping,
    )


def _ical(
    chosen: Filters,
    asked: Filters,
    file: str,
    *,
    name: str = "",
    page: str = "",
    slug: str | None = None,
) -> ResponseReturnValue:
    """The feed of what is `chosen`; `asked` is the part of it that stands in the query."""
    keeping = _keeping()
    entries = feed_queries.load(chosen, first=keeping.first, last=keeping.last, slug=slug)
    if slug is not None and not entries:
        abort(404)
    changed = feed_queries.last_change()
    name = name or feed_name(entries[0].event.title)
    page = page or f"/calendar/{chosen.query()}"
    calendar = _calendar(asked, name, page, keeping, changed)
    body = ical.render(calendar, entries, page_links(), _words())
    since = _last_modified(changed)
    return answer(body, "text/calendar; charset=utf-8", changed=since, file=file)


@bp.get("/feeds/all.ics")
@public
def everything() -> ResponseReturnValue:
    """Every public date, or those that the filters choose."""
    chosen = filtering.parse(request.args)
    return _ical(chosen, chosen, "all.ics", name=name_of(chosen))


@bp.get("/feeds/<kind>.ics")
@public
def of_kind(kind: str) -> ResponseReturnValue:
    """The dates of one kind of event."""
    if kind not in words.kinds():
        abort(404)
    asked = replace(filtering.parse(request.args), kinds=())
    chosen = replace(asked, kinds=(kind,))
    return _ical(chosen, asked, f"{kind}.ics", name=name_of(chosen))


@bp.get("/venues/<slug>.ics")
@public
def of_venue(slug: str) -> ResponseReturnValue:
    """The dates at one place."""
    if not places_named([slug]):
        abort(404)
    asked = replace(filtering.parse(request.args), venues=())
    chosen = replace(asked, venues=(slug,))
    page = "" if asked else f"/venues/{slug}/"
    return _ical(chosen, asked, f"{slug}.ics", name=name_of(chosen), page=page)


@bp.get("/events/<slug>.ics")
@public
def of_event(slug: str) -> ResponseReturnValue:
    """All dates of one event."""
    return _ical(Filters(), Filters(), f"{slug}.ics", page=f"/events/{slug}/", slug=slug)


@bp.get("/events/<slug>/<key>.ics")
@public
def of_date(slug: str, key: str) -> ResponseReturnValue:
    """One date, as a file to keep."""
    key = current_key(slug, key) or key
    found = feed_queries.load_date(slug, key)
    if found is None:
        abort(404)
    one, series_uid = found
    keeping = replace(_keeping(), hide_cancelled=False)
    entries = feed_queries.load(Filters(), first=keeping.first, last=keeping.last, slug=slug)
    if not entries:
        abort(404)
    entry = entries[0]
    series = next((series for series in entry.series if series.uid == series_uid), None)
    changed = max(one.updated_at, entry.event.updated_at)
    page = f"/events/{slug}/{key}/"
    calendar = _calendar(Filters(), entry.event.title, page, keeping, changed)
    body = ical.render_date(calendar, entry.event, series, one, page_links(), _words())
    return answer(
        body,
        "text/calendar; charset=utf-8",
        changed=_last_modified(feed_queries.last_change()),  # it counts its series' changes
        file=f"{slug}-{key[:10]}.ics",
        attached=True,
    )


@bp.get("/feeds/events.json")
@public
def embedded() -> ResponseReturnValue:
    """The dates of the next two months, for other sites to show."""
    chosen, now, today = filtering.parse(request.args), clock.now(), _today()
    last = today + EMBEDDED
    dates = dates_between(chosen, today, last, limit=MOST_EMBEDDED + 1)
    shown = dates[:MOST_EMBEDDED]
    more = {"from": today.isoformat(), "to": last.isoformat(), "offset": str(len(shown))}
    following = None
    if len(dates) > len(shown):
        following = web.absolute(f"/api/v1/occurrences{chosen.query(**more)}")
    site = current_app.config["SITE_NAME"]
    page = {
        "name": site,
        "url": _here(f"/calendar/{chosen.query()}"),
        "timezone": current_app.config["TIMEZONE"],
    }
    page |= events_json.occurrences(
        shown, lambda one: availability_of(one, now), json_links(), following
    )
    body = msgspec.json.encode(page)
    until = changes_at(shown, now)
    return open_to_other_sites(answer(body, "application/json", valid_until=until))


def changes_at(dates: Iterable[CalendarDate], now: datetime) -> datetime:
    """When the first of the dates closes for sign-ups, or midnight."""
    closing = (one.starts_at - timedelta(minutes=one.closes_minutes) for one in dates)
    return min(moment for moment in (*closing, _midnight()) if moment > now)


def meeting_listing(chosen: Filters) -> meeting_guide.Listing:
    """What meeting finders get, and what they cannot."""
    today = _today()
    entity = {
        "entity": current_app.config["SITE_NAME"],
        "entity_website_url": current_app.config["SITE_URL"],
    }
    entries = feed_queries.load(chosen, first=today, last=_keeping().last)
    return meeting_guide.listing(entries, page_links(), MEETING_TYPES, entity)


@bp.get("/feeds/meetings.json")
@public
def meetings() -> ResponseReturnValue:
    """Weekly groups for meeting finders, as the Meeting Guide spec has them."""
    listing = meeting_listing(filtering.parse(request.args))
    response = answer(
        msgspec.json.encode(listing.meetings),
        "application/json",
        changed=feed_queries.last_change(),
    )
    response.headers["X-Left-Out"] = str(len(listing.left_out))
    return open_to_other_sites(response)


@bp.get("/feeds/events.atom")
@public
def newest() -> ResponseReturnValue:
    """What was added or changed last."""
    chosen, now = filtering.parse(request.args), clock.now()
    news = feed_queries.news(chosen, now, MOST_NEWS)
    site, host = current_app.config["SITE_NAME"], urlsplit(web.absolute("")).hostname
    changed = feed_queries.last_change()
    channel = atom.Channel(
        title=_("What is new at %(site)s", site=site),
        address=_address(chosen),
        page=_here("/calendar/"),
        tag=f"tag:{host},2026",
        language=web.language(),
        updated_at=changed,
    )
    upcoming = [one.next_at for one in news if one.next_at is not None]
    return answer(
        atom.render(channel, news, page_links(), _words()),
        "application/atom+xml; charset=utf-8",
        changed=changed,
        valid_until=min([*upcoming, _midnight()]),
    )
