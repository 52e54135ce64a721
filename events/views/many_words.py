"""Many dates in words: what becomes of each, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from core import display
from events.bulk import MOST_AT_ONCE, BulkDone, BulkRefusal, Fate, One, Order, Verb, place_after
from events.desk import DeskDate


@dataclass(frozen=True)
class ManyRow:
    """A date on the page that says what will happen."""

    id: int
    title: str
    was: str
    will_be: str
    place: str
    note: str
    goes: bool


def refusal(reason: object) -> str:
    """Why nothing was done, in words."""
    words = {
        BulkRefusal.NOTHING_CHOSEN: _("Please choose at least one date."),
        BulkRefusal.TOO_MANY: _("Please choose at most %(most)d dates at once.", most=MOST_AT_ONCE),
        BulkRefusal.NO_SHIFT: _("Please say how many days or minutes later, or choose a place."),
        BulkRefusal.TOO_FAR: _("That is too far: a year at most."),
        BulkRefusal.DOUBLE_BOOKED: _(
            "A room or somebody who leads would be booked twice; the program does not allow that."
        ),
        BulkRefusal.UNKNOWN_VENUE: _("That place is gone. Please choose another."),
    }
    return str(words.get(reason, _("That is not possible.")))  # type: ignore[call-overload]


def fate(code: Fate, verb: Verb) -> str:
    """Why a date stays as it is, or what is odd about where it goes."""
    already = {
        Verb.CANCEL: _("is cancelled already"),
        Verb.RESTORE: _("takes place anyway"),
        Verb.MOVE: _("is there already"),
    }
    words = {
        Fate.DONE: "",
        Fate.CLOSED: _("it is closed there then: the date will be closed"),
        Fate.ALREADY: already[verb],
        Fate.OVER: _("is over"),
        Fate.COVERED: _("a closure covers it: lift or shorten that first"),
        Fate.BY_HAND: _("is cancelled: restore it first"),
        Fate.TOO_FAR: _("would be too far away"),
        Fate.DELETED: _("its event is deleted"),
    }
    return str(words[code])


def _when(one: One, *, after: bool) -> str:
    starts = one.starts_at if after else one.date.starts_at
    local = display.local(starts, one.date.timezone)
    day = display.short_day(local.date())
    return day if one.date.all_day else f"{day}, {display.clock(local)}"


def row(one: One, shown: DeskDate | None, order: Order, place: str, clashes: list[str]) -> ManyRow:
    """A date in words; `place` is where it will be, when that changes, `clashes` are the titles
    of what is there at the same time."""
    moves = order.verb == Verb.MOVE and one.goes
    there = place_after(one.date, one.event, order.shift) == order.shift.venue_id
    note = fate(one.fate, order.verb)
    return ManyRow(
        id=one.date.id,
        title=one.event.title,
        was=_when(one, after=False),
        will_be=_when(one, after=True) if moves else "",
        place=place if moves and place and there else (shown.place if shown else ""),
        note="; ".join(part for part in (note, _clash(clashes)) if part),
        goes=one.goes,
    )


def question(order: Order, rows: Iterable[ManyRow]) -> str:
    """What the page asks."""
    count = sum(one.goes for one in rows)
    if order.verb == Verb.CANCEL:
        return str(ngettext("Cancel %(num)d date?", "Cancel %(num)d dates?", count))
    if order.verb == Verb.RESTORE:
        return str(ngettext("Restore %(num)d date?", "Restore %(num)d dates?", count))
    return str(ngettext("Move %(num)d date?", "Move %(num)d dates?", count))


def yes(verb: Verb) -> str:
    """The words of the button that does it."""
    return str(
        {
            Verb.CANCEL: _("Yes, cancel them"),
            Verb.RESTORE: _("Yes, restore them"),
            Verb.MOVE: _("Yes, move them"),
        }[verb]
    )


def done(verb: Verb, result: BulkDone) -> str:
    """What was done."""
    if not result.dates:
        return str(_("Nothing was left to do: these dates are so already."))
    count = result.dates
    said = {
        Verb.CANCEL: ngettext("%(num)d date is cancelled.", "%(num)d dates are cancelled.", count),
        Verb.RESTORE: ngettext("%(num)d date takes place.", "%(num)d dates take place.", count),
        Verb.MOVE: ngettext("%(num)d date is moved.", "%(num)d dates are moved.", count),
    }[verb]
    if not result.left:
        return str(said)
    stays = ngettext("%(num)d stays as it was.", "%(num)d stay as they were.", result.left)
    return f"{said} {stays}"


def statuses() -> list[tuple[str, str]]:
    """What a date may be, to search by."""
    return [("scheduled", _("Takes place")), ("cancelled", _("Cancelled"))]


def _clash(titles: list[str]) -> str:
    names = ", ".join(dict.fromkeys(titles))
    return _("at the same time there: %(titles)s", titles=names) if titles else ""
