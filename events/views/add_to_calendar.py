"""The menu "Add to my calendar": links that work without scripts and ask nobody before a click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from core import web
from events.feeds import addresses
from events.feeds.addresses import MICROSOFT_365, Copied
from events.models import Event, Mode, Occurrence, Venue
from events.repeating import Repeating, repeating
from events.views.feed_links import FeedLink, feed_name


@dataclass(frozen=True, slots=True)
class MenuLink:
    """One program. `elsewhere` is the site that the link leads to, or nothing."""

    label: str
    url: str
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Links that do the same. `title` may be nothing."""

    title: str
    links: tuple[MenuLink, ...]


def _language() -> str:
    return "" if web.language() == web.LANGUAGES[0] else f"?lang={web.language()}"


def feed_of(event: Event) -> FeedLink:
    """The calendar with all dates of an event."""
    return FeedLink(feed_name(event.title), f"/events/{event.slug}.ics{_language()}")


def _place(event: Event, venue: Venue | None) -> str:
    if event.mode == Mode.ONLINE or venue is None:
        return _("Online") if event.mode != Mode.IN_PERSON else ""
    if venue.approximate:
        return venue.city
    return ", ".join(part for part in (venue.name, venue.address or venue.city) if part)


def _copied(event: Event, venue: Venue | None, span: Occurrence | Repeating, page: str) -> Copied:
    words = [event.summary, f"{_('Details')}: {web.absolute(web.path(page))}"]
    return Copied(
        title=event.title,
        words="\n\n".join(word for word in words if word),
        place=_place(event, venue),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        timezone=span.timezone,
        all_day=span.all_day,
        rule=span.rule if isinstance(span, Repeating) else (),
    )


def _google(copied: Copied, label: str) -> MenuLink:
    return MenuLink(label, addresses.google_add(copied), "calendar.google.com")


def for_date(one: Occurrence) -> list[MenuGroup]:
    """One public date: as a file, or as a form filled in at Google's or Microsoft's."""
    event = one.event
    page = f"/events/{event.slug}/{one.key}"
    copied = _copied(event, one.venue or event.venue, one, f"{page}/")
    this_date = MenuGroup(
        _("This date"),
        (
            MenuLink(
                _("Apple, Outlook on a computer, others"),
                f"{page}.ics{_language()}",
            ),
            _google(copied, _("Google Calendar")),
            MenuLink(_("Outlook.com"), addresses.outlook_add(copied), "outlook.live.com"),
            MenuLink(
                _("Microsoft 365"),
                addresses.outlook_add(copied, MICROSOFT_365),
                "outlook.office.com",
            ),
        ),
    )
    if one.series_id is None:
        return [this_date]
    all_dates = MenuGroup(
        _("All dates, kept up to date"),
        (
            MenuLink(_("Apple, Thunderbird, Android"), feed_of(event).webcal),
            MenuLink(_("Google, Outlook and more"), web.path(f"/events/{event.slug}/#add")),
        ),
    )
    return [this_date, all_dates]


def for_event(event: Event, now: datetime) -> list[MenuGroup]:
    """All dates of a public event: to subscribe to, or as a copy."""
    link = feed_of(event)
    kept = MenuGroup(
        _("Kept up to date"),
        (
            MenuLink(_("Apple, Thunderbird, Android"), link.webcal),
            MenuLink(_("Google Calendar"), link.google, "calendar.google.com"),
            MenuLink(_("Outlook.com"), link.outlook, "outlook.live.com"),
            MenuLink(_("Microsoft 365"), link.microsoft_365, "outlook.office.com"),
        ),
    )
    copies = [MenuLink(_("A file"), link.path)]
    whole = repeating(event, now)
    if whole is not None:
        copied = _copied(event, whole.venue, whole, f"/events/{event.slug}/")
        copies.append(_google(copied, _("Google Calendar, repeating")))
    return [kept, MenuGroup(_("A copy that stays as it is today"), tuple(copies))]
