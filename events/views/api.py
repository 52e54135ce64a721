"""Public dates as JSON, page by page, and the description of the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from core import clock, display, web
from events import filters as filtering
from events.feeds import events_json
from events.queries import dates_between
from events.rules.calendar_span import in_range
from events.views.feeds import answer, changes_at, json_links, open_to_other_sites
from events.views.openapi import description
from events.views.problems import problem
from events.views.rows import availability_of
from people.access import public

bp = Blueprint("api", __name__)

USUAL_SPAN = timedelta(days=30)
LONGEST_SPAN = timedelta(days=366)
USUAL_PAGE = 100
LONGEST_PAGE = 500
MOST_SKIPPED = 1_000_000
PARAMETERS = frozenset({"from", "to", "limit", "offset"})
KNOWN = filtering.KNOWN_PARAMETERS | PARAMETERS


@dataclass(frozen=True)
class Wanted:
    """Local dates, both included, and the part of what they hold."""

    first: date
    last: date
    limit: int
    offset: int


class BadParameterError(Exception):
    """A query parameter cannot be used."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


def _day(name: str, default: date) -> date:
    text = request.args.get(name)
    if text is None:
        return default
    if len(text) != len("2026-11-23"):
        raise BadParameterError(name, f"{name} must be a date such as 2026-11-23.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadParameterError(name, f"{name} must be a date such as 2026-11-23.") from None


def _number(name: str, default: int, least: int, most: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:9]) <= most:
        raise BadParameterError(name, f"{name} must be a number from {least} to {most}.")
    return int(text[:9])


def _wanted(today: date) -> Wanted:
    first = _day("from", today)
    if not in_range(first, today):
        raise BadParameterError("from", "from must be within five years back and two ahead.")
    last = _day("to", first + USUAL_SPAN)
    if last < first:
        raise BadParameterError("to", "to must not be before from.")
    if last - first > LONGEST_SPAN:
        raise BadParameterError("to", f"to must be within {LONGEST_SPAN.days} days of from.")
    return Wanted(
        first,
        last,
        _number("limit", USUAL_PAGE, 1, LONGEST_PAGE),
        _number("offset", 0, 0, MOST_SKIPPED),
    )


def _following(chosen: filtering.Filters, wanted: Wanted) -> str:
    lang = {"lang": request.args["lang"]} if "lang" in request.args else {}
    return web.absolute(
        request.path
        + chosen.query(
            **{"from": wanted.first.isoformat(), "to": wanted.last.isoformat()},
            limit=str(wanted.limit),
            offset=str(wanted.offset + wanted.limit),
            **lang,
        )
    )


@bp.get("/api/v1/occurrences")
@public
def occurrences() -> ResponseReturnValue:
    """Public dates between two local dates, in order of time."""
    now = clock.now()
    today = display.local(now, current_app.config["TIMEZONE"]).date()
    try:
        wanted = _wanted(today)
    except BadParameterError as bad:
        return open_to_other_sites(problem(422, str(bad), parameter=bad.parameter))
    chosen = filtering.parse(request.args)
    found = dates_between(
        chosen, wanted.first, wanted.last, limit=wanted.limit + 1, offset=wanted.offset
    )
    shown = found[: wanted.limit]
    following = _following(chosen, wanted) if len(found) > len(shown) else None
    page = events_json.occurrences(
        shown, lambda one: availability_of(one, now), json_links(), following
    )
    return open_to_other_sites(
        answer(
            msgspec.json.encode(page),
            "application/json",
            valid_until=changes_at(shown, now),
            known=KNOWN,
        )
    )


@bp.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    """What the API offers, as OpenAPI 3.1."""
    body = description(current_app.config["SITE_NAME"], current_app.config["SITE_URL"])
    return open_to_other_sites(answer(msgspec.json.encode(body), "application/json", known=()))
