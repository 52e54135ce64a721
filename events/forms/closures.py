"""A place, or the whole program, closed from one day to another."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from events.closures import ClosurePlan
from events.forms.fields import DeskForm, choices, day_field, given, line


class ClosureForm(DeskForm):
    """A place, or the whole program, closed from one day to another."""

    venue = SelectField(_("What closes?"), choices=[])
    first_day = day_field(_("First day closed"), InputRequired(_("Please give a date.")))
    last_day = day_field(_("Last day closed"), InputRequired(_("Please give a date.")))
    reason = line(_("Reason, shown to everyone"), 300)
    seen = HiddenField()

    def offer_venues(self, venues: list[tuple[int, str]]) -> None:
        """Fill the list of places."""
        self.venue.choices = choices(("", _("The whole program")), *venues)

    def plan(self) -> ClosurePlan:
        """The form as an operation takes it; only after `validate()`."""
        venue = self.venue.data or ""
        return ClosurePlan(
            int(venue) if venue else None,
            given(self.first_day),
            given(self.last_day),
            self.reason.data or "",
        )

    def seen_at(self) -> datetime | None:
        """When the closure was changed last, as its page said."""
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
