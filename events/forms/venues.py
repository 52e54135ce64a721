"""A place."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
)
from wtforms.validators import DataRequired

from events.forms.fields import (
    DeskForm,
    line,
    seats,
    text_area,
)
from events.venues import VenueDetails


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
