"""A calendar to subscribe to, with the addresses that each program wants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from flask import current_app
from flask_babel import gettext as _

from core import web
from events.feeds import addresses
from events.filters import Filters
from events.views import words
from events.views.filter_form import labels_of

MOST_NAMED = 3


@dataclass(frozen=True)
class FeedLink:
    """One calendar to subscribe to. `title` is its name, `path` the feed's on this site."""

    title: str
    path: str

    @property
    def https(self) -> str:
        """The address to copy."""
        return web.absolute(self.path)

    @property
    def webcal(self) -> str:
        """The address that opens a calendar program."""
        return addresses.webcal(self.https)

    @property
    def google(self) -> str:
        """Google Calendar's page that subscribes to it."""
        return addresses.google_subscribe(self.https)

    @property
    def outlook(self) -> str:
        """Outlook.com's page that subscribes to it."""
        return addresses.outlook_subscribe(self.https, self.title)

    @property
    def microsoft_365(self) -> str:
        """The same of an account at work or school."""
        return addresses.outlook_subscribe(self.https, self.title, addresses.MICROSOFT_365)

    @property
    def letters(self) -> int:
        """How long its address is."""
        return addresses.letters(self.https)

    @property
    def fits(self) -> bool:
        """Whether every program takes an address of this length."""
        return self.letters <= addresses.MOST_LETTERS


def feed_name(*parts: str) -> str:
    """The name of a calendar in other programs: what is in it, then the site."""
    return " · ".join([*parts, str(current_app.config["SITE_NAME"])])


def name_of(chosen: Filters) -> str:
    """The name of the calendar with what the filters choose.

    Without commas of our own: some programs show them with the backslash of the file.
    """
    labels = labels_of(chosen)
    named, more = labels[:MOST_NAMED], len(labels) - MOST_NAMED
    return feed_name(*named, *([f"+{more}"] if more > 0 else []))


def path_of(chosen: Filters, **more: str) -> str:
    """The shortest address of the feed with what the filters choose.

    Thunderbird names a calendar after the last part, so one place or one kind has its own.
    """
    if web.language() != web.LANGUAGES[0]:
        more["lang"] = web.language()
    if len(chosen.venues) == 1:
        slug = quote(chosen.venues[0], safe="")
        return f"/venues/{slug}.ics{replace(chosen, venues=()).query(**more)}"
    if len(chosen.kinds) == 1 and chosen.kinds[0] in words.kinds():
        return f"/feeds/{chosen.kinds[0]}.ics{replace(chosen, kinds=()).query(**more)}"
    return f"/feeds/all.ics{chosen.query(**more)}"


def feed_link(chosen: Filters, **more: str) -> FeedLink:
    """The calendar with what the filters choose; `more` are further parameters of the feed."""
    return FeedLink(name_of(chosen), path_of(chosen, **more))


@dataclass(frozen=True, slots=True)
class Way:
    """How one program subscribes. `elsewhere` is the site that the link leads to, or nothing."""

    name: str
    label: str
    url: str
    words: str
    looks: str
    elsewhere: str = ""


def ways(link: FeedLink) -> list[Way]:
    """The programs most people have, how each subscribes, and how often each looks again."""
    return [
        Way(
            _("iPhone, iPad and Mac"),
            _("Open in Apple Calendar"),
            link.webcal,
            _("Your device asks whether to subscribe. Say yes, and you are done."),
            _(
                "Looks as often as you set it, from every few minutes on a Mac. On an iPhone: "
                "Settings, Calendar, Accounts, Fetch New Data."
            ),
        ),
        Way(
            _("Google Calendar"),
            _("Open Google Calendar"),
            link.google,
            _(
                "Google asks whether to add it, and then knows about it. The calendar shows on "
                "all your devices."
            ),
            _("Looks every 12 to 24 hours. Neither you nor we can hurry it."),
            "calendar.google.com",
        ),
        Way(
            _("Outlook.com"),
            _("Open Outlook.com"),
            link.outlook,
            _("For a personal Microsoft account. Press “Import” or “Add” there."),
            _("Looks about every 3 hours, on some days only once."),
            "outlook.live.com",
        ),
        Way(
            _("Microsoft 365"),
            _("Open Microsoft 365"),
            link.microsoft_365,
            _("For an account at work or school. Colleagues may be able to see the calendar."),
            _("Looks about every 3 hours, on some days only once."),
            "outlook.office.com",
        ),
        Way(
            _("Android phone"),
            _("Open in a calendar app"),
            link.webcal,
            _(
                "Google’s app on the phone cannot subscribe. Use the Google button above in a "
                "browser, then switch the calendar on in the app. Or install the free app ICSx5: "
                "it opens this button."
            ),
            _("With ICSx5 you choose how often it looks; through Google, every 12 to 24 hours."),
        ),
        Way(
            _("Thunderbird"),
            _("Open in Thunderbird"),
            link.webcal,
            _("If nothing opens: New Calendar, On the Network, and paste the address below."),
            _("Looks every 30 minutes, or as you set it."),
        ),
    ]
