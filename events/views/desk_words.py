"""The desk's codes in words."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from core import display
from events.desk import DeskDate
from events.images import ImageRefusal
from events.models import AssignmentRole, EventStatus, Joining, SignupState, Visibility
from events.rules.planning import PlanRefusal
from events.staffing import StaffingRefusal
from events.undo import UndoRefusal

MONDAY = date(2024, 1, 1)
WEEK = 7


def weekday_names() -> list[str]:
    """The days of the week, Monday first."""
    return [display.weekday_name(MONDAY + timedelta(days=number)) for number in range(WEEK)]


def when(one: DeskDate) -> str:
    """`6:30 pm–8:00 pm`, with the day it ends on when that is more than a night away."""
    starts = display.local(one.starts_at, one.timezone)
    ends = display.local(one.ends_at, one.timezone)
    if one.all_day:
        return str(_("All day"))
    last = f"{display.short_day(ends.date())}, " if ends - starts > timedelta(days=1) else ""
    return f"{display.clock(starts)}–{last}{display.clock(ends)}"


def seats(one: DeskDate) -> str:
    """`12 of 20 places taken, 3 waiting`."""
    if one.joining == Joining.DROP_IN and not one.taken:
        return str(_("No sign-up needed"))
    if one.capacity is None:
        taken = str(ngettext("%(num)d signed up", "%(num)d signed up", one.taken))
    else:
        taken = str(_("%(taken)d of %(room)d places taken", taken=one.taken, room=one.capacity))
    return f"{taken}, {waiting(one)}" if one.waiting else taken


def waiting(one: DeskDate) -> str:
    """`3 waiting`."""
    return str(ngettext("%(num)d waiting", "%(num)d waiting", one.waiting))


def state(code: str) -> str:
    """Where a sign-up stands, in words."""
    return str(
        {
            SignupState.SEATED: _("Has a place"),
            SignupState.QUEUED: _("Waiting"),
            SignupState.OFFERED: _("Offered a place"),
            SignupState.CANCELLED: _("Cancelled"),
        }[SignupState(code)]
    )


def role(code: str) -> str:
    """What a facilitator does, in words."""
    return str(
        {
            AssignmentRole.LEAD: _("Lead"),
            AssignmentRole.CO_LEAD: _("Co-lead"),
            AssignmentRole.TRAINEE: _("Trainee"),
        }[AssignmentRole(code)]
    )


def status(code: str) -> str:
    """Where an event is in its life, in words."""
    return str(
        {
            EventStatus.DRAFT: _("Draft"),
            EventStatus.PUBLISHED: _("Published"),
            EventStatus.ARCHIVED: _("Archived"),
            EventStatus.DELETED: _("Deleted"),
        }[EventStatus(code)]
    )


def visibility(code: str) -> str:
    """Who can see an event, in words."""
    return str(
        {
            Visibility.PUBLIC: _("Everyone"),
            Visibility.SIGNED_IN: _("People who have signed in"),
            Visibility.PRIVATE: _("Only those who take part and the team"),
        }[Visibility(code)]
    )


def change(verb: str) -> str:
    """What was done, in words."""
    words = {
        "cancel": _("A date was cancelled"),
        "restore": _("A date was restored"),
        "move": _("A date was moved"),
        "edit": _("An event was edited"),
        "close": _("Something was closed"),
        "change-closure": _("A closure was changed"),
        "lift": _("A closure was lifted"),
        "cancel-many": _("Dates were cancelled"),
        "restore-many": _("Dates were restored"),
        "move-many": _("Dates were moved"),
        "reschedule": _("A series was changed"),
        "add-dates": _("Dates were added"),
        "create": _("An event was made"),
        "import": _("A file was imported"),
    }
    return str(words.get(verb, _("Something was changed")))


def refusal(reason: object) -> str:
    """Why a plan cannot be, in words."""
    words = {
        PlanRefusal.TOO_SHORT: _("It ends when it starts. Please give a later end."),
        PlanRefusal.TOO_LONG: _("That is too long: a day at most, a community event a week."),
        PlanRefusal.TOO_FAR_BACK: _("That date is too far back: five years at most."),
        PlanRefusal.TOO_FAR_AHEAD: _("That date is too far ahead: two years at most."),
        PlanRefusal.ENDS_BEFORE_START: _("That is before the first day."),
        PlanRefusal.NO_DATES: _("There is no such day in that time."),
        PlanRefusal.TOO_FAR_APART: _("That is too far apart: a year at most, or two years."),
        PlanRefusal.PAUSE: _("A pause ends on or after its first day."),
        PlanRefusal.TOO_MANY_DATES: _("That is too many at once: 60 dates or 12 times at most."),
        PlanRefusal.ROOM_EXISTS: _("There is a room of that name already."),
        PlanRefusal.ROOM_IN_USE: _(
            "Something to come is held in that room. Move it to another room first."
        ),
        PlanRefusal.DOUBLE_BOOKED: _(
            "The place or whoever leads is taken at that time. The list of dates says by what."
        ),
        StaffingRefusal.DOUBLE_BOOKED: _("That person leads something else at that time."),
        PlanRefusal.CHANGED_MEANWHILE: _(
            "Something changed meanwhile. Please look at what will happen once more."
        ),
        PlanRefusal.COHORT_NEEDS_END: _("A sign-up for all dates needs a last date."),
        PlanRefusal.COHORT_STAYS: _("People have one sign-up for all dates; that stays so."),
        PlanRefusal.CAPACITY: _("Please write a number from 0 to 10,000."),
        PlanRefusal.UNKNOWN_VENUE: _("That place is gone. Please choose another."),
        ImageRefusal.TOO_LARGE: _("That picture is too large: 4 MB at most."),
        ImageRefusal.TOO_MANY_PIXELS: _("That picture has too many pixels: 40 million at most."),
        ImageRefusal.TOO_SMALL: _("That picture is too small: 16 pixels a side at least."),
        ImageRefusal.NO_PICTURE: _("That is no picture we can read: use JPEG, PNG, WebP or GIF."),
        PlanRefusal.CLOSED: _(
            "It is closed then. Shorten or lift the closure first, or move the date."
        ),
        StaffingRefusal.NOT_A_FACILITATOR: _("That person may not lead yet."),
        UndoRefusal.UNDONE: _("That was undone already."),
        UndoRefusal.TOO_LATE: _("Ten minutes have passed; that can no longer be undone."),
        UndoRefusal.CHANGED_SINCE: _(
            "Something was changed once more since then. Undo the later change first."
        ),
    }
    return str(words.get(reason, _("That is not possible.")))  # type: ignore[call-overload]


FIELD_OF = {
    PlanRefusal.TOO_SHORT: "end",
    PlanRefusal.TOO_LONG: "end",
    PlanRefusal.TOO_FAR_BACK: "day",
    PlanRefusal.TOO_FAR_AHEAD: "day",
    PlanRefusal.ENDS_BEFORE_START: "until",
    PlanRefusal.NO_DATES: "until",
    PlanRefusal.TOO_FAR_APART: "interval",
    PlanRefusal.COHORT_NEEDS_END: "until",
    PlanRefusal.COHORT_STAYS: "joining",
    PlanRefusal.CAPACITY: "capacity",
    PlanRefusal.UNKNOWN_VENUE: "venue",
}
