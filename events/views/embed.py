"""The calendar on other sites: an element by one script, or a frame where scripts are forbidden."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from core import clock, display, web
from events import filters as filtering
from events.filters import Filters
from events.queries import CalendarDate, dates_between
from events.views.feeds import changes_at, open_to_other_sites
from events.views.filter_form import labels_of
from events.views.rows import DateRow, rows_for
from people.access import public

bp = Blueprint("embed", __name__)

USUAL_DAYS, MOST_DAYS = 14, 60
WEEK = 7
MOST_DATES = 200
THEMES = ("light", "dark")
FRAME_PARAMETERS = filtering.KNOWN_PARAMETERS | {"days", "view", "theme"}


def _file(name: str, content_type: str) -> Response:
    file = Path(current_app.static_folder or "static") / name
    response = Response(file.read_bytes(), content_type=content_type)
    return open_to_other_sites(web.shown_to_all(response))


@bp.get("/embed/calendar.js")
@public
def script() -> ResponseReturnValue:
    """The element `<groundswell-calendar>`."""
    return _file("embed.js", "text/javascript; charset=utf-8")


@bp.get("/embed/calendar.css")
@public
def style() -> ResponseReturnValue:
    """Its look, and that of the frame."""
    return _file("embed.css", "text/css; charset=utf-8")


def _asked_days(view: str) -> int:
    asked = request.args.get("days", USUAL_DAYS, type=int)
    return WEEK if view == "week" else min(max(asked, 1), MOST_DAYS)


def _by_day(dates: list[CalendarDate], rows: list[DateRow]) -> list[tuple[str, list[DateRow]]]:
    days: dict[str, list[DateRow]] = {}
    for one, row in zip(dates, rows, strict=True):
        days.setdefault(display.day_and_month(one.local_date), []).append(row)
    return list(days.items())


@bp.get("/embed/")
@public
def frame() -> ResponseReturnValue:
    """The next days as a page without scripts or the site around it, to be framed by anyone."""
    chosen, now = filtering.parse(request.args), clock.now()
    zone = current_app.config["TIMEZONE"]
    today = clock.today(zone)
    view = "week" if request.args.get("view") == "week" else "list"
    last = today + timedelta(days=_asked_days(view) - 1)
    dates = dates_between(chosen, today, last, limit=MOST_DATES)
    theme = request.args.get("theme", "")
    page = render_template(
        "embed/frame.html",
        days=_by_day(dates, rows_for(dates, now)),
        view=view,
        theme=theme if theme in THEMES else "",
        calendar_url=web.path(f"/calendar/{chosen.query()}"),
        subscribe_url=web.path(f"/subscribe/{chosen.query()}"),
    )
    response = web.shown_to_all(make_response(page), changes_at(dates, now), FRAME_PARAMETERS)
    return web.open_to_frames(response)


def _attributes(chosen: Filters) -> dict[str, str]:
    named: dict[str, list[str]] = {}
    for parameter, value in chosen.pairs():
        named.setdefault(parameter, []).append(value)
    return {parameter: ",".join(values) for parameter, values in named.items()}


@bp.get("/embed/help/")
@public
def how_to() -> ResponseReturnValue:
    """What to put on another site's page, for what the filters choose, and how it looks."""
    chosen = filtering.parse(request.args)
    language = {} if web.language() == web.LANGUAGES[0] else {"lang": web.language()}
    page = render_template(
        "embed/help.html",
        attributes=_attributes(chosen) | language,
        chosen=labels_of(chosen),
        script_url=web.absolute("/embed/calendar.js"),
        frame_url=web.absolute(web.path(f"/embed/{chosen.query()}")),
        calendar_url=web.absolute(web.path(f"/calendar/{chosen.query()}")),
        subscribe_url=web.path(f"/subscribe/{chosen.query()}"),
    )
    tomorrow = clock.now() + timedelta(days=1)
    return web.shown_to_all(make_response(page), tomorrow, filtering.KNOWN_PARAMETERS)
