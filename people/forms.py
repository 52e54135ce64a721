"""Forms of the people room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import Form, PasswordField, StringField
from wtforms.validators import InputRequired, Length


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
