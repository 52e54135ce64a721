"""Choosing many dates, and what to do to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from events.bulk import MOST_SHIFT_DAYS, MOST_SHIFT_MINUTES, Shift
from events.desk import DateSearch
from events.forms.fields import DeskForm, choices, clean_line, line
from events.models import Kind, OccurrenceStatus

LONGEST_SPAN = timedelta(days=366)


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


def search_of(asked: Mapping[str, str], today: date) -> DateSearch:
    """A search from an address; this week from today on when nothing is asked for."""
    first = _day(asked.get("from"), today)
    last = max(first, _day(asked.get("to"), first + timedelta(days=6)))
    venue, kind, status = (asked.get(name, "") for name in ("venue", "kind", "status"))
    return DateSearch(
        first,
        min(last, first + LONGEST_SPAN),
        int(venue) if venue.isdecimal() and len(venue) < 10 else None,
        kind if kind in list(Kind) else "",
        clean_line(asked.get("q"))[:120],
        status if status in list(OccurrenceStatus) else "",
    )


class ReasonForm(DeskForm):
    """Why dates do not take place."""

    reason = line(_("One reason for all, shown to everyone"), 300)


def _number(label: str, most: int) -> IntegerField:
    wrong = _("Please write a number from −%(most)d to %(most)d.", most=most)
    within = NumberRange(-most, most, message=wrong)
    return IntegerField(label, [Optional(), within], render_kw={"inputmode": "text"})


class ShiftForm(DeskForm):
    """How many days and minutes later, and where."""

    days = _number(_("Days later"), MOST_SHIFT_DAYS)
    minutes = _number(_("Minutes later"), MOST_SHIFT_MINUTES)
    venue = SelectField(_("Place"), choices=[])

    def offer_venues(self, venues: list[tuple[int, str]]) -> None:
        """Fill the list of places."""
        self.venue.choices = choices(("", _("Each stays where it is")), *venues)

    def shift(self) -> Shift:
        """The form as an operation takes it; only after `validate()`."""
        venue = self.venue.data or ""
        return Shift(self.days.data or 0, self.minutes.data or 0, int(venue) if venue else None)
