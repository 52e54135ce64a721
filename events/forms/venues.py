"""A place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    FloatField,
    HiddenField,
)
from wtforms.validators import DataRequired, NumberRange, Optional

from events.forms.fields import (
    CheckboxesField,
    DeskForm,
    choices,
    line,
    seats,
    text_area,
)
from events.meeting_words import ACCESS
from events.venues import VenueDetails


def degrees(label: str, most: int) -> FloatField:
    wrong = _("Please write a number from -%(most)d to %(most)d.", most=most)
    return FloatField(
        label,
        [Optional(), NumberRange(-most, most, message=wrong)],
        render_kw={"inputmode": "decimal"},
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

    latitude = degrees(_("Latitude"), 90)
    longitude = degrees(_("Longitude"), 180)
    access = CheckboxesField(_("Access"), choices=choices(*ACCESS.items()))
    access_notes = text_area(_("More about access"), 500)
    transit = line(_("Bus and train lines nearby"), 300)

    def offer_codes(self, access: Iterable[str]) -> None:
        """Keep codes that a place brought along, from an import say, among the choices."""
        others = {code: code for code in access if code not in ACCESS}
        self.access.choices = choices(*ACCESS.items(), *others.items())

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself; coordinates come in pairs."""
        valid = super().validate(extra_validators)
        if (self.latitude.data is None) != (self.longitude.data is None):
            self.longitude.errors = [_("Please give both numbers, or neither.")]
            return False
        return valid

    def details(self) -> VenueDetails:
        """The form as an operation takes it; only after `validate()`."""
        return VenueDetails(
            name=self.name.data or "",
            address=self.address.data or "",
            city=self.city.data or "",
            region=self.region.data or "",
            directions=self.directions.data or "",
            capacity=self.capacity.data,
            latitude=self.latitude.data,
            longitude=self.longitude.data,
            access=tuple(self.access.data or ()),
            access_notes=self.access_notes.data or "",
            transit=self.transit.data or "",
        )


class RoomForm(DeskForm):
    """A room of a place."""

    name = line(_("Name of the room"), 100, DataRequired(_("Please give it a name.")))
    capacity = seats(_("How many people fit in?"))
