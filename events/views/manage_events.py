"""Events on the desk: their list, and the page of one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock, display
from events import desk, desk_events, desk_people
from events.life import LIVING
from events.models import EventStatus, Kind
from events.series import plan_of
from events.views import desk_words, life_words, words
from events.views.manage_base import EVENT, bp, event_or_404, page_number
from events.views.manage_staff import assign_form
from events.views.rhythms import breaks_in_words, rhythm_in_words
from people.access import Permission, may, requires


@bp.get("/events/")
@requires(Permission.PLAN_EVENTS)
def events() -> ResponseReturnValue:
    """Every event, to search and to page through."""
    text = request.args.get("q", "").replace("\x00", "")[:120]
    kind = request.args.get("kind", "")
    kind = kind if kind in list(Kind) else ""
    status = request.args.get("status", EventStatus.PUBLISHED)
    status = status if status in LIVING else EventStatus.PUBLISHED
    page = page_number()
    found, total = desk_events.event_list(text, kind, status, page, clock.now())
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
            for one in LIVING
        ],
        page=page,
        pages=pages,
        earlier=url_for(".events", page=page - 1, **asked) if page > 1 else "",
        later=url_for(".events", page=page + 1, **asked) if page < pages else "",
        words=words,
        say=desk_words,
        life=life_words,
    )


@bp.get(f"/events/{EVENT}/")
@requires(Permission.PLAN_EVENTS)
def event(event_id: int) -> ResponseReturnValue:
    """One event: what is said of it, who leads, its dates."""
    found = event_or_404(event_id)
    today = display.local(clock.now(), found.timezone).date()
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
        breaks=lambda series: breaks_in_words(plan_of(series)),
        goes_on=lambda series: series.until is None or series.until >= today,
        assigned=desk_people.assignments(event_id),
        assign_form=assign_form(),
        may_assign=may(Permission.ASSIGN_FACILITATORS),
        words=words,
        say=desk_words,
        life=life_words,
    )
