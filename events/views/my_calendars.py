"""A person's links to their own calendar: made, shown again, changed, renewed and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display, web
from core.limits import limiter
from core.outcome import Refused
from events import subscriptions
from events.forms.calendars import BUSY, REMINDERS, CalendarLinkForm, filled_in
from events.forms.fields import press_of
from events.models import FeedScope, PersonalFeed
from events.subscriptions import MOST_LINKS, LinkRefusal
from events.views.feed_links import FeedLink, ways
from people.access import Permission, actor, may, requires, signed_in_person
from people.models import Wording

bp = Blueprint("my_calendars", __name__, url_prefix="/me/calendars")

LINK = "<int(max=2147483647):link_id>"
LIMIT = "30 per minute"


@dataclass(frozen=True)
class LinkRow:
    """A link as its owner sees it in a list."""

    name: str
    url: str
    shows: str
    says: str
    used: str
    made: str


def _shows(scope: FeedScope) -> str:
    return _("What I lead") if scope == FeedScope.TEAM else _("My dates")


def _says(link: PersonalFeed) -> str:
    """What a calendar says, and when it reminds, in a few words."""
    code = BUSY if link.busy_only else link.wording
    said = {
        Wording.DISCREET: _("discreetly"),
        Wording.FULL: _("everything"),
        BUSY: _("only “Busy”"),
    }[code]
    if not link.reminder_minutes:
        return said
    # Python's `str` makes a lazy text one in this page's language.
    reminder = str(REMINDERS.get(str(link.reminder_minutes), ""))
    return f"{said} · " + _("reminder %(when)s", when=reminder)


def _used(day: date | None) -> str:
    if day is None:
        return _("Never used yet")
    return _("Last used %(day)s", day=display.in_sentence(display.day_and_month(day)))


def _row(link: PersonalFeed) -> LinkRow:
    made = display.local(link.created_at, current_app.config["TIMEZONE"]).date()
    return LinkRow(
        link.name,
        url_for(".page", link_id=link.id),
        _shows(FeedScope(link.scope)),
        _says(link),
        _used(link.last_used_on),
        _("Made %(day)s", day=display.in_sentence(display.long_date(made))),
    )


def _may_have(scope: FeedScope) -> bool:
    return scope == FeedScope.ME or may(Permission.TAKE_ROLL)


@bp.get("/")
@requires(Permission.SEE_OWN_PAGE)
def index() -> ResponseReturnValue:
    """My links, and making another."""
    links = subscriptions.links_of(signed_in_person().id)
    return render_template(
        "me/calendars.html",
        rows=[_row(link) for link in links],
        leads=_may_have(FeedScope.TEAM),
        full=len(links) >= MOST_LINKS,
        most=MOST_LINKS,
    )


def _asked_scope() -> FeedScope:
    asked = request.args.get("of", FeedScope.ME)
    if asked not in list(FeedScope):
        abort(404)
    scope = FeedScope(asked)
    if not _may_have(scope):
        abort(403)
    return scope


def _show_new(form: CalendarLinkForm, scope: FeedScope, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "me/calendar_new.html",
        form=form,
        scope=scope.value,
        shows=_shows(scope),
        action=url_for(".create", of=scope.value),
    )
    return page, status


@bp.get("/new")
@requires(Permission.SEE_OWN_PAGE)
def new() -> ResponseReturnValue:
    """The form for a link; who leads needs titles, one's own dates are as one's mail is."""
    scope = _asked_scope()
    own = signed_in_person().wording
    says = Wording.FULL if scope == FeedScope.TEAM else own
    form = CalendarLinkForm(data={"says": says, "press": str(uuid4())})
    return _show_new(form, scope)


@bp.post("/new")
@requires(Permission.SEE_OWN_PAGE)
@limiter.limit(LIMIT)
def create() -> ResponseReturnValue:
    """Make a link and show its address."""
    scope, form = _asked_scope(), CalendarLinkForm(request.form)
    if not form.validate():
        return _show_new(form, scope, 422)
    made = subscriptions.make_link(
        scope,
        form.plan(),
        press=press_of(form.press.data),
        language=web.language(),
        key=str(current_app.config["SECRET_KEY"]),
        by=actor(),
        now=clock.now(),
    )
    if isinstance(made, Refused):
        return _show_refused(made, form, scope)
    flash(_("The link is made. Add it on your device now, or come back to it later."), "success")
    return redirect(url_for(".page", link_id=made), 303)


def _show_refused(made: Refused, form: CalendarLinkForm, scope: FeedScope) -> ResponseReturnValue:
    if made.reason != LinkRefusal.TOO_MANY:
        abort(404)
    words = _("You have %(most)s links, the most there can be. End one first.", most=MOST_LINKS)
    form.form_errors.append(words)
    return _show_new(form, scope, 409)


def _link_or_gone(link_id: int) -> PersonalFeed | None:
    """One of my links; None when it has ended. Another person's is not found."""
    person_id = signed_in_person().id
    link = subscriptions.link_of(person_id, link_id)
    if link is None and not subscriptions.has_ended(person_id, link_id):
        abort(404)
    return link


