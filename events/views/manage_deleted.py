"""Deleting events, and the list from which they come back."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display
from core.outcome import Refused
from events import deleting, desk_events
from events.life import ahead_of
from events.models import Event
from events.rules.planning import PlanRefusal
from events.views import life_words
from events.views.manage_base import EVENT, bp, exclusive, page_number
from events.views.manage_life import living_or_404
from people.access import Permission, actor, may, requires

PAGE = 50
_NAMED_BY = ("event_id", "occurrence_id", "series_id")


@bp.before_request
def _leave_deleted_events_as_they_are() -> ResponseReturnValue | None:
    """Whatever is asked of a deleted event, it is restored first."""
    asked = request.view_args or {}
    if request.method != "POST" or request.endpoint in {"manage.delete", "manage.restore"}:
        return None
    if not may(Permission.PLAN_EVENTS) and not may(Permission.ASSIGN_FACILITATORS):
        return None
    if not desk_events.is_deleted(**{name: asked.get(name) for name in _NAMED_BY}):
        return None
    flash(_("That event is deleted. Restore it before you change it."), "error")
    return redirect(url_for("manage.deleted"), 303)


@bp.get(f"/events/{EVENT}/delete")
@requires(Permission.PLAN_EVENTS)
def ask_delete(event_id: int) -> ResponseReturnValue:
    """Say exactly what deleting does, before it is done."""
    found, now = living_or_404(event_id), clock.now()
    parties = deleting.parties(event_id, now)
    return render_template(
        "manage/delete.html",
        event=found,
        ahead=ahead_of(event_id, now),
        people=len(parties),
        told=sum(party.has_address for party in parties),
        until=deleting.last_day(now, found.timezone),
        words=life_words,
    )


@bp.post(f"/events/{EVENT}/delete")
@requires(Permission.PLAN_EVENTS)
def delete(event_id: int) -> ResponseReturnValue:
    """Delete an event; the list says until when it can come back."""
    if isinstance(deleting.delete_event(event_id, by=actor(), now=clock.now()), Refused):
        abort(404)
    flash(_("The event is deleted. If that was a mistake, press Restore."), "success")
    return redirect(url_for(".deleted"), 303)


@bp.get("/deleted/")
@requires(Permission.PLAN_EVENTS)
def deleted() -> ResponseReturnValue:
    """Every event that can be restored, and until when."""
    page = page_number()
    found, more = deleting.deleted_events(page, PAGE)
    return render_template(
        "manage/deleted.html",
        events=[(one, display.local(one.deleted_at, one.timezone)) for one in found],
        days=deleting.RESTORABLE_DAYS,
        page=page,
        earlier=url_for(".deleted", page=page - 1) if page > 1 else "",
        later=url_for(".deleted", page=page + 1) if more else "",
    )


@bp.post(f"/events/{EVENT}/restore")
@requires(Permission.PLAN_EVENTS)
def restore(event_id: int) -> ResponseReturnValue:
    """Bring a deleted event back; pressing twice changes nothing."""
    answer = deleting.restore_event(event_id, by=actor(), now=clock.now(), exclusive=exclusive())
    if isinstance(answer, Refused):
        if answer.reason == PlanRefusal.DOUBLE_BOOKED:
            flash(life_words.taken(), "error")
        elif desk_events.event_of(event_id) is None:
            abort(404)
    else:
        flash(_restored(desk_events.event_of(event_id)), "success")
    return redirect(url_for(".event", event_id=event_id), 303)


def _restored(event: Event | None) -> str:
    done = _("The event is back as it was.")
    return f"{done} {life_words.state(event)}" if event else done
