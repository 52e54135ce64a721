"""Who may do what, in one table; every route declares its need with `public` or `requires`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core import clock
from people.audit import VISITOR, Actor
from people.audit import person as actor_for
from people.models import Account, Person, Role, RoleGrant
from people.roles import ending_soon, standing_roles


class Permission(StrEnum):
    """What a route may need."""

    SEE_OWN_PAGE = "see-own-page"
    TAKE_ROLL = "take-roll"
    PLAN_EVENTS = "plan-events"
    SEE_ROSTERS = "see-rosters"
    ASSIGN_FACILITATORS = "assign-facilitators"
    SEE_AUDIT = "see-audit"
    MANAGE_PEOPLE = "manage-people"


_PARTICIPANT = frozenset({Permission.SEE_OWN_PAGE})
_FACILITATOR = _PARTICIPANT | {Permission.TAKE_ROLL}
_COORDINATOR = _FACILITATOR | {
    Permission.PLAN_EVENTS,
    Permission.SEE_ROSTERS,
    Permission.ASSIGN_FACILITATORS,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PARTICIPANT: _PARTICIPANT,
    Role.FACILITATOR: _FACILITATOR,
    Role.COORDINATOR: _COORDINATOR,
    Role.ADMINISTRATOR: _COORDINATOR | {Permission.SEE_AUDIT, Permission.MANAGE_PEOPLE},
}

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, ResponseReturnValue]


def allowed(roles: frozenset[Role], permission: Permission) -> bool:
    """Whether any of the roles grants the permission."""
    return any(permission in PERMISSIONS[role] for role in roles)


def current_account() -> Account | None:
    """The account signed in on this request, or None."""
    return cast(Account, current_user) if current_user.is_authenticated else None


def current_person() -> Person | None:
    """The person signed in on this request, or None."""
    account = current_account()
    return account.person if account else None


def signed_in_person() -> Person:
    """The person signed in; for views that require a permission.

    Raises:
        RuntimeError: nobody is signed in, so the view lacks its `requires`.
    """
    person = current_person()
    if person is None:
        raise RuntimeError("this view must require a permission")
    return person


def actor() -> Actor:
    """Who acts on this request."""
    account = current_account()
    return actor_for(account.person_id) if account else VISITOR


def may(permission: Permission) -> bool:
    """Whether the one signed in has the permission at this moment."""
    account = current_account()
    return account is not None and allowed(standing_roles(account.roles, today()), permission)


def today() -> date:
    """The present local day of the program, by which access ends."""
    return clock.today(current_app.config["TIMEZONE"])


def ending_access() -> list[RoleGrant]:
    """What the one signed in will no longer be within 30 days."""
    account = current_account()
    return ending_soon(account.roles, today()) if account else []


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declare a route open to everyone."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[Callable[P, R]], View[P]]:
    """Declare the permission a route needs.

    Signed out: a page sends to the sign-in, a JSON request gets 401. Signed in without the
    permission: 403.
    """

    def declare(view: Callable[P, R]) -> View[P]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if current_account() is None:
                if request.is_json or request.method not in {"GET", "HEAD"}:
                    abort(401)
                return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")), 303)
            if not may(permission):
                abort(403)
            return cast(ResponseReturnValue, view(*args, **kwargs))

        checked.access = permission  # type: ignore[attr-defined]
        return checked

    return declare


def doors() -> list[str]:
    """Names of the private pages open to the one signed in, in the order they are shown."""
    pages = (
        (Permission.PLAN_EVENTS, "desk"),
        (Permission.TAKE_ROLL, "today"),
        (Permission.SEE_OWN_PAGE, "me"),
        (Permission.MANAGE_PEOPLE, "people"),
        (Permission.SEE_AUDIT, "audit"),
    )
    return [name for permission, name in pages if may(permission)]
