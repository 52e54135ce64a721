"""Which roles an account holds on a day: a grant ends with its last local day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from people.models import Role, RoleGrant

NOTICE = timedelta(days=30)


def stands(grant: RoleGrant, today: date) -> bool:
    """Whether a grant holds on a local day of the program; its last day is included."""
    return grant.ends_on is None or today <= grant.ends_on


def standing_roles(grants: Iterable[RoleGrant], today: date) -> frozenset[Role]:
    """The roles held on a local day of the program."""
    return frozenset(Role(grant.role) for grant in grants if stands(grant, today))


def ending_soon(grants: Iterable[RoleGrant], today: date) -> list[RoleGrant]:
    """The grants that end within 30 days, the next one first."""
    soon = [
        grant
        for grant in grants
        if grant.ends_on is not None and today <= grant.ends_on <= today + NOTICE
    ]
    return sorted(soon, key=lambda grant: (grant.ends_on or today, grant.role))
