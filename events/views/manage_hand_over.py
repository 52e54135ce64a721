"""What somebody leads, given over to somebody else in one step."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from core import clock, display
from core.outcome import Refused
from events import staffing
from events.handing_over import Led, hand_over, led_by, person_named
from events.views import desk_words
from events.views.manage_base import bp, exclusive
from people.access import Permission, actor, requires, signed_in_person, today

PERSON = "<int(max=2147483647):person_id>"


def _when(led: Led) -> str:
    if led.starts_at is None:
        return _("Every date")
    starts = display.local(led.starts_at, led.timezone)
    return _(
        "%(day)s at %(time)s", day=display.long_date(starts.date()), time=display.clock(starts)
    )


def _show(person_id: int, problem: str = "", status: int = 200) -> ResponseReturnValue:
    name = person_named(person_id)
    if name is None:
        abort(404)
    others = [one for one in staffing.facilitators(today()) if one.person_id != person_id]
    page = render_template(
        "manage/hand_over.html",
        person_id=person_id,
        name=name,
        is_me=signed_in_person().id == person_id,
        led=[(one, _when(one)) for one in led_by(person_id, clock.now())],
        others=[{"value": one.person_id, "label": one.name, "selected": False} for one in others],
        problem=problem,
        say=desk_words,
    )
    return page, status


@bp.get("/hand-over/")
@requires(Permission.ASSIGN_FACILITATORS)
def my_hand_over() -> ResponseReturnValue:
    """To the page of the one who asks."""
    return redirect(url_for(".hand_over_page", person_id=signed_in_person().id), 303)


@bp.get(f"/hand-over/{PERSON}/")
@requires(Permission.ASSIGN_FACILITATORS)
def hand_over_page(person_id: int) -> ResponseReturnValue:
    """What somebody leads from now on, and who could take it over."""
    return _show(person_id)


@bp.post(f"/hand-over/{PERSON}/")
@requires(Permission.ASSIGN_FACILITATORS)
def give_over(person_id: int) -> ResponseReturnValue:
    """Give all of it to somebody else; pressing twice changes nothing."""
    to_id = request.form.get("to", 0, type=int)
    if not 0 < to_id < 2**31:
        return _show(person_id, _("Please choose who takes it over."), 422)
    answer = hand_over(
        person_id, to_id, by=actor(), today=today(), now=clock.now(), exclusive=exclusive()
    )
    if isinstance(answer, Refused):
        return _show(person_id, desk_words.refusal(answer.reason), 422)
    given = ngettext("%(num)d thing was handed over.", "%(num)d things were handed over.", answer)
    flash(str(given), "success")
    return redirect(url_for(".hand_over_page", person_id=person_id), 303)
