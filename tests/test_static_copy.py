"""The public side as files: whole, with its links intact, without the application."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import icalendar
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from events.models import Mode, Visibility
from static_copy.addresses import Span, belongs, file_of, span_around
from static_copy.copying import export_site
from static_copy.folder import NotACopyError
from static_copy.links import Sites, relinked
from tests.factory import Factory
from tests.servers import ROOT, free_port

LIVING = "https://living.example"
SOON = datetime.now(UTC) + timedelta(days=3)
TODAY = datetime.now(UTC).date()
SPAN = span_around(TODAY, 0, 0, 14)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_parts: object) -> None:
        pass


@pytest.fixture
def program(make: Factory) -> None:
    hall = make.venue("Old Hall")
    event = make.event("Tuesday Group", slug="tuesday", venue_id=hall, capacity=8)
    for week in range(3):
        make.signup(make.occurrence(event, SOON + timedelta(weeks=week)), "Quetzalcoatl Q")
    hidden = {"online_url": "https://meet.example.org/secret-room", "mode": Mode.ONLINE}
    make.occurrence(make.event("Night Watch", slug="watch", **hidden), SOON)
    make.occurrence(make.event("Hidden Circle", visibility=Visibility.PRIVATE), SOON)
    make.course("TIDE-1")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address of a static host that serves it."""
    folder, port = tmp_path / "copy", free_port()
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{port}"
        server.shutdown()


def exported(app: Flask, folder: Path, url: str) -> int:
    app.config["SITE_URL"] = url
    with app.app_context():
        return export_site(app, folder, LIVING, SPAN).files


def addresses_in(page: str, at: str) -> Iterator[str]:
    for value in re.findall(r'(?:href|src)="([^"]+)"', page):
        yield urljoin(at, unescape(value))
    for values in re.findall(r'srcset="([^"]+)"', page):
        yield from (urljoin(at, one.split()[0]) for one in values.split(","))
    for value in re.findall(r'url\("?([^")]+)', page) if at.endswith(".css") else []:
        yield urljoin(at, value)
    if at.endswith((".xml", ".json", ".atom")):
        yield from (unescape(one) for one in re.findall(r'https?://[^\s"<>]+', page))


def crawled(url: str) -> dict[str, httpx.Response]:
    """Everything that can be reached from the two front pages, followed link by link."""
    found: dict[str, httpx.Response] = {}
    waiting = [f"{url}/", f"{url}/es/", f"{url}/sitemap.xml", f"{url}/robots.txt"]
    with httpx.Client(trust_env=False, follow_redirects=True) as browser:
        while waiting:
            address = waiting.pop().partition("#")[0]
            parts = urlsplit(address)
            if address in found or f"{parts.scheme}://{parts.netloc}" != url:
                continue
            found[address] = browser.get(address)
            waiting.extend(addresses_in(found[address].text, address))
    return found


def test_every_link_of_a_copy_is_there_without_the_application(
    app: Flask, program: None, host: tuple[Path, str]
) -> None:
    folder, url = host
    exported(app, folder, url)
    found = crawled(url)
    broken = [address for address, answer in found.items() if answer.status_code != 200]
    assert not broken
    paths = {urlsplit(address).path for address in found}
    key = f"{SOON.astimezone():%Y}"
    assert paths >= {
        "/events/tuesday/",
        "/feeds/all.ics",
        "/static/site.css",
    }
    assert any(path.startswith(f"/events/tuesday/{key}") for path in paths)
    feed = icalendar.Calendar.from_ical(found[f"{url}/feeds/all.ics"].content)
    assert {str(one["SUMMARY"]) for one in feed.walk("VEVENT")} == {"Tuesday Group", "Night Watch"}
    assert "Calendario" in found[f"{url}/es/calendar/"].text
    assert httpx.get(f"{url}/feeds/events.json", trust_env=False).json()["occurrences"]


def test_nothing_private_is_in_it_and_people_sign_up_on_the_living_site(
    app: Flask, program: None, host: tuple[Path, str]
) -> None:
    folder, url = host
    exported(app, folder, url)
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for secret in (b"Hidden Circle", b"secret-room", b"Quetzalcoatl"):
                assert secret not in content, file
            if file.suffix == ".html":
                assert b'method="post"' not in content, file
    date_page = next(folder.glob("events/tuesday/2*/index.html")).read_text()
    assert f'href="{LIVING}/events/tuesday/' in date_page
    assert f'href="{LIVING}/sign-in/"' in date_page
    listing = (folder / "calendar/list/index.html").read_text()
    assert f'action="{LIVING}/calendar/list/"' in listing
    assert "Page not found" in (folder / "404.html").read_text()


