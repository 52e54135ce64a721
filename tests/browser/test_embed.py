"""Our calendar on somebody else's site: another origin, its own strict policy, its own colours."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from events.models import Mode, OccurrenceStatus, Visibility
from tests.browser import DESKTOP, PHONE, Watch, assert_accessible
from tests.factory import Factory
from tests.live import SharedSite

TOMORROW = datetime.now(UTC) + timedelta(days=1)
PAGE = """<!doctype html><html lang="{lang}"><head><title>Somebody else</title>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="style.css">
<script type="module" src="{site}/embed/calendar.js"></script></head>
<body><main><h1>Our friends</h1>
<groundswell-calendar {attributes}><a href="{site}/calendar/">Their calendar</a>
</groundswell-calendar></main></body></html>"""
FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Somebody else</title>
<link rel="icon" href="data:,"></head><body><main><h1>Our friends</h1>
<iframe src="{site}/embed/?{query}" title="Their calendar" width="360" height="600"></iframe>
</main></body></html>"""
STYLE = "groundswell-calendar { --groundswell-accent: rgb(120, 20, 90); --groundswell-radius: 0; }"


class Elsewhere:
    """A site of somebody else's, under another name and port, with a strict policy."""

    def __init__(self, folder: Path, site: str, port: int) -> None:
        self.folder, self.site = folder, site
        self.url = f"http://localhost:{port}"
        (folder / "style.css").write_text(STYLE)

    def page(self, attributes: str = "", lang: str = "en") -> str:
        text = PAGE.format(site=self.site, attributes=attributes, lang=lang)
        (self.folder / "index.html").write_text(text)
        return f"{self.url}/index.html"

    def frame(self, query: str = "") -> str:
        (self.folder / "frame.html").write_text(FRAME.format(site=self.site, query=query))
        return f"{self.url}/frame.html"


@pytest.fixture
def elsewhere(make: Factory, shared_site: SharedSite, tmp_path: Path) -> Iterator[Elsewhere]:
    hall = make.venue("Old Hall", city="Marlin Point")
    make.occurrence(make.event("Tuesday Group", venue_id=hall), TOMORROW)
    online = make.event("Night Watch", mode=Mode.ONLINE, kind="workshop")
    make.occurrence(online, TOMORROW + timedelta(minutes=1), status=OccurrenceStatus.CANCELLED)
    make.occurrence(make.event("Hidden", visibility=Visibility.PRIVATE), TOMORROW)
    policy = (
        f"default-src 'none'; script-src {shared_site.url}; connect-src {shared_site.url};"
        f" style-src 'self'; img-src data:; frame-src {shared_site.url};"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *_parts: object) -> None:
            pass

    handler = partial(Handler, directory=str(tmp_path))
    with ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Elsewhere(tmp_path, shared_site.url, server.server_address[1])
        server.shutdown()


@pytest.fixture(autouse=True)
def other_origins(watch: Watch) -> None:
    watch.expect("other origin: GET http://127.0.0.1")  # that is what this is about


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_element_shows_our_dates_without_a_cookie(
    open_page: Callable[..., Page], elsewhere: Elsewhere, viewport: object, scheme: str
) -> None:
    page = open_page(viewport, color_scheme=scheme)
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))
    page.goto(elsewhere.page('view="week"' if viewport == DESKTOP else ""))
    link = page.get_by_role("link", name="Tuesday Group")
    expect(link).to_be_visible()
    expect(page.get_by_text("Old Hall, Marlin Point")).to_be_visible()
    expect(page.get_by_text("CANCELLED")).to_be_visible()
    expect(page.get_by_text("Hidden")).to_have_count(0)
    assert link.evaluate("a => getComputedStyle(a).color") == "rgb(120, 20, 90)"
    if scheme == "light":
        assert_accessible(page)
    assert page.context.cookies() == []
    assert not [one for one in asked if "cookie" in one.all_headers()]
    assert {one.url.split("/")[2] for one in asked} == {
        elsewhere.url.split("/")[2],
        elsewhere.site.split("/")[2],
    }


def test_filters_language_and_theme_are_attributes(page: Page, elsewhere: Elsewhere) -> None:
    page.goto(elsewhere.page('kind="workshop" theme="dark" heading="Talleres"', lang="es"))
    expect(page.get_by_role("heading", name="Talleres", level=2)).to_be_visible()
    expect(page.get_by_role("link", name="Night Watch")).to_be_visible()
    expect(page.get_by_text("CANCELADO")).to_be_visible()
    expect(page.get_by_role("link", name="Tuesday Group")).to_have_count(0)
    expect(page.get_by_role("link", name="Suscribirse")).to_have_attribute(
        "href", f"{elsewhere.site}/es/subscribe/?kind=workshop"
    )
    box = page.locator("groundswell-calendar")
    colour = "e => getComputedStyle(e.shadowRoot.querySelector('.calendar')).backgroundColor"
    assert box.evaluate(colour) == "rgb(18, 48, 54)"
    box.evaluate("e => e.setAttribute('kind', 'support-group')")
    expect(page.get_by_role("link", name="Tuesday Group")).to_be_visible()


def test_an_outage_is_said_and_passes(page: Page, elsewhere: Elsewhere, watch: Watch) -> None:
    watch.expect("net::ERR_FAILED")
    feed = "**/feeds/events.json*"
    page.route(feed, lambda route: route.abort())
    page.goto(elsewhere.page())
    expect(page.get_by_role("status")).to_contain_text("cannot be reached")
    page.unroute(feed)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="Tuesday Group")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("")
    page.route(feed, lambda route: route.abort())
    page.locator("groundswell-calendar").evaluate("e => e.setAttribute('limit', '5')")
    expect(page.get_by_role("status")).to_contain_text("may be out of date")
    expect(page.get_by_role("link", name="Tuesday Group")).to_be_visible()


def test_a_frame_needs_no_scripts(open_page: Callable[..., Page], elsewhere: Elsewhere) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(elsewhere.frame("kind=support-group"))
    frame = page.frame_locator("iframe")
    link = frame.get_by_role("link", name="Tuesday Group")
    expect(link).to_have_attribute("target", "_top")
    expect(frame.get_by_role("link", name="Night Watch")).to_have_count(0)
    link.click()
    expect(page.get_by_role("heading", name="Tuesday Group", level=1)).to_be_visible()


def test_the_frame_and_the_page_for_webmasters_have_no_barriers(
    open_page: Callable[..., Page], elsewhere: Elsewhere
) -> None:
    for viewport in (PHONE, DESKTOP):
        page = open_page(viewport)
        for path in ("/embed/", "/es/embed/?theme=dark&view=week", "/embed/help/?kind=workshop"):
            page.goto(elsewhere.site + path)
            assert_accessible(page)
            root = "document.documentElement"
            assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), path
        expect(page.get_by_label("Lines for your page")).to_have_value(
            re.compile('<groundswell-calendar kind="workshop">')
        )
        expect(page.get_by_role("link", name="Night Watch")).to_be_visible()


def test_it_is_small() -> None:
    static = Path(__file__).parents[2] / "static"
    sizes = [len(gzip.compress((static / name).read_bytes())) for name in ("embed.js", "embed.css")]
    assert sum(sizes) < 12_000
