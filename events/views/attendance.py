"""A facilitator's day and the roll call, as pages that work without scripts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from core import clock, display
from core.outcome import Refused
from events.attendance import Count, RollRefusal, open_roll, receive_marks
from events.models import AttendanceStatus, Mode
from events.rolls import DateInBrief, Roll, RollDate, RollRow, dates_of
from events.rules import rollcall
from events.rules.rollcall import Mark, MarkRefusal, Outcome
from events.views import marks
from events.views.roll_forms import HeadCountForm, WalkInForm
from people.access import Permission, actor, may, requires, signed_in_person

bp = Blueprint("attendance", __name__)
bp.register_blueprint(marks.bp)

DAYS_BACK = 7
DAYS_AHEAD = 14
OCCURRENCE = "<int(max=2147483647):occurrence_id>"


def _when(one: RollDate) -> str:
    starts = display.local(one.starts_at, one.timezone)
    ends = display.local(one.ends_at, one.timezone)
    return f"{display.clock(starts)}–{display.clock(ends)}"


def _where(one: RollDate) -> str:
    return one.place or (str(_("Online")) if one.mode == Mode.ONLINE else "")


def _people(one: DateInBrief, now: datetime) -> str:
    """How a date stands, in words: who came, or who is expected."""
    if one.date.cancelled:
        return ""
    if one.marked:
        return str(ngettext("%(num)d came", "%(num)d came", one.came))
    if one.head_count is not None:
        return str(ngettext("%(num)d counted", "%(num)d counted", one.head_count))
    if one.signed_up and one.date.ends_at > now:
        return str(ngettext("%(num)d signed up", "%(num)d signed up", one.signed_up))
    return str(_("No roll taken") if one.date.ends_at <= now else _("Nobody signed up yet"))


@dataclass(frozen=True)
class DayLine:
    """A date on the facilitator's list, in words."""

    url: str
    title: str
    when: str
    where: str
    people: str
    cancelled: bool


def _line(one: DateInBrief, now: datetime) -> DayLine:
    return DayLine(
        url=url_for("attendance.roll_call", occurrence_id=one.date.id),
        title=one.date.title,
        when=_when(one.date),
        where=_where(one.date),
        people=_people(one, now),
        cancelled=one.date.cancelled,
    )


def _by_day(dates: Iterable[DateInBrief], now: datetime) -> list[tuple[date, list[DayLine]]]:
    days = groupby(dates, key=lambda one: one.date.local_date)
    return [(day, [_line(one, now) for one in found]) for day, found in days]


@bp.get("/today/")
@requires(Permission.TAKE_ROLL)
def today() -> ResponseReturnValue:
    """The dates of the one signed in: today's, the coming ones and those just past."""
    now = clock.now()
    day = display.local(now, current_app.config["TIMEZONE"]).date()
    found = dates_of(
        signed_in_person().id, day - timedelta(days=DAYS_BACK), day + timedelta(days=DAYS_AHEAD)
    )
    past = [one for one in found if one.date.local_date < day]
    return render_template(
        "attendance/today.html",
        day=day,
        today=[_line(one, now) for one in found if one.date.local_date == day],
        coming=_by_day((one for one in found if one.date.local_date > day), now),
        past=_by_day(reversed(past), now),
        sees_all=may(Permission.SEE_ROSTERS),
    )


@dataclass(frozen=True)
class RowInWords:
    """One person as `parts/roll.html` shows them."""

    person: int
    name: str
    note: str
    status: str
    minutes_label: str = ""


def _row(row: RollRow) -> RowInWords:
    guests = ngettext("with %(num)d guest", "with %(num)d guests", row.guests)
    return RowInWords(row.person, row.name, guests if row.guests else "", row.status)


def _count_words(roll: Roll) -> str:
    """`12 here of 14`, with the same words as roll-call.js puts its numbers into."""
    return str(_("%(here)s here of %(names)s", here=roll.came, names=roll.names))


def _room(roll: Roll) -> str:
    capacity = roll.date.capacity
    return "" if capacity is None else str(_("Room for %(num)s", num=capacity))


def reason_in_words(reason: MarkRefusal | None) -> str:
    """Why a mark was not taken, in words."""
    words = {
        MarkRefusal.TOO_EARLY: _("The roll opens a day before the start."),
        MarkRefusal.IN_THE_FUTURE: _("This device's clock runs ahead. Please set it."),
        MarkRefusal.NOT_ON_ROSTER: _("This person is no longer on the roll."),
        MarkRefusal.NAME_MISSING: _("Please write a first name; any name they like will do."),
    }
    return str(
        words.get(
            reason or MarkRefusal.UNREADABLE, _("This could not be recorded. Please try again.")
        )
    )