def _to_list(words: str, category: str = "info") -> ResponseReturnValue:
    flash(words, category)
    return redirect(url_for(".index"), 303)


def _ended() -> ResponseReturnValue:
    return _to_list(_("That link has ended."))


def _show(link: PersonalFeed, form: CalendarLinkForm, status: int = 200) -> ResponseReturnValue:
    token = subscriptions.shown_token(link, str(current_app.config["SECRET_KEY"]))
    # The name goes to Google's and Microsoft's pages, so it gives nothing away.
    path = f"/feeds/{link.scope}/{token}.ics"
    feed = FeedLink(_("Appointments"), path) if token else None
    page = render_template(
        "me/calendar.html",
        link=link,
        row=_row(link),
        feed=feed,
        ways=ways(feed) if feed else [],
        form=form,
    )
    return page, status


@bp.get(f"/{LINK}/")
@requires(Permission.SEE_OWN_PAGE)
def page(link_id: int) -> ResponseReturnValue:
    """One link: its address for a device, its settings, and ending it."""
    link = _link_or_gone(link_id)
    return _show(link, filled_in(link)) if link else _ended()


@bp.post(f"/{LINK}/")
@requires(Permission.SEE_OWN_PAGE)
@limiter.limit(LIMIT)
def save(link_id: int) -> ResponseReturnValue:
    """Change what a link says; its address stays."""
    link = _link_or_gone(link_id)
    if link is None:
        return _ended()
    form = CalendarLinkForm(request.form)
    if not form.validate():
        return _show(link, form, 422)
    answer = subscriptions.change_link(link_id, form.plan(), by=actor(), now=clock.now())
    if isinstance(answer, Refused):
        return _ended()
    flash(_("Saved. Your device shows it when it looks again."), "success")
    return redirect(url_for(".page", link_id=link_id), 303)


@bp.post(f"/{LINK}/renew")
@requires(Permission.SEE_OWN_PAGE)
@limiter.limit(LIMIT)
def renew(link_id: int) -> ResponseReturnValue:
    """A new address, and the old one opens nothing from now on."""
    if _link_or_gone(link_id) is None:
        return _ended()
    key = str(current_app.config["SECRET_KEY"])
    made = subscriptions.renew_link(link_id, key=key, by=actor(), now=clock.now())
    if isinstance(made, Refused):
        return _ended()
    flash(_("Here is the new address. The old one no longer opens anything."), "success")
    return redirect(url_for(".page", link_id=made), 303)


@bp.get(f"/{LINK}/revoke")
@requires(Permission.SEE_OWN_PAGE)
def ask_revoke(link_id: int) -> ResponseReturnValue:
    """Ask before a link ends."""
    link = _link_or_gone(link_id)
    return render_template("me/calendar_revoke.html", link=link) if link else _ended()


@bp.post(f"/{LINK}/revoke")
@requires(Permission.SEE_OWN_PAGE)
@limiter.limit(LIMIT)
def revoke(link_id: int) -> ResponseReturnValue:
    """End a link."""
    if _link_or_gone(link_id) is None:
        return _ended()
    subscriptions.revoke_link(link_id, by=actor(), now=clock.now())
    return _to_list(_("The link has ended. Now remove the calendar from the device."), "success")
