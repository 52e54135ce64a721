"""Chromium for the tests, and what every page must do in it.

`page` is a phone of 390 x 844, `desktop_page` a window of 1280 x 900. Both fail their test when
anything goes wrong behind the scenes: an error on the console (a refusal by the content security
policy is one), an uncaught exception, or a request to another origin. tests/conftest.py imports
the fixtures at the end.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    WebError,
    sync_playwright,
)

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)

# WCAG 2.2 at level AA contains all that came before it; each version's rules have their own tag.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

CHROMIUM_OPTIONS = [
    "--no-sandbox",  # Chromium's own sandbox refuses to start as root, as in a container
    "--disable-dev-shm-usage",  # containers give 64 MB there
    # No test ever reaches the internet, not even by mistake.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@dataclass
class Watch:
    """What went wrong in a page and the windows it opened.

    The first page that is opened says which origin is ours.
    """

    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    _origin: tuple[str, str] | None = None
    _navigations: set[str] = field(default_factory=set)

    def expect(self, pattern: str) -> None:
        """Problems that match this regular expression are part of the test."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        """The problems that no pattern covers."""
        return [p for p in self.problems if not any(re.search(e, p) for e in self.expected)]

    def follow(self, context: BrowserContext) -> None:
        """Listen to everything that happens in `context`."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        address = message.location["url"]
        # A page that answers 404 or 422 is noted on the console too, and may be what the test is
        # about; an icon that no page names is asked for by the browser alone, now and then.
        own_doing = address in self._navigations or urlsplit(address).path == "/favicon.ico"
        if own_doing and message.text.startswith("Failed to load resource"):
            return
        self.problems.append(f"console: {message.text} ({address})")

    def _on_error(self, error: WebError) -> None:
        self.problems.append(f"exception: {error.error}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https"}:
            return
        origin = (parts.scheme, parts.netloc)
        if request.is_navigation_request():
            self._navigations.add(request.url)
            self._origin = self._origin or origin
        if origin != self._origin:
            self.problems.append(f"other origin: {request.method} {request.url}")


@dataclass(frozen=True)
class Chromium:
    """A running browser, and the event loop through which playwright talks to it."""

    browser: Browser
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def in_use(self) -> Iterator[Browser]:
        """Playwright's loop is this thread's running loop inside the block, and only there.

        Playwright would leave it running, and `asyncio.run` would then fail in every test that
        comes after the first one with a browser.
        """
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self.loop)
        try:
            yield self.browser
        finally:
            asyncio._set_running_loop(before)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """One Chromium, the system's own, for each process that runs tests."""
    path = shutil.which("chromium")
    assert path, "Chromium is not installed: bin/install-test-tools"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        started = Chromium(browser, asyncio.get_running_loop())
        asyncio._set_running_loop(None)
        yield started
        asyncio._set_running_loop(started.loop)
        browser.close()


@pytest.fixture
def watch() -> Watch:
    """What goes wrong in this test's pages; `watch.expect(pattern)` makes it part of the test."""
    return Watch()


@pytest.fixture
def open_page(chromium: Chromium, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens pages for a visitor of their own: `open_page(PHONE, java_script_enabled=False)`.

    Takes whatever playwright's `Browser.new_context` takes. Without scripts Chromium still leaves
    out what is in <noscript>.
    """
    with chromium.in_use() as browser, ExitStack() as contexts:

        def open_page(viewport: ViewportSize = PHONE, **options: Any) -> Page:
            context = browser.new_context(
                **{
                    "viewport": viewport,
                    "is_mobile": viewport == PHONE,
                    "has_touch": viewport == PHONE,
                    "locale": "en-US",
                    "timezone_id": "America/Los_Angeles",
                    "reduced_motion": "reduce",  # colours are measured at rest
                    **options,
                }
            )
            contexts.callback(context.close)
            watch.follow(context)
            return context.new_page()

        yield open_page
    problems = watch.unexpected()
    assert not problems, "\n".join(["The browser had something to say:", *problems])


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A phone."""
    return open_page(PHONE)


@pytest.fixture
def desktop_page(open_page: Callable[..., Page]) -> Page:
    """A window on a desk, of another visitor than `page`."""
    return open_page(DESKTOP)


def assert_accessible(page: Page) -> None:
    """Nothing that axe-core can see keeps anyone from using this page as it stands now.

    Raises:
        AssertionError: names each rule with the elements that break it.
    """
    rules = {"type": "tag", "values": STANDARDS}
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    lines = []
    for violation in found.response["violations"]:
        lines.append(f"{violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            lines.append(f"    {node['html']}")
            lines.append("        " + node["failureSummary"].replace("\n", "\n        "))
    assert not lines, "\n".join([f"{page.url} is not accessible:", *lines])
