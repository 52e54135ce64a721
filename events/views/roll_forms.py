"""Forms of the roll call."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import Form, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

MOST_HEADS = 100_000


class WalkInForm(Form):
    """Someone who came without a sign-up."""

    name = StringField(
        _("First name"),
        [
            InputRequired(_("Please write a first name; any name they like will do.")),
            Length(max=120, message=_("Please use at most 120 letters.")),
        ],
        render_kw={"autocomplete": "off"},
    )


class HeadCountForm(Form):
    """How many people are in the room."""

    head_count = IntegerField(
        _("People in the room"),
        [
            InputRequired(_("Please write a number.")),
            NumberRange(0, MOST_HEADS, _("Please write a number from 0 up.")),
        ],
        render_kw={"type": "number", "inputmode": "numeric", "min": 0, "max": MOST_HEADS},
    )
