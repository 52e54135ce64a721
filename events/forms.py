"""Forms of the desk: what they accept and how they say what is wrong."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from events.dates import Move
from events.form_fields import (
    CheckboxesField,
    DeskForm,
    choices,
    clock_field,
    day_field,
    given,
    line,
    press_of,
    seats,
    text_area,
)
from events.models import AssignmentRole, Joining, Kind, Mode, Visibility
from events.rules.planning import MOST_WEEKS_APART
from events.rules.recurrence import Rhythm
from events.scheduling import EventDetails, EventPlan
from events.slugs import slug_of
from events.staffing import Facilitator
from events.venues import VenueDetails

ONCE, WEEKLY = "once", "weekly"
DAY_MINUTES = 24 * 60
MOST_TAGS = 12


class DetailsForm(DeskForm):
    """What is said of an event, apart from when."""

    title = line(_("Title"), 200, DataRequired(_("Please give it a title.")))
    kind = RadioField(
        _("What kind of event is it?"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (Kind.SUPPORT_GROUP.value, _("Support group")),
            (Kind.WORKSHOP.value, _("Workshop")),
            (Kind.LEADERSHIP_TRAINING.value, _("Leadership training")),
            (Kind.COMMUNITY_EVENT.value, _("Community event")),
            (Kind.ONE_TO_ONE.value, _("One-to-one")),
        ),
    )
    summary = line(_("In one sentence"), 300)
    description = text_area(_("Description"), 10_000)
    joining = RadioField(
        _("How do people join?"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (Joining.DROP_IN.value, _("They just come, no sign-up")),
            (Joining.PER_DATE.value, _("They sign up for each date")),
            (Joining.COHORT.value, _("They sign up once, for all dates")),
        ),
        default=Joining.DROP_IN.value,
    )
    capacity = seats(_("How many places are there?"))
    closes = SelectField(
        _("When does sign-up close?"),
        [InputRequired(_("Please choose one."))],
        coerce=int,
        choices=choices(
            (0, _("When it starts")),
            (60, _("An hour before")),
            (180, _("Three hours before")),
            (1440, _("A day before")),
            (2880, _("Two days before")),
            (10080, _("A week before")),
        ),
        default=0,
    )
    mode = RadioField(
        _("How does it take place?"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (Mode.IN_PERSON.value, _("In person")),
            (Mode.ONLINE.value, _("Online")),
            (Mode.HYBRID.value, _("In person and online")),
        ),
        default=Mode.IN_PERSON.value,
    )
    venue = SelectField(_("Place"), choices=choices(("", _("No place"))), default="")
    online_url = line(_("Online link"), 500, render_kw={"inputmode": "url"})
    online_url_public = BooleanField(_("Show the link to everyone"))
    visibility = RadioField(
        _("Who can see it?"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (Visibility.PUBLIC.value, _("Everyone, on the public calendar")),
            (Visibility.SIGNED_IN.value, _("People who have signed in")),
            (Visibility.PRIVATE.value, _("Only those who take part and the team")),
        ),
        default=Visibility.PUBLIC.value,
    )
    languages = CheckboxesField(
        _("Languages spoken"),
        choices=choices(("en", _("English")), ("es", _("Spanish"))),
        default=["en"],
    )
    tags = line(_("Words to find it by"), 400)

    def offer_venues(self, venues: list[tuple[int, str]]) -> None:
        """Fill the list of places."""
        self.venue.choices = choices(("", _("No place")), *venues)

    def offer_languages(self, languages: list[tuple[str, str]]) -> None:
        """Fill the list of languages."""
        self.languages.choices = choices(*languages)

    def validate_online_url(self, field: Field) -> None:
        """Only a web address may be a link."""
        if not field.data:
            return
        try:
            parts = urlsplit(field.data)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValidationError(_("Please give a full web address, such as https://…"))

    def validate_tags(self, field: Field) -> None:
        """A dozen words at most."""
        if len(self.tag_list()) > MOST_TAGS:
            raise ValidationError(_("Please give at most %(max)d words.", max=MOST_TAGS))

    def tag_list(self) -> tuple[str, ...]:
        """The words, in lower case with hyphens."""
        words = (slug_of(word, "")[:60] for word in (self.tags.data or "").split(","))
        return tuple(dict.fromkeys(word for word in words if word))

    def details(self) -> EventDetails:
        """The form as an operation takes it; only after `validate()`."""
        venue = self.venue.data or ""
        return EventDetails(
            kind=Kind(self.kind.data),
            title=self.title.data or "",
            summary=self.summary.data or "",
            description=self.description.data or "",
            joining=Joining(self.joining.data),
            capacity=self.capacity.data,
            signup_closes_minutes=self.closes.data,
            mode=Mode(self.mode.data),
            visibility=Visibility(self.visibility.data),
            venue_id=int(venue) if venue.isascii() and venue.isdigit() else None,
            online_url=self.online_url.data or None,
            online_url_public=self.online_url_public.data,
            tags=self.tag_list(),
            languages=tuple(self.languages.data or ()),
        )


class VenueForm(DeskForm):
    """A place."""

    press = HiddenField()
    name = line(_("Name"), 200, DataRequired(_("Please give it a name.")))
    address = line(_("Address"), 300)
    city = line(_("City"), 100)
    region = line(_("Part of town or county"), 100)
    capacity = seats(_("How many people fit in?"))
    directions = text_area(_("How to find it"), 2_000)

    def details(self) -> VenueDetails:
        """The form as an operation takes it; only after `validate()`."""
        return VenueDetails(
            name=self.name.data or "",
            address=self.address.data or "",
            city=self.city.data or "",
            region=self.region.data or "",
            directions=self.directions.data or "",
            capacity=self.capacity.data,
        )


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


class CancelForm(DeskForm):
    """Why a date does not take place."""

    reason = line(_("Reason, shown to everyone"), 300)


class AssignForm(DeskForm):
    """Who leads."""

    person = SelectField(_("Who"), [InputRequired(_("Please choose one."))], coerce=int, choices=[])
    role = SelectField(
        _("As"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (AssignmentRole.LEAD.value, _("Lead")),
            (AssignmentRole.CO_LEAD.value, _("Co-lead")),
            (AssignmentRole.TRAINEE.value, _("Trainee")),
        ),
    )

    def offer(self, people: list[Facilitator]) -> None:
        """Fill the list of those who may lead."""
        self.person.choices = choices(
            *(
                (one.person_id, f"{one.name}, {one.title}" if one.title else one.name)
                for one in people
            )
        )