def test_the_same_calendar_gives_the_same_files_with_the_same_dates(
    app: Flask, program: None, host: tuple[Path, str], make: Factory
) -> None:
    folder, url = host

    def files() -> dict[Path, tuple[int, bytes]]:
        every = (file for file in folder.rglob("*") if file.is_file())
        return {
            file.relative_to(folder): (file.stat().st_mtime_ns, file.read_bytes())
            for file in every
            if file.name != ".groundswell-copy"
        }

    exported(app, folder, url)
    before = files()
    exported(app, folder, url)
    assert files() == before
    make.course("TIDE-2")
    exported(app, folder, url)
    changed = {str(file) for file, state in files().items() if before.get(file) != state}
    assert "curriculum/index.html" in changed
    assert "feeds/all.ics" not in changed


def test_another_folder_is_not_touched(app: Flask, program: None, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "picture.jpeg").write_bytes(b"mine")
    with pytest.raises(NotACopyError, match="something else"):
        exported(app, folder, "http://localhost")
    assert [file.name for file in folder.iterdir()] == ["picture.jpeg"]


def test_a_killed_export_leaves_the_former_copy_whole(
    app: Flask, program: None, sqlite_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    count = exported(app, folder, "http://localhost")
    env = dict(os.environ) | {
        "DATABASE_URL": sqlite_url,
        "GROUNDSWELL_ENV": "test",
        "SECRET_KEY": "only for tests " * 3,
    }
    command = [sys.executable, "-m", "flask", "export-site", str(folder)]
    half = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    making = tmp_path / ".copy.new" / ".found"
    until = time.monotonic() + 30
    while not (making.exists() and any(making.iterdir())):
        assert half.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    half.send_signal(signal.SIGKILL)
    half.wait()
    kept = [file for file in folder.rglob("*") if file.is_file()]
    assert len(kept) == count + 1  # and the mark
    whole = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert whole.returncode == 0, whole.stderr
    assert re.search(r"^[\d,]+ files, [\d.]+ MB, in ", whole.stdout)
    assert not list(tmp_path.glob(".copy.*"))


def test_far_away_times_are_left_to_the_living_site() -> None:
    span = Span(date(2026, 11, 1), date(2026, 12, 31), date(2026, 12, 7))
    inside = ("/", "/calendar/2026/11/", "/calendar/2026/w49/", "/es/events/a/2026-12-07T1830/")
    outside = (
        "/calendar/2026/10/",
        "/calendar/2027/01/01/",
        "/calendar/2026/02/31/",
        "/events/a/2026-12-08T1830.ics",
        "/signups/abc/",
        "/es/me/",
        "/api/v1/openapi.json",
        "/a/../b",
        "/a/%2e%2e/b",
        "/%2Fetc/passwd",
    )
    assert [path for path in inside if not belongs(path, span)] == []
    assert [path for path in outside if belongs(path, span)] == []
    assert str(file_of("/es/")) == "es/index.html"
    assert str(file_of("/feeds/all.ics")) == "feeds/all.ics"


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=5))
def test_other_sites_links_and_all_text_stay_as_they_are(texts: list[str]) -> None:
    sites = Sites("https://copy.example", LIVING)
    page = "".join(f'<a href="https://other.example/?a=1&amp;b={i}">' for i in range(len(texts)))
    page += "".join(text.replace('"', "").replace("<", "") for text in texts)
    assert relinked(page, sites, {"/"}) == page


def test_links_lead_to_the_copy_where_it_has_them() -> None:
    sites = Sites("https://copy.example", LIVING)
    known = {"/", "/feeds/all.ics", "/es/feeds/all.ics", "/static/site.css"}
    for before, after in {
        'href="/"': 'href="/"',
        'href="/static/site.css?v=1"': 'href="/static/site.css?v=1"',
        'href="/sign-in/"': f'href="{LIVING}/sign-in/"',
        'href="/calendar/?kind=a&amp;q=b"': f'href="{LIVING}/calendar/?kind=a&amp;q=b"',
        'href="/feeds/all.ics?lang=es"': 'href="/es/feeds/all.ics"',
        'href="webcal://copy.example/feeds/all.ics"': 'href="webcal://copy.example/feeds/all.ics"',
        'action="/"': f'action="{LIVING}/"',
        'value="/"': 'value="/"',
        'href="#main"': 'href="#main"',
    }.items():
        assert relinked(f"<a {before}>", sites, known) == f"<a {after}>"
