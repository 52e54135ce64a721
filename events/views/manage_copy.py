"""Copying an event."""

from __future__ import annotations

from uuid import uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from core import clock
from core.outcome import Refused
from events import desk_events
from events.copying import Copied, copy_event, live_series, single_dates
from events.forms.copies import CopyForm
from events.models import Event
from events.own import dates_of
from events.rules.planning import PlanRefusal
from events.views import desk_words
from events.views.manage_base import EVENT, bp
from events.views.manage_life import living_or_404
from events.views.rhythms import rhythm_in_words
from people.access import Permission, actor, requires


def _show(event: Event, form: CopyForm, status: int = 200) -> ResponseReturnValue:
    series = live_series(event, clock.today(event.timezone))
    page = render_template(
        "manage/copy.html",
        event=event,
        form=form,
        rhythms=[rhythm_in_words(one) for one in series],
        singles=0 if series else len(single_dates(event.id)),
    )
    return page, status


@bp.get(f"/events/{EVENT}/copy")
@requires(Permission.PLAN_EVENTS)
def ask_copy(event_id: int) -> ResponseReturnValue:
    """What the copy is called and when it begins."""
    found = living_or_404(event_id)
    ahead = dates_of(event_id, clock.now(), limit=1)
    day = ahead[0].local_date if ahead else clock.today(found.timezone)
    return _show(found, CopyForm(data={"press": str(uuid4()), "title": found.title, "day": day}))


@bp.post(f"/events/{EVENT}/copy")
@requires(Permission.PLAN_EVENTS)
def copy(event_id: int) -> ResponseReturnValue:
    """Make the copy, as a draft; pressing twice makes one."""
    found, form = living_or_404(event_id), CopyForm(request.form)
    if not form.validate():
        return _show(found, form, 422)
    answer = copy_event(event_id, form.plan(), by=actor(), now=clock.now())
    if isinstance(answer, Refused):
        if answer.reason == PlanRefusal.UNKNOWN_EVENT:
            abort(404)
        form.day.errors = [desk_words.refusal(answer.reason)]
        return _show(desk_events.event_of(event_id) or abort(404), form, 422)
    flash(_copied(answer), "success")
    return redirect(url_for(".event", event_id=answer.event_id), 303)


def _copied(answer: Copied) -> str:
    times = str(ngettext("%(num)d date", "%(num)d dates", answer.dates))
    if answer.rhythms:
        rhythms = str(ngettext("%(num)d rhythm", "%(num)d rhythms", answer.rhythms))
        times = _("%(rhythms)s with %(dates)s", rhythms=rhythms, dates=times)
    return _(
        "Copied as a draft: details, place, picture and %(times)s."
        " Nobody is signed up and nobody leads it yet.",
        times=times,
    )
