"""Codes of the people room in words."""

from __future__ import annotations

from flask_babel import gettext as _

from people.granting import GrantRefusal
from people.models import Role


def role(code: str) -> str:
    """A role as it stands inside a sentence."""
    return {
        Role.PARTICIPANT: _("participant"),
        Role.FACILITATOR: _("facilitator"),
        Role.COORDINATOR: _("coordinator"),
        Role.ADMINISTRATOR: _("administrator"),
    }[Role(code)]


def refusal(reason: object) -> str:
    """Why access cannot be changed so, and what to do."""
    return {
        GrantRefusal.OWN_ACCESS: _("Nobody changes their own access. Ask another administrator."),
        GrantRefusal.LAST_ADMINISTRATOR: _(
            "Nobody else would be administrator for as long. Make somebody else administrator"
            " first."
        ),
        GrantRefusal.IN_THE_PAST: _("That day is over. Please give today or a later day."),
        GrantRefusal.ADDRESS_TAKEN: _("That address has an account already."),
    }[GrantRefusal(str(reason))]
