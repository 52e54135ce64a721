"""The sign-up form: a first name will do."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _
from wtforms import Form, HiddenField, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as Blank

from people.names import LONGEST, clean_name

MOST_GUESTS = 9
ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


def is_address(text: str) -> bool:
    """Whether mail could be sent there: one @, a dot after it, printable, not too long."""
    return len(text) <= 254 and text.isprintable() and bool(ADDRESS.fullmatch(text))


class SignupForm(Form):
    """Name, and what one may add. `website` is a trap for programs: people leave it empty."""

    name = StringField(
        _("Your name"),
        [
            InputRequired(_("Please give a name; a first name will do.")),
            Length(max=LONGEST, message=_("Please shorten the name to 120 letters.")),
        ],
        description=_("A first name will do."),
        render_kw={"autocomplete": "given-name"},
    )
    email = StringField(
        _("Email"),
        [Blank(strip_whitespace=True)],
        description=_("Only if you want word about this date."),
        render_kw={"type": "email", "autocomplete": "email"},
    )
    guests = IntegerField(
        _("Guests you bring"),
        [
            Blank(),
            NumberRange(0, MOST_GUESTS, _("Please give a number of guests from 0 to 9.")),
        ],
        default=0,
        render_kw={"inputmode": "numeric"},
    )
    note = TextAreaField(
        _("Anything we should know"),
        [Blank(), Length(max=1000, message=_("Please shorten the note to 1,000 letters."))],
        render_kw={"rows": 3},
    )
    website = StringField(_("Leave this empty"))
    press = HiddenField()

    def validate_name(self, field: StringField) -> None:
        """Refuse a name with nothing to read in it."""
        if not clean_name(field.data or ""):
            raise ValidationError(_("Please give a name; a first name will do."))

    def validate_email(self, field: StringField) -> None:
        """Refuse what is not an address."""
        if field.data and not is_address(field.data.strip()):
            raise ValidationError(_("That does not look like an email address."))

    def validate_website(self, field: StringField) -> None:
        """Refuse programs that fill in everything."""
        if field.data:
            raise ValidationError(_("Please leave this empty."))
