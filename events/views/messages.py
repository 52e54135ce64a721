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
from events.feeds.invitation import CANCEL, REQUEST
from events.models import Enrolment, EventStatus, Occurrence, OccurrenceStatus, Signup, SignupState
from events.views.invitations import invitations
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


def _subject(signup: Signup, person: Person) -> str:
    """The title for those who want it, else that of an appointment."""
    if person.wording == Wording.FULL:
        return signup.occurrence.event.title
    starts = display.local(signup.occurrence.starts_at, signup.occurrence.timezone)
    weekday = display.in_sentence(display.weekday_name(starts.date()))
    return _("Your %(weekday)s appointment", weekday=weekday)


def _write(signup: Signup, person: Person, sentence: Words, method: str = "") -> Mail:
    occurrence = signup.occurrence
    starts = display.local(occurrence.starts_at, occurrence.timezone)
    with force_locale(person.language):
        full = person.wording == Wording.FULL
        title = occurrence.event.title if full else ""
        address = _own_address(signup, person)
        context = {
            "name": person.name,
            "title": title,
            "sentence": sentence(_when(starts)),
            "reason": _reason(signup, person),
            "address": address,
            "lang": person.language,
        }
        return Mail(
            to=person.email or "",
            subject=_subject(signup, person),
            text=render_template("mail/notice.txt", **context),
            html=render_template("mail/notice.html", **context),
            invitations=invitations([(signup, address)], person, method) if method else (),
        )


def _reason(signup: Signup, person: Person) -> str:
    """Why a date does not take place, for those who asked for full wording; it may tell much."""
    return signup.occurrence.cancel_reason if person.wording == Wording.FULL else ""


def _write_many(told: list[Signup], person: Person, sentence: str, method: str) -> Mail:
    """One mail about several dates of a person."""
    lines = []
    for signup in told:
        starts = display.local(signup.occurrence.starts_at, signup.occurrence.timezone)
        title = signup.occurrence.event.title if person.wording == Wording.FULL else ""
        parts = [_when(starts), title, _reason(signup, person)]
        lines.append((" · ".join(part for part in parts if part), _own_address(signup, person)))
    context = {
        "name": person.name,
        "sentence": sentence,
        "lines": lines,
        "lang": person.language,
    }
    addresses = [(signup, line[1]) for signup, line in zip(told, lines, strict=True)]
    return Mail(
        to=person.email or "",
        subject=_("Your appointments"),
        text=render_template("mail/notice_many.txt", **context),
        html=render_template("mail/notice_many.html", **context),
        invitations=invitations(addresses, person, method),
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


def _told_with(
    kind: str, signup: Signup, still_true: Callable[[Signup], bool]
) -> list[Signup] | None:
    """The sign-ups that one mail tells of; None when another message tells of this one."""
    told = notices.told_together(kind, signup)
    if any(one.left for one in told):
        return None
    found = {one.signup_id: _signup(one.signup_id) for one in told}
    live = [one for one in told if (row := found[one.signup_id]) and still_true(row[0])]
    first = next((one for one in live if one.waiting), None)
    if first is None or first.signup_id != signup.id:
        return None
    return [row[0] for one in live if (row := found[one.signup_id])]


def _of_dates(
    kind: str,
    signup_id: int,
    still_true: Callable[[Signup], bool],
    sentence: Words,
    sentence_of_many: Callable[[], str],
    method: str,
) -> Mail | None:
    """Mail about one date, or about all of a person's dates that changed with it."""
    found = _signup(signup_id)
    if found is None or not still_true(found[0]):
        return None
    told = _told_with(kind, found[0], still_true)
    if told is None:
        return None
    if len(told) == 1:
        return _write(*found, sentence, method)
    person = found[1]
    with force_locale(person.language):
        return _write_many(told, person, sentence_of_many(), method)


def _date_cancelled(signup_id: int) -> Mail | None:
    def still_true(signup: Signup) -> bool:
        called_off = signup.occurrence.status == OccurrenceStatus.CANCELLED or _is_deleted(signup)
        return called_off and signup.state != SignupState.CANCELLED and _ahead(signup)

    return _of_dates(
        notices.CANCELLED,
        signup_id,
        still_true,
        lambda when: _("The appointment on %(when)s is cancelled.", when=when),
        lambda: _("These appointments are cancelled:"),
        CANCEL,
    )


def _date_changed(signup_id: int) -> Mail | None:
    def still_true(signup: Signup) -> bool:
        standing = signup.occurrence.status == OccurrenceStatus.SCHEDULED
        return standing and signup.state != SignupState.CANCELLED and _holds(signup)

    return _of_dates(
        notices.CHANGED,
        signup_id,
        still_true,
        lambda when: _("There is a change. Your appointment is now on %(when)s.", when=when),
        lambda: _("There are changes. Your appointments are now:"),
        REQUEST,
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
