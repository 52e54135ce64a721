"""When: a new event, another time for a date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from events.dates import Move
from events.forms.details import DetailsForm
from events.forms.fields import (
    CheckboxesField,
    DeskForm,
    choices,
    clock_field,
    day_field,
    given,
    line,
    press_of,
)
from events.rules.planning import MOST_WEEKS_APART
from events.rules.recurrence import Rhythm
from events.scheduling import EventPlan
from events.venues import VenueDetails

ONCE, WEEKLY = "once", "weekly"
DAY_MINUTES = 24 * 60


def minutes_from(day: date, start: time, last_day: date | None, end: time) -> int:
    """How long it is, by the wall clock; without a last day it ends within 24 hours."""
    if last_day is not None and last_day != day:
        length = datetime.combine(last_day, end) - datetime.combine(day, start)
        return length // timedelta(minutes=1)
    return ((end.hour - start.hour) * 60 + end.minute - start.minute) % DAY_MINUTES


class NewEventForm(DetailsForm):
    """An event and when it is: one date, or every week."""

    press = HiddenField()
    repeats = RadioField(
        _("How often?"),
        [InputRequired(_("Please choose one."))],
        choices=choices((ONCE, _("On one date")), (WEEKLY, _("Every week, or every few weeks"))),
        default=ONCE,
    )
    day = day_field(
        _("Date, or the first day of a series"), InputRequired(_("Please give a date."))
    )
    start = clock_field(_("Starts at"))
    end = clock_field(_("Ends at"))
    last_day = day_field(_("Ends on another day"), Optional())
    weekdays = CheckboxesField(_("On which days of the week?"), coerce=int)
    interval = IntegerField(
        _("Every how many weeks?"),
        [
            Optional(),
            NumberRange(1, MOST_WEEKS_APART, message=_("Please write a number from 1 to 52.")),
        ],
        default=1,
        render_kw={"inputmode": "numeric"},
    )
    until = day_field(_("Until"), Optional())
    new_venue_name = line(_("Name of the new place"), 200)
    new_venue_address = line(_("Its address"), 300)
    new_venue_city = line(_("Its city"), 100)

    def offer_weekdays(self, names: list[str]) -> None:
        """Name the days of the week, Monday first."""
        self.weekdays.choices = choices(*enumerate(names))

    def plan(self, timezone: str) -> EventPlan:
        """The form as an operation takes it; only after `validate()`."""
        day, start, end = given(self.day), given(self.start), given(self.end)
        new_venue = None
        if self.new_venue_name.data:
            new_venue = VenueDetails(
                self.new_venue_name.data,
                self.new_venue_address.data or "",
                self.new_venue_city.data or "",
            )
        rhythm, last_day = None, self.last_day.data
        if self.repeats.data == WEEKLY:
            last_day = None
            rhythm = Rhythm(
                day,
                start,
                tuple(dict.fromkeys(self.weekdays.data or ())) or (day.weekday(),),
                self.interval.data or 1,
                self.until.data,
            )
        return EventPlan(
            details=self.details(),
            timezone=timezone,
            minutes=minutes_from(day, start, last_day, end),
            press=press_of(self.press.data),
            starts=None if rhythm else datetime.combine(day, start),
            rhythm=rhythm,
            new_venue=new_venue,
        )


class MoveForm(DeskForm):
    """Another time or place for one date."""

    day = day_field(_("Date"), InputRequired(_("Please give a date.")))
    start = clock_field(_("Starts at"))
    end = clock_field(_("Ends at"))
    last_day = day_field(_("Ends on another day"), Optional())
    venue = SelectField(_("Place"), choices=[])

    def offer_venues(self, venues: list[tuple[int, str]]) -> None:
        """Fill the list of places."""
        self.venue.choices = choices(("", _("The event's own place")), *venues)

    def move(self) -> Move:
        """The form as an operation takes it; only after `validate()`."""
        day, start, end = given(self.day), given(self.start), given(self.end)
        venue = self.venue.data or ""
        return Move(
            datetime.combine(day, start),
            minutes_from(day, start, self.last_day.data, end),
            int(venue) if venue else None,
        )