def _open(occurrence_id: int, now: datetime) -> Roll:
    roll = open_roll(occurrence_id, by=actor(), now=now, everywhere=may(Permission.SEE_ROSTERS))
    if isinstance(roll, Refused):
        abort(403 if roll.reason == RollRefusal.NOT_YOURS else 404)
    return roll


def _show(
    occurrence_id: int,
    now: datetime,
    *,
    walk_in: WalkInForm | None = None,
    heads: HeadCountForm | None = None,
    problem: str = "",
) -> str:
    roll = _open(occurrence_id, now)
    opens = rollcall.opens_at(roll.date.starts_at)
    return render_template(
        "attendance/roll_call.html",
        roll=roll,
        day=roll.date.local_date,
        when=_when(roll.date),
        where=_where(roll.date),
        signed_up=[_row(row) for row in roll.signed_up],
        walk_ins=[_row(row) for row in roll.walk_ins],
        waiting=[_row(row) for row in roll.waiting],
        count_words=_count_words(roll),
        room=_room(roll),
        is_open=not roll.date.cancelled and now >= opens,
        opens=display.local(opens, roll.date.timezone),
        walk_in_form=walk_in or WalkInForm(),
        head_count_form=heads or HeadCountForm(data={"head_count": roll.head_count}),
        press=uuid4(),
        now=now,
        problem=problem,
        words_for_script={
            "here-of": _("%(here)s here of %(names)s", here="{here}", names="{names}"),
            "unmarked": _("Not marked yet"),
            "waiting-one": _("1 tap is waiting for the network."),
            "waiting-many": _("%(num)s taps are waiting for the network.", num="{count}"),
            "said": _("%(name)s: %(state)s", name="{name}", state="{state}"),
            "refused": _("%(name)s: this could not be recorded.", name="{name}"),
            "stopped": _("These taps could not be sent. Please load the page again."),
            "signed-out": _("You are signed out. Your taps are kept on this page."),
            "sign-in": _("Sign in"),
        },
    )


@bp.get(f"/roll-call/{OCCURRENCE}/")
@requires(Permission.TAKE_ROLL)
def roll_call(occurrence_id: int) -> ResponseReturnValue:
    """The roll of one date."""
    return _show(occurrence_id, clock.now())


def _pressed() -> UUID:
    """What the page gave its buttons, so that pressing one twice makes the same mark."""
    try:
        return UUID(request.form.get("press", ""))
    except ValueError:
        abort(400)


def _mark_from_form(walk_in: WalkInForm, now: datetime) -> Mark:
    """The mark a button or the walk-in field stands for."""
    press = _pressed()
    name = request.form.get("name")
    if name is not None:
        given = walk_in.name.data or ""
        mark_id = uuid5(press, f"walk-in:{given}")
        return Mark(str(mark_id), now, AttendanceStatus.PRESENT, walk_in=given)
    person = request.form.get("person", type=int)
    status = request.form.get("status", "")
    if person is None or status not in list(AttendanceStatus):
        abort(400)
    return Mark(str(uuid5(press, f"{person}:{status}")), now, status, person=person)


@bp.post(f"/roll-call/{OCCURRENCE}/")
@requires(Permission.TAKE_ROLL)
def take_roll(occurrence_id: int) -> ResponseReturnValue:
    """One button, name or head count from the page without scripts."""
    now = clock.now()
    walk_in, heads = WalkInForm(), HeadCountForm()
    counted, taken = None, []
    if "head_count" in request.form:
        heads = HeadCountForm(request.form)
        if not heads.validate():
            return _show(occurrence_id, now, heads=heads), 422
        counted = Count(heads.head_count.data or 0, now)
    else:
        walk_in = WalkInForm(request.form)
        if "name" in request.form and not walk_in.validate():
            return _show(occurrence_id, now, walk_in=walk_in), 422
        taken = [_mark_from_form(walk_in, now)]
    everywhere = may(Permission.SEE_ROSTERS)
    answer = receive_marks(
        occurrence_id, taken, counted, by=actor(), now=now, everywhere=everywhere
    )
    if isinstance(answer, Refused):
        return _show(occurrence_id, now, problem=_("The roll is closed.")), 409
    outcome = answer[0] if answer else None
    if outcome and outcome.outcome == Outcome.REFUSED:
        words = reason_in_words(outcome.reason)
        if outcome.reason == MarkRefusal.NAME_MISSING:
            walk_in.name.errors = [words]
            return _show(occurrence_id, now, walk_in=walk_in), 422
        return _show(occurrence_id, now, problem=words), 409
    here = url_for("attendance.roll_call", occurrence_id=occurrence_id)
    return redirect(f"{here}#{f'person-{outcome.person}' if outcome else 'room'}", 303)
