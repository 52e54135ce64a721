"""The front page of the desk: the week board, and what needs a coordinator."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display
from core.outcome import Refused
from events import board, desk
from events.conflicts import conflicts_between
from events.dates import keep_on_holiday
from events.rules.calendar_span import in_range, week_span
from events.views import desk_words
from events.views.manage_base import bp
from people.access import Permission, actor, requires

DAYS_AHEAD = 14
MOST_LISTED = 30
OCCURRENCE = "<int(max=2147483647):occurrence_id>"
_WEEK = re.compile(r"([0-9]{4})-w([0-9]{1,2})")


def _week_asked(today: date) -> date:
    """The Monday of the week asked for, or of this one."""
    asked = _WEEK.fullmatch(request.args.get("week", ""))
    if asked is None:
        return today - timedelta(days=today.weekday())
    try:
        monday = week_span(int(asked[1]), int(asked[2])).first
    except ValueError:
        abort(404)
    if not in_range(monday, today):
        abort(404)
    return monday


def _week_url(monday: date) -> str:
    year, number, _day = monday.isocalendar()
    return url_for(".front", week=f"{year}-w{number:02}") + "#week"


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def front() -> ResponseReturnValue:
    """The week, and what needs a coordinator in the next two."""
    now = clock.now()
    today = display.local(now, current_app.config["TIMEZONE"]).date()
    monday = _week_asked(today)
    days = [monday + timedelta(days=number) for number in range(7)]
    dates, listed = board.week(days[0], days[-1])
    ahead = today + timedelta(days=DAYS_AHEAD)
    uncovered, uncovered_total = desk.uncovered_dates(now, ahead, MOST_LISTED)
    return render_template(
        "manage/front.html",
        today=today,
        week=board.by_day(days, dates, listed),
        is_full=board.is_full,
        is_this_week=today in days,
        earlier=_week_url(monday - timedelta(days=7)),
        later=_week_url(monday + timedelta(days=7)),
        conflicts=conflicts_between(today, ahead),
        full=board.full_dates(now, ahead),
        homeless=board.homeless_dates(now, ahead, MOST_LISTED),
        holidays=board.holiday_dates(now, MOST_LISTED),
        drafts=board.drafts(MOST_LISTED),
        uncovered=uncovered,
        uncovered_total=uncovered_total,
        say=desk_words,
    )


@bp.post(f"/occurrences/{OCCURRENCE}/keep")
@requires(Permission.PLAN_EVENTS)
def keep_holiday(occurrence_id: int) -> ResponseReturnValue:
    """A date on a holiday takes place."""
    if isinstance(keep_on_holiday(occurrence_id, by=actor(), now=clock.now()), Refused):
        abort(404)
    flash(_("The date takes place."), "success")
    return redirect(url_for(".front") + "#holidays", 303)
