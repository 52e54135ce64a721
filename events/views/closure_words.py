"""Closures in words: for the desk, and for everyone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from core import display
from events.public_closures import PublicClosure
from events.rules.closing import ClosureRefusal

FIELD_OF = {
    ClosureRefusal.ENDS_BEFORE_START: "last_day",
    ClosureRefusal.OVER: "last_day",
    ClosureRefusal.TOO_LONG: "last_day",
    ClosureRefusal.TOO_FAR_AHEAD: "last_day",
    ClosureRefusal.UNKNOWN_VENUE: "venue",
}


def refusal(reason: object) -> str:
    """Why a closure cannot be, in words."""
    words = {
        ClosureRefusal.ENDS_BEFORE_START: _("That is before the first day."),
        ClosureRefusal.OVER: _("These days are over. Nothing would change."),
        ClosureRefusal.TOO_LONG: _("That is too long: a year at most."),
        ClosureRefusal.TOO_FAR_AHEAD: _("That date is too far ahead: two years at most."),
        ClosureRefusal.UNKNOWN_VENUE: _("That place is gone. Please choose another."),
        ClosureRefusal.CHANGED_MEANWHILE: _(
            "Somebody changed this closure meanwhile. Please look at what it says now."
        ),
    }
    return str(words.get(reason, _("That is not possible.")))  # type: ignore[call-overload]


def span(first: date, last: date) -> str:
    """`Dec 20, 2026 – Jan 5, 2027`, or one day."""
    if first == last:
        return display.date_in_year(first)
    return f"{display.date_in_year(first)} – {display.date_in_year(last)}"


def name(venue: str) -> str:
    """What is closed."""
    return venue or _("The whole program")


@dataclass(frozen=True)
class ClosureNotice:
    """A closure as public pages say it."""

    title: str
    reason: str
    url: str


def notices(found: Iterable[PublicClosure], path: str = "") -> list[ClosureNotice]:
    """Closures in words. `path` is that of venue pages, `/venues/`, or '' without links."""
    return [
        ClosureNotice(
            title=_(
                "%(place)s is closed %(days)s",
                place=one.venue or _("Everything"),
                days=span(one.first_day, one.last_day),
            )
            if one.first_day != one.last_day
            else _(
                "%(place)s is closed on %(day)s",
                place=one.venue or _("Everything"),
                day=span(one.first_day, one.last_day),
            ),
            reason=one.reason,
            url=f"{path}{one.slug}/" if path and one.slug else "",
        )
        for one in found
    ]
