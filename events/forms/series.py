"""A series that changes: from which day on, and into what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from events.consequences import Scope
from events.forms.fields import choices, day_field, given, place_of, place_value
from events.forms.rhythm import RhythmForm, rhythm_values
from events.series import SeriesPlan


class SeriesForm(RhythmForm):
    """Another rhythm, time or place for a series."""

    scope = RadioField(
        _("Which dates?"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (Scope.FOLLOWING.value, _("From a day on: earlier dates stay as they are")),
            (Scope.ALL.value, _("All dates still to come")),
        ),
        default=Scope.ALL.value,
    )
    day = day_field(_("From which day on?"), InputRequired(_("Please give a date.")))
    venue = SelectField(_("Place"), [Optional()], choices=[])

    def offer_venues(self, venues: list[tuple[str, str]]) -> None:
        """Fill the list of places."""
        self.venue.choices = choices(("", _("The event's own place")), *venues)

    def since(self, first: date | None) -> date:
        """The first day that changes; `first` is that of the first date still to come."""
        day: date = given(self.day)
        return first or day if self.scope.data == Scope.ALL else day

    def plan(self, since: date) -> SeriesPlan:
        """The series from a day on; only after `validate()`."""
        venue_id, room_id = place_of(self.venue.data)
        return replace(self.series_plan(since), venue_id=venue_id, room_id=room_id)


def series_values(plan: SeriesPlan, day: date, scope: Scope) -> dict[str, object]:
    """What the form shows for a series there is, changed from a day on."""
    venue = place_value(plan.venue_id, plan.room_id)
    return rhythm_values(plan) | {"day": day, "scope": scope.value, "venue": venue}
