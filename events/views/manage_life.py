"""An event's way through its life: a look at it beforehand, onto the calendar, into the archive."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock
from core.outcome import Refused
from events.life import ahead_of, set_status
from events.models import Event, EventStatus
from events.own import dates_of
from events.rules.planning import PlanRefusal
from events.views import life_words
from events.views.manage_base import EVENT, bp, event_or_404, exclusive
from events.views.places import show_event
from people.access import Permission, actor, requires


def living_or_404(event_id: int) -> Event:
    """The event of an address; one that is deleted has to be restored first."""
    found = event_or_404(event_id)
    if found.status == EventStatus.DELETED:
        abort(404)
    return found


@bp.get(f"/events/{EVENT}/preview")
@requires(Permission.PLAN_EVENTS)
def preview(event_id: int) -> ResponseReturnValue:
    """The page of an event as people will see it, wherever it is in its life."""
    found, now = living_or_404(event_id), clock.now()
    dates = dates_of(event_id, now)
    return show_event(
        found,
        dates,
        [] if dates else dates_of(event_id, now, before=True),
        now,
        link=lambda one: url_for("manage.dates.show", occurrence_id=one.id),
        signup_action="",
        private_page=True,
        back_url=url_for(".event", event_id=event_id),
        back_label=_("Back to the desk"),
        preview=life_words.preview(found),
    )


def _ask(event_id: int, status: EventStatus) -> ResponseReturnValue:
    found = living_or_404(event_id)
    if found.status == status:
        return redirect(url_for(".event", event_id=event_id), 303)
    ahead = ahead_of(event_id, clock.now())
    return render_template(
        "manage/life.html", event=found, ahead=ahead, status=status, words=life_words
    )


@bp.get(f"/events/{EVENT}/publish")
@requires(Permission.PLAN_EVENTS)
def ask_publish(event_id: int) -> ResponseReturnValue:
    """Say what will be seen, and by whom, before an event is published."""
    return _ask(event_id, EventStatus.PUBLISHED)


@bp.get(f"/events/{EVENT}/archive")
@requires(Permission.PLAN_EVENTS)
def ask_archive(event_id: int) -> ResponseReturnValue:
    """Say what is touched before an event goes into the archive."""
    return _ask(event_id, EventStatus.ARCHIVED)


def _change_status(event_id: int, status: EventStatus) -> ResponseReturnValue:
    answer = set_status(event_id, status, by=actor(), now=clock.now(), exclusive=exclusive())
    if isinstance(answer, Refused):
        if answer.reason != PlanRefusal.DOUBLE_BOOKED:
            abort(404)
        flash(life_words.taken(), "error")
        return redirect(url_for(".event", event_id=event_id), 303)
    flash(life_words.done(event_or_404(event_id)), "success")
    return redirect(url_for(".event", event_id=event_id), 303)


@bp.post(f"/events/{EVENT}/publish")
@requires(Permission.PLAN_EVENTS)
def publish(event_id: int) -> ResponseReturnValue:
    """Put an event on the calendar."""
    return _change_status(event_id, EventStatus.PUBLISHED)


@bp.post(f"/events/{EVENT}/archive")
@requires(Permission.PLAN_EVENTS)
def archive(event_id: int) -> ResponseReturnValue:
    """Take an event off the calendar; everything about it is kept."""
    return _change_status(event_id, EventStatus.ARCHIVED)
