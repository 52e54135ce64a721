"""What search engines and link previews ask for: robots.txt, the sitemap, the site's picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, make_response
from flask.typing import ResponseReturnValue

from core import clock, display, web
from core.site_picture import site_picture
from events import sitemap
from people.access import public

bp = Blueprint("crawlers", __name__)
AHEAD = timedelta(days=30)
EACH = 2_500  # addresses in a part, each in every language: sitemaps.org allows 50,000 and 50 MB
PICTURE_HOLDS = timedelta(days=30)
NOT_FOR_CRAWLERS = (
    "/admin/",
    "/api/",
    "/feeds/me/",
    "/feeds/team/",
    "/manage/",
    "/me/",
    "/members/",
    "/print/",
    "/roll-call/",
    "/sign-in/",
    "/signups/",
    "/today/",
)


def _prefix(language: str) -> str:
    return "" if language == web.LANGUAGES[0] else f"/{language}"


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Where crawlers have no business, and where the sitemap is."""
    kept_out = [
        f"Disallow: {_prefix(language)}{path}"
        for language in web.LANGUAGES
        for path in NOT_FOR_CRAWLERS
    ]
    lines = ["User-agent: *", *kept_out, "", f"Sitemap: {web.absolute('/sitemap.xml')}", ""]
    response = Response("\n".join(lines), content_type="text/plain; charset=utf-8")
    return web.shown_to_all(response, clock.now() + AHEAD)


def _addresses() -> tuple[list[sitemap.Address], Response]:
    zone = current_app.config["TIMEZONE"]
    today = clock.today(zone)
    response = Response(content_type="application/xml; charset=utf-8")
    midnight = display.start_of_day(today + timedelta(days=1), zone)
    return sitemap.addresses(today, today + AHEAD), web.shown_to_all(response, midnight)


@bp.get("/sitemap.xml")
@public
def index() -> ResponseReturnValue:
    """Every public address, or a list of the parts that have them."""
    found, response = _addresses()
    parts = -(-len(found) // EACH)
    response.set_data(_url_set(found) if parts == 1 else _part_list(parts))
    return response


@bp.get("/sitemap-<int(min=1, max=9999):number>.xml")
@public
def part(number: int) -> ResponseReturnValue:
    """One part of a long list."""
    found, response = _addresses()
    some = found[(number - 1) * EACH : number * EACH]
    if not some or len(found) <= EACH:
        abort(404)
    response.set_data(_url_set(some))
    return response


def _part_list(parts: int) -> str:
    listed = (
        f"<sitemap><loc>{escape(web.absolute(f'/sitemap-{number}.xml'))}</loc></sitemap>"
        for number in range(1, parts + 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(listed)
        + "\n</sitemapindex>\n"
    )


def _url_set(found: Sequence[sitemap.Address]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "\n".join(_url(one, language) for one in found for language in web.LANGUAGES)
        + "\n</urlset>\n"
    )


def _url(one: sitemap.Address, language: str) -> str:
    path = quote(one.path, safe="/:")
    here = {each: escape(web.absolute(_prefix(each) + path)) for each in web.LANGUAGES}
    changed = f"<lastmod>{one.changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if one.changed else ""
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{each}" href="{url}"/>'
        for each, url in here.items()
    )
    return f"<url><loc>{here[language]}</loc>{changed}{others}</url>"


@bp.get("/images/site.png")
@public
def picture() -> ResponseReturnValue:
    """The picture of link previews where an event has none of its own."""
    response = make_response(site_picture(current_app.config["SITE_NAME"]))
    response.content_type = "image/png"
    return web.shown_to_all(response, clock.now() + PICTURE_HOLDS)
