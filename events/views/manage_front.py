"""The front page of the desk."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from core import clock, display
from events import desk
from events.views import desk_words
from events.views.manage_base import bp
from people.access import Permission, requires

DAYS_AHEAD = 14
MOST_LISTED = 30


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def front() -> ResponseReturnValue:
    """What needs a coordinator today and this week."""
    now = clock.now()
    day = display.local(now, current_app.config["TIMEZONE"]).date()
    sunday = day + timedelta(days=6 - day.weekday())
    today, today_total = desk.dates_between(day, day, MOST_LISTED)
    week, week_total = desk.dates_between(day + timedelta(days=1), sunday, MOST_LISTED)
    ahead = day + timedelta(days=DAYS_AHEAD)
    uncovered, uncovered_total = desk.uncovered_dates(now, ahead, MOST_LISTED)
    return render_template(
        "manage/front.html",
        day=day,
        today=today,
        today_total=today_total,
        week=week,
        week_total=week_total,
        waitlists=desk.dates_with_waitlist(now, MOST_LISTED),
        uncovered=uncovered,
        uncovered_total=uncovered_total,
        say=desk_words,
    )
