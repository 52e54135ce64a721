"""Forms of the people room."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _
from wtforms import DateField, Form, PasswordField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from people.models import Role
from people.names import LONGEST, clean_name

SHORTEST_PASSWORD = 12
ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


class SignInForm(Form):
    """Address and password."""

    email = StringField(
        _("Email"),
        [InputRequired(_("Please give your email address.")), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Please give your password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


def _role_field() -> RadioField:
    return RadioField(
        _("May act as"),
        [InputRequired(_("Please choose one."))],
        choices=[
            SelectChoice(Role.FACILITATOR.value, _("Facilitator: takes the roll where they lead")),
            SelectChoice(Role.COORDINATOR.value, _("Coordinator: plans events and sees rosters")),
            SelectChoice(Role.ADMINISTRATOR.value, _("Administrator: decides who may do what")),
            SelectChoice(Role.PARTICIPANT.value, _("Participant: has a page of their own")),
        ],
    )


def _until_field() -> DateField:
    return DateField(
        _("Until"),
        [Optional()],
        description=_("The last day of their access. Leave it empty when it has no end."),
    )


class GrantForm(Form):
    """A role, and its last day."""

    role = _role_field()
    until = _until_field()


class InviteForm(Form):
    """An account to be."""

    name = StringField(
        _("Name"),
        [
            InputRequired(_("Please give a name.")),
            Length(max=LONGEST, message=_("Please shorten the name to 120 letters.")),
        ],
        filters=[lambda text: clean_name(text or "")],
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        _("Email"),
        [InputRequired(_("Please give an email address.")), Length(max=254)],
        filters=[lambda text: (text or "").strip()],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    role = _role_field()
    until = _until_field()

    def validate_name(self, field: StringField) -> None:
        """Refuse a name with nothing to read in it."""
        if not field.data:
            raise ValidationError(_("Please give a name."))

    def validate_email(self, field: StringField) -> None:
        """Refuse what is not an address."""
        if not ADDRESS.fullmatch(field.data or "") or not (field.data or "").isprintable():
            raise ValidationError(_("That does not look like an email address."))


class PasswordForm(Form):
    """A password of one's own, twice."""

    password = PasswordField(
        _("New password"),
        [
            InputRequired(_("Please give a password.")),
            Length(
                min=SHORTEST_PASSWORD,
                max=1000,
                message=_("Please use at least 12 letters; a few words are easy to remember."),
            ),
        ],
        description=_("At least 12 letters. A few words are easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("The same once more"),
        [EqualTo("password", message=_("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )
