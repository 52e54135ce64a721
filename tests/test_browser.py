"""The browser fixtures notice what goes wrong, and leave the other tests alone."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE, Watch, assert_accessible

GOOD = """<!doctype html><html lang="en"><title>Groups</title>
<meta name="viewport" content="width=device-width"><main><h1>Groups</h1>%s</main></html>"""

PAGES = {
    "/": GOOD % "",
    "/picture": GOOD % '<img src="/good.png">',
    "/stranger": GOOD % '<img alt="" src="http://localhost:9/pixel.png">',
    "/inline": GOOD % "<script>document.title = 'changed'</script>",
    "/throws": GOOD % '<script src="/throws.js"></script>',
    "/throws.js": "throw new Error('tide')",
    "/missing-part": GOOD % '<script src="/nowhere.js"></script>',
    "/changes": GOOD % '<p>As served</p><script src="/changes.js"></script>',
    "/changes.js": "document.querySelector('p').textContent = 'Changed'",
}


class Quiet(WSGIRequestHandler):
    """A request handler that keeps its log to itself."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(environ, start_response):  # type: ignore[no-untyped-def]
    """One of PAGES under the strict policy that the product has, or a 404 that is a page."""
    path = environ["PATH_INFO"]
    status = "200 OK" if path in PAGES else "404 Not Found"
    kind = "text/javascript" if path.endswith(".js") else "text/html; charset=utf-8"
    policy = "default-src 'self'; img-src *"
    start_response(status, [("Content-Type", kind), ("Content-Security-Policy", policy)])
    return [PAGES.get(path, GOOD % "Not here").encode()]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A small site, good and bad, over real HTTP."""
    with make_server("127.0.0.1", 0, serve, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def visit(page: Page, address: str, watch: Watch) -> list[str]:
    """What went wrong when `address` was opened; the test goes on as if it had expected it."""
    page.goto(address, wait_until="load")
    page.evaluate("1")  # whatever the browser said before this answer has been heard
    problems, watch.expected = watch.unexpected(), [".*"]
    return problems


def test_a_good_page_has_no_problems(page: Page, site: str, watch: Watch) -> None:
    assert visit(page, f"{site}/", watch) == []
    assert_accessible(page)


def test_a_page_that_is_a_404_is_no_problem(page: Page, site: str, watch: Watch) -> None:
    assert visit(page, f"{site}/nothing", watch) == []


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/stranger", "other origin: GET http://localhost:9/pixel.png"),
        ("/inline", "Content Security Policy"),
        ("/throws", "exception: .*tide"),
        ("/missing-part", "nowhere.js"),
    ],
)
def test_a_problem_is_noticed(page: Page, site: str, watch: Watch, path: str, problem: str) -> None:
    problems = visit(page, site + path, watch)
    assert re.search(problem, "\n".join(problems))


def test_an_expected_problem_is_no_problem(page: Page, site: str, watch: Watch) -> None:
    watch.expect("tide")
    assert visit(page, f"{site}/throws", watch) == []


def test_a_barrier_is_named_with_its_element(page: Page, site: str, watch: Watch) -> None:
    visit(page, f"{site}/picture", watch)
    with pytest.raises(AssertionError, match=r'(?s)image-alt.*<img src="/good.png">'):
        assert_accessible(page)


def test_two_sizes_two_visitors(page: Page, desktop_page: Page, site: str) -> None:
    for visitor, size in ((page, PHONE), (desktop_page, DESKTOP)):
        visitor.goto(site)
        assert visitor.evaluate("innerWidth") == size["width"]
    page.evaluate("localStorage.setItem('name', 'Ana')")
    assert desktop_page.evaluate("localStorage.getItem('name')") is None


def test_a_page_with_and_without_scripts(open_page: Callable[..., Page], site: str) -> None:
    for enabled, text in ((True, "Changed"), (False, "As served")):
        visitor = open_page(PHONE, java_script_enabled=enabled)
        visitor.goto(f"{site}/changes")
        expect(visitor.locator("p")).to_have_text(text)


def test_other_tests_may_use_asyncio_after_a_browser(chromium: object) -> None:
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
