"""What search engines and link previews get: what is public, in both languages, and no more."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from core.db import db
from events.models import EventStatus, Kind, Mode, Signup, Visibility
from events.views import crawlers
from people.models import Role
from tests.factory import Factory

SOON = datetime.now(UTC) + timedelta(days=3)
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
HOSTILE = "</script><script>alert(1)</script> & \u2028 “Tea”"


@pytest.fixture
def program(make: Factory) -> None:
    """A public group, and everything that must stay unknown beside it."""
    place = make.venue("Old Hall")
    make.occurrence(make.event("Tuesday Group", slug="tuesday", venue_id=place), SOON)
    for title, values in {
        "Draft": {"status": EventStatus.DRAFT},
        "Private": {"visibility": Visibility.PRIVATE},
        "Members": {"visibility": Visibility.SIGNED_IN},
        "Mentor": {"kind": Kind.ONE_TO_ONE},
        "Deleted": {"status": EventStatus.DELETED},
    }.items():
        event = make.event(f"Hidden {title}", slug=f"hidden-{title.lower()}", **values)
        make.occurrence(event, SOON)


def places_in(client: FlaskClient, path: str = "/sitemap.xml") -> list[str]:
    root = ElementTree.fromstring(client.get(path).data)
    return [found.text or "" for found in root.iterfind(".//s:loc", NAMES)]


def data_in(page: str) -> dict:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def meta(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page)
    return {name: unescape(content) for name, content in found}


def test_the_sitemap_names_public_pages_in_both_languages_and_nothing_else(
    client: FlaskClient, program: None
) -> None:
    found = places_in(client)
    for address in found:
        assert client.get(address).status_code == 200, address
    assert "http://localhost/events/tuesday/" in found
    assert "http://localhost/es/events/tuesday/" in found
    assert any(re.search(r"/events/tuesday/\d{4}-", address) for address in found)
    assert not [address for address in found if "hidden" in address]
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    for url in root.iterfind("s:url", NAMES):
        languages = [link.get("hreflang") for link in url.iterfind("x:link", NAMES)]
        assert languages == ["en", "es"]


def test_a_long_sitemap_comes_in_parts(
    client: FlaskClient, program: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = places_in(client)
    assert client.get("/sitemap-1.xml").status_code == 404
    monkeypatch.setattr(crawlers, "EACH", 3)
    parts = places_in(client)
    assert len(parts) == -(-len(whole) // 6)
    in_parts = [address for part in parts for address in places_in(client, part)]
    assert in_parts == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404


def test_the_sitemap_takes_a_fixed_number_of_statements(
    client: FlaskClient, make: Factory, program: None, count_queries: Callable[[], object]
) -> None:
    counts = []
    for more in (0, 3):
        for number in range(more):
            make.occurrence(make.event(f"More {number}", slug=f"more-{number}"), SOON)
        with count_queries() as seen:  # type: ignore[attr-defined]
            client.get("/sitemap.xml")
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts == [4, 4]


def test_every_page_that_is_not_public_is_kept_from_search_engines(
    app: Flask, client: FlaskClient, make: Factory, sign_in: Callable[..., None]
) -> None:
    sign_in(client, make.account(Role.ADMINISTRATOR))
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or ()) or getattr(view, "access", "public") == "public":
            continue
        path = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        assert path
        answer = client.get(path[1])
        assert answer.headers.get("X-Robots-Tag") == "noindex", path
    assert not robots.can_fetch("*", "http://localhost/manage/events/")
    assert not robots.can_fetch("*", "http://localhost/es/signups/abc/")
    assert robots.can_fetch("*", "http://localhost/events/tuesday/")
    assert robots.site_maps() == ["http://localhost/sitemap.xml"]


def test_a_page_has_one_address_whatever_filters_say(client: FlaskClient, program: None) -> None:
    page = client.get("/es/calendar/list/?kind=workshop&q=tide").text
    assert '<link rel="canonical" href="http://localhost/es/calendar/list/">' in page
    assert 'hreflang="x-default" href="http://localhost/calendar/list/"' in page


def test_a_preview_tells_of_the_event(client: FlaskClient, make: Factory) -> None:
    make.occurrence(make.event(HOSTILE, slug="tea", summary="Tea & <talk>"), SOON)
    shown = meta(client.get("/events/tea/").text)
    assert "<" not in shown["og:title"].replace(HOSTILE.split(" ")[0], "")
    assert "“Tea”" in shown["og:title"]
    assert "Tea & <talk>" in shown["og:description"]
    assert shown["og:url"] == "http://localhost/events/tea/"
    assert shown["og:image"] == "http://localhost/images/site.png"


def test_no_title_gets_out_of_the_data(client: FlaskClient, make: Factory) -> None:
    event = make.event(HOSTILE, slug="tea", venue_id=make.venue(HOSTILE))
    make.occurrence(event, SOON)
    page = client.get("/events/tea/").text
    assert "<script>alert" not in page
    data = data_in(page)
    assert data["name"] == HOSTILE
    assert data["subEvent"][0]["location"]["name"] == HOSTILE
    date = client.get(data["subEvent"][0]["url"]).text
    assert data_in(date)["@type"] == "Event"


def test_hidden_links_and_private_events_are_in_no_data(client: FlaskClient, make: Factory) -> None:
    event = make.event(
        "Online", slug="online", mode=Mode.ONLINE, online_url="https://meet.example.org/secret"
    )
    make.occurrence(event, SOON)
    page = client.get("/events/online/").text
    assert "secret" not in page
    assert data_in(page)["subEvent"][0]["location"]["@type"] == "VirtualLocation"


def test_previews_of_private_pages_say_the_sites_name_only(
    app: Flask, client: FlaskClient, make: Factory
) -> None:
    signup = make.signup(make.occurrence(make.event("Secret Group"), SOON), "Ana")
    with app.app_context():
        token = db.session.get_one(Signup, signup).token
    page = client.get(f"/signups/{token}/")
    assert page.headers["X-Robots-Tag"] == "noindex"
    shown = {name: said for name, said in meta(page.text).items() if name.startswith("og:")}
    assert shown == {"og:title": "Groundswell"}
    assert "application/ld+json" not in page.text
    assert "Secret" not in re.search("<title>(.*?)</title>", page.text, re.DOTALL)[1]  # type: ignore[index]


def test_the_sites_picture_is_one(client: FlaskClient) -> None:
    answer = client.get("/images/site.png")
    assert answer.content_type == "image/png"
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.size == (1200, 630)
    assert len(answer.data) < 100_000
