"""Mail about sign-ups, put into words when it is sent.

Subjects and texts say neither what the program is nor what the date is about, unless the person
asked for full wording. `RENDERERS` maps a kind of message to the function that writes it; a
function answers None when there is no address or the message is no longer true.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import clock, display, web
from core.db import db
from events import deleting, notices, signups
from events.models import Enrolment, EventStatus, Occurrence, OccurrenceStatus, Signup, SignupState
from people.mail import Mail
from people.models import Person, Wording

Words = Callable[[str], str]


def _signup(signup_id: int) -> tuple[Signup, Person] | None:
    signup = db.session.scalar(
        select(Signup)
        .where(Signup.id == signup_id)
        .options(joinedload(Signup.occurrence).joinedload(Occurrence.event))
    )
    person = db.session.get(Person, signup.person_id) if signup else None
    if signup is None or person is None or not person.email:
        return None
    return signup, person


def _own_address(signup: Signup, person: Person) -> str:
    token = signup.token
    if signup.enrolment_id is not None:
        token = db.session.get_one(Enrolment, signup.enrolment_id).token
    prefix = "" if person.language == "en" else f"/{person.language}"
    return web.absolute(f"{prefix}/signups/{token}/")


def _when(starts: datetime) -> str:
    return _(
        "%(day)s at %(time)s",
        day=display.in_sentence(display.day_and_month(starts.date())),
        time=display.clock(starts),
    )


def _write(signup: Signup, person: Person, sentence: Words) -> Mail:
    occurrence = signup.occurrence
    starts = display.local(occurrence.starts_at, occurrence.timezone)
    with force_locale(person.language):
        full = person.wording == Wording.FULL
        title = occurrence.event.title if full else ""
        weekday = display.in_sentence(display.weekday_name(starts.date()))
        context = {
            "name": person.name,
            "title": title,
            "sentence": sentence(_when(starts)),
            "address": _own_address(signup, person),
            "lang": person.language,
        }
        return Mail(
            to=person.email or "",
            subject=title or _("Your %(weekday)s appointment", weekday=weekday),
            text=render_template("mail/notice.txt", **context),
            html=render_template("mail/notice.html", **context),
        )


def _about(signup_id: int, still_true: Callable[[Signup], bool], sentence: Words) -> Mail | None:
    found = _signup(signup_id)
    if found is None or not still_true(found[0]):
        return None
    return _write(*found, sentence)


def _ahead(signup: Signup) -> bool:
    return signup.occurrence.ends_at > clock.now()


def _is_deleted(signup: Signup) -> bool:
    return signup.occurrence.event.status == EventStatus.DELETED


def _holds(signup: Signup) -> bool:
    return _ahead(signup) and not _is_deleted(signup)


def _confirmed(signup_id: int) -> Mail | None:
    return _about(
        signup_id,
        lambda signup: signup.state == SignupState.SEATED and _holds(signup),
        lambda when: _("You have a place on %(when)s.", when=when),
    )


def _queued(signup_id: int) -> Mail | None:
    return _about(
        signup_id,
        lambda signup: signup.state == SignupState.QUEUED and _holds(signup),
        lambda when: _("You are in line for %(when)s. We write when a place is yours.", when=when),
    )


def _moved_up(signup_id: int) -> Mail | None:
    return _about(
        signup_id,
        lambda signup: signup.state == SignupState.SEATED and _holds(signup),
        lambda when: _("A place came free: you now have one on %(when)s.", when=when),
    )


def _cancelled(signup_id: int) -> Mail | None:
    return _about(
        signup_id,
        lambda signup: signup.state == SignupState.CANCELLED,
        lambda when: _("Your place on %(when)s was given back, as you asked.", when=when),
    )


def _date_cancelled(signup_id: int) -> Mail | None:
    def still_true(signup: Signup) -> bool:
        called_off = signup.occurrence.status == OccurrenceStatus.CANCELLED or _is_deleted(signup)
        return called_off and signup.state != SignupState.CANCELLED and _ahead(signup)

    return _about(
        signup_id,
        still_true,
        lambda when: _("The appointment on %(when)s is cancelled.", when=when),
    )


def _date_changed(signup_id: int) -> Mail | None:
    def still_true(signup: Signup) -> bool:
        standing = signup.occurrence.status == OccurrenceStatus.SCHEDULED
        return standing and signup.state != SignupState.CANCELLED and _holds(signup)

    return _about(
        signup_id,
        still_true,
        lambda when: _("There is a change. Your appointment is now on %(when)s.", when=when),
    )


def _event_called_off(signup_id: int) -> Mail | None:
    def still_true(signup: Signup) -> bool:
        return _is_deleted(signup) and signup.state != SignupState.CANCELLED and _ahead(signup)

    return _about(
        signup_id,
        still_true,
        lambda when: _("The appointment on %(when)s and all later ones are cancelled.", when=when),
    )


def _event_stands(signup_id: int) -> Mail | None:
    def still_true(signup: Signup) -> bool:
        standing = signup.occurrence.status == OccurrenceStatus.SCHEDULED
        return standing and signup.state != SignupState.CANCELLED and _holds(signup)

    return _about(
        signup_id,
        still_true,
        lambda when: _(
            "What was cancelled takes place after all. Your appointment is on %(when)s.", when=when
        ),
    )


RENDERERS: dict[str, Callable[[int], Mail | None]] = {
    signups.CONFIRMED: _confirmed,
    signups.QUEUED: _queued,
    signups.MOVED_UP: _moved_up,
    signups.CANCELLED: _cancelled,
    notices.CANCELLED: _date_cancelled,
    notices.CHANGED: _date_changed,
    deleting.CALLED_OFF: _event_called_off,
    deleting.STANDS: _event_stands,
}
