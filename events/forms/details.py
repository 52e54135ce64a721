"""What is said of an event."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired

from events.forms.fields import (
    CheckboxesField,
    DeskForm,
    choices,
    line,
    place_of,
    seats,
    text_area,
)
from events.meeting_words import ACCESS, AUDIENCES
from events.models import Joining, Kind, Mode, Visibility
from events.scheduling import EventDetails
from events.slugs import slug_of

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
    online_passcode = line(_("Passcode"), 60, render_kw={"autocomplete": "off"})
    online_phone = line(_("Phone number to join by"), 100, render_kw={"inputmode": "tel"})
    access = CheckboxesField(_("Access"), choices=choices(*ACCESS.items()))
    audiences = CheckboxesField(_("For whom is it?"), choices=choices(*AUDIENCES.items()))
    cost = line(_("Cost"), 80)
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

    def offer_venues(self, venues: list[tuple[str, str]]) -> None:
        """Fill the list of places."""
        self.venue.choices = choices(("", _("No place")), *venues)

    def offer_codes(self, access: Iterable[str], audiences: Iterable[str]) -> None:
        """Keep codes that an event brought along, from an import say, among the choices."""
        for field, known, more in (
            (self.access, ACCESS, access),
            (self.audiences, AUDIENCES, audiences),
        ):
            others = {code: code for code in more if code not in known}
            field.choices = choices(*known.items(), *others.items())

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
        venue_id, room_id = place_of(self.venue.data)
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
            venue_id=venue_id,
            room_id=room_id,
            online_url=self.online_url.data or None,
            online_url_public=self.online_url_public.data,
            online_passcode=self.online_passcode.data or "",
            online_phone=self.online_phone.data or None,
            access=tuple(self.access.data or ()),
            audiences=tuple(self.audiences.data or ()),
            cost=self.cost.data or "",
            tags=self.tag_list(),
            languages=tuple(self.languages.data or ()),
        )
