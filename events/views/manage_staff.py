"""Who leads: assigned and taken off on the desk."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core import clock
from core.outcome import Refused
from events import staffing
from events.forms.staff import AssignForm
from events.models import AssignmentRole
from events.views import desk_words
from events.views.manage_base import EVENT, bp, exclusive
from people.access import Permission, actor, requires, today


def assign_form(data: MultiDict[str, str] | None = None) -> AssignForm:
    """The form for who leads, with everyone who may."""
    form = AssignForm(data)
    form.offer(staffing.facilitators(today()))
    return form


@bp.post(f"/events/{EVENT}/assign")
@requires(Permission.ASSIGN_FACILITATORS)
def assign(event_id: int) -> ResponseReturnValue:
    """Somebody leads an event, or with `occurrence` one of its dates."""
    occurrence_id = request.form.get("occurrence", type=int)
    form = assign_form(request.form)
    if not form.validate():
        flash(_("Please choose who leads."), "error")
        return _back(event_id, occurrence_id)
    answer = staffing.assign(
        event_id,
        form.person.data,
        AssignmentRole(form.role.data),
        occurrence_id=occurrence_id,
        by=actor(),
        now=clock.now(),
        exclusive=exclusive(),
    )
    if isinstance(answer, Refused):
        if answer.reason != staffing.StaffingRefusal.NOT_A_FACILITATOR:
            abort(404)
        flash(desk_words.refusal(answer.reason), "error")
    else:
        flash(_("Assigned."), "success")
    return _back(event_id, occurrence_id)


def _back(event_id: int, occurrence_id: int | None) -> ResponseReturnValue:
    if occurrence_id:
        return redirect(url_for(".dates.show", occurrence_id=occurrence_id) + "#team", 303)
    return redirect(url_for(".event", event_id=event_id) + "#team", 303)


@bp.post(f"/events/{EVENT}/unassign")
@requires(Permission.ASSIGN_FACILITATORS)
def unassign(event_id: int) -> ResponseReturnValue:
    """Somebody leads no longer."""
    assignment_id = request.form.get("assignment", type=int)
    if assignment_id is None or not 0 < assignment_id < 2**31:
        abort(400)
    if staffing.unassign(assignment_id, by=actor(), now=clock.now()):
        flash(_("Taken off."), "success")
    return _back(event_id, request.form.get("occurrence", type=int))
