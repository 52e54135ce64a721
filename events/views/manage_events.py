"""Events on the desk: their list, the page of one, and where it is in its life."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.outcome import Refused
from events import desk
from events.life import set_status
from events.models import EventStatus, Kind
from events.views import desk_words, words
from events.views.manage_base import EVENT, bp, event_or_404, page_number
from events.views.manage_staff import assign_form
from events.views.rhythms import rhythm_in_words
from people.access import Permission, actor, may, requires


@bp.get("/events/")
@requires(Permission.PLAN_EVENTS)
def events() -> ResponseReturnValue:
    """Every event, to search and to page through."""
    text = request.args.get("q", "").replace("\x00", "")[:120]
    kind = request.args.get("kind", "")
    kind = kind if kind in list(Kind) else ""
    status = request.args.get("status", EventStatus.PUBLISHED)
    status = status if status in list(EventStatus) else EventStatus.PUBLISHED
    page = page_number()
    found, total = desk.event_list(text, kind, status, page, clock.now())
    asked: dict[str, Any] = {"q": text or None, "kind": kind or None, "status": status}
    pages = -(-total // desk.PAGE)
    return render_template(
        "manage/events.html",
        events=found,
        total=total,
        text=text,
        kinds=[
            {"value": one.value, "label": words.kind(one), "selected": one == kind} for one in Kind
        ],
        statuses=[
            {"value": one.value, "label": desk_words.status(one), "selected": one == status}
            for one in EventStatus
        ],
        page=page,
        pages=pages,
        earlier=url_for(".events", page=page - 1, **asked) if page > 1 else "",
        later=url_for(".events", page=page + 1, **asked) if page < pages else "",
        words=words,
        say=desk_words,
    )


@bp.get(f"/events/{EVENT}/")
@requires(Permission.PLAN_EVENTS)
def event(event_id: int) -> ResponseReturnValue:
    """One event: what is said of it, who leads, its dates."""
    found = event_or_404(event_id)
    past = request.args.get("show") == "past"
    page = page_number()
    dates, more = desk.dates_of_event(event_id, clock.now(), past=past, page=page)
    show = "past" if past else None
    return render_template(
        "manage/event.html",
        event=found,
        dates=dates,
        past=past,
        earlier=url_for(".event", event_id=event_id, show=show, page=page - 1) if page > 1 else "",
        later=url_for(".event", event_id=event_id, show=show, page=page + 1) if more else "",
        page=page,
        rhythm=rhythm_in_words,
        assigned=desk.assignments(event_id),
        assign_form=assign_form(),
        may_assign=may(Permission.ASSIGN_FACILITATORS),
        words=words,
        say=desk_words,
    )


def _change_status(event_id: int, status: EventStatus, done: str) -> ResponseReturnValue:
    if isinstance(set_status(event_id, status, by=actor(), now=clock.now()), Refused):
        abort(404)
    flash(done, "success")
    return redirect(url_for(".event", event_id=event_id), 303)


@bp.post(f"/events/{EVENT}/publish")
@requires(Permission.PLAN_EVENTS)
def publish(event_id: int) -> ResponseReturnValue:
    """Put an event on the calendar."""
    return _change_status(event_id, EventStatus.PUBLISHED, _("The event is on the calendar."))


@bp.post(f"/events/{EVENT}/archive")
@requires(Permission.PLAN_EVENTS)
def archive(event_id: int) -> ResponseReturnValue:
    """Take an event off the calendar; everything about it is kept."""
    done = _("The event is in the archive. You can publish it again.")
    return _change_status(event_id, EventStatus.ARCHIVED, done)
