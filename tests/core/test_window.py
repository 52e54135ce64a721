"""The shop window over both of its ways in: granian's RSGI over HTTP, and plain WSGI."""

from __future__ import annotations

import gzip
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import brotli
import pytest
from werkzeug.test import Client

from core.db import db
from core.window import showing
from tests.core.window_site import PADDING, fronted, make_app, prepare
from tests.servers import ROOT, kept, new_folder, on_free_port

START = """
from pathlib import Path
from server import serve
serve("127.0.0.1", {port}, 1, application="tests.core.window_site:application",
      beside=("tests.core.window_companion", "{folder}/companion"), folder=Path("{folder}"))
"""
SESSION = {"Cookie": "a=b; groundswell_session=Sam"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


Ask = Callable[..., Reply]


@dataclass(frozen=True)
class Site:
    """A fronted site with words of its own, and how to ask it."""

    ask: Ask
    port: int = 0

    def get(self, path: str, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, named)

    def change(self, said: str, **more: str) -> None:
        form = urlencode({"said": said, **more}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self.ask("POST", "/change", kind, form).status == 204

    def renders(self, path: str) -> int:
        body = self.get("/renders").body
        return int(json.loads(body).get(path, 0))


def ask_over_http(port: int) -> Ask:
    def ask(
        method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            own_host = "Host" in (headers or {})
            connection.putrequest(method, path, skip_host=own_host, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, named, answer.read())
        finally:
            connection.close()

    return ask


def ask_by_wsgi(client: Client) -> Ask:
    def ask(
        method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        path, _, query = path.partition("?")
        given = {"Host": "127.0.0.1", **(headers or {})}
        answer = client.open(path, method=method, headers=given, query_string=query, data=body)
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status_code, named, answer.data)

    return ask


@contextmanager
def running(port: int, url: str, proxies: int = 0) -> Iterator[int]:
    folder = new_folder()

    def answers() -> bool:
        try:
            return ask_over_http(port)("GET", "/small").status == 200
        except (OSError, HTTPException):
            return False

    command = [sys.executable, "-c", START.format(port=port, folder=folder)]
    env = {"DATABASE_URL": url, "WINDOW_SITE": "1", "PATH": "/usr/bin:/bin"}
    env |= {"PYTHONPATH": str(ROOT), "TRUSTED_PROXIES": str(proxies)}
    with kept(command, folder, stop="TERM", answers=answers, env=env):
        yield port


@pytest.fixture(scope="module")
def http_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = f"sqlite:///{tmp_path_factory.mktemp('window') / 'site.db'}"
    app = make_app(url)
    prepare(app)
    with app.app_context():
        db.engine.dispose()
    with on_free_port(lambda port: running(port, url)) as port:
        yield Site(ask_over_http(port), port)


@pytest.fixture(scope="module")
def wsgi_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app = make_app(f"sqlite:///{tmp_path_factory.mktemp('window') / 'site.db'}")
    prepare(app)
    front = fronted(app)
    yield Site(ask_by_wsgi(Client(front, use_cookies=False)))
    front.window.close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["http", "wsgi"])
def site(request: pytest.FixtureRequest) -> Site:
    """A site that says "first", at an edition of its own for each test."""
    given: Site = request.getfixturevalue(f"{request.param}_site")
    given.change("first")
    return given


def test_a_page_is_rendered_once(site: Site) -> None:
    before = site.renders("/page")
    cold, warm = site.get("/page"), site.get("/page")
    assert cold.status == warm.status == 200
    assert cold.body == warm.body == f"<p>first</p>{PADDING}".encode()
    for name in ("etag", "content-type", "cache-control", "vary", "content-length"):
        assert cold.headers[name] == warm.headers[name]
    assert cold.headers["content-type"] == "text/html; charset=utf-8"
    assert cold.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert cold.headers["vary"] == "accept-encoding"
    assert site.renders("/page") == before + 1


def test_a_change_is_seen_by_the_next_request(site: Site) -> None:
    for number in range(20):
        site.change(f"evening {number}")
        assert f"<p>evening {number}</p>".encode() in site.get("/page").body


def test_what_changes_without_a_touch_is_not_looked_at(site: Site) -> None:
    site.get("/page")
    site.change("unannounced", quietly="yes")
    assert b"first" in site.get("/page").body


def test_304_by_tag(site: Site) -> None:
    tag = site.get("/page").headers["etag"]
    assert tag.startswith('"') and tag.endswith('"')
    for held in (tag, f"W/{tag}", f'"other", {tag}', f'"a,b" , W/{tag}', "*"):
        answer = site.get("/page", If_None_Match=held)
        assert (answer.status, answer.body) == (304, b""), held
        assert answer.headers["etag"] == tag
        assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
        assert answer.headers["vary"] == "accept-encoding"
        assert "content-type" not in answer.headers
    for held in ('"other"', tag.strip('"'), "", '"', "W/"):
        assert site.get("/page", If_None_Match=held).status == 200, held
    site.change("second")
    assert site.get("/page", If_None_Match=tag).status == 200


def test_a_tag_comes_back_with_its_content(site: Site) -> None:
    tag = site.get("/page").headers["etag"]
    site.change("second")
    assert site.get("/page").headers["etag"] != tag
    site.change("first")
    assert site.get("/page", If_None_Match=tag).status == 304


def test_304_by_date_and_tags_before_dates(site: Site) -> None:
    fresh = site.get("/feeds/all.ics")
    changed = "Sun, 01 Nov 2026 12:00:00 GMT"
    assert fresh.headers["last-modified"] == changed
    assert site.get("/feeds/all.ics", If_Modified_Since=changed).status == 304
    later, earlier = "Mon, 02 Nov 2026 00:00:00 GMT", "Sun, 01 Nov 2026 11:59:59 GMT"
    assert site.get("/feeds/all.ics", If_Modified_Since=later).status == 304
    for no in (earlier, "yesterday", "", "Sun, 99 Nov 2026 12:00:00 GMT"):
        assert site.get("/feeds/all.ics", If_Modified_Since=no).status == 200, no
    both = site.get("/feeds/all.ics", If_None_Match='"other"', If_Modified_Since=later)
    assert both.status == 200
    tag = fresh.headers["etag"]
    assert site.get("/feeds/all.ics", If_None_Match=tag, If_Modified_Since=earlier).status == 304
    assert site.get("/page", If_Modified_Since=later).status == 200  # it never said when


def test_head_is_get_without_a_body(site: Site) -> None:
    cold = site.ask("HEAD", "/page", {"Accept-Encoding": "br"})
    got = site.get("/page", Accept_Encoding="br")
    warm = site.ask("HEAD", "/page", {"Accept-Encoding": "br"})
    assert cold.body == warm.body == b""
    assert got.body and int(got.headers["content-length"]) == len(got.body)
    for name in ("etag", "content-length", "content-type", "content-encoding", "vary"):
        assert cold.headers[name] == warm.headers[name] == got.headers[name]
    tag = {"If-None-Match": got.headers["etag"]}
    assert site.ask("HEAD", "/page", tag | {"Accept-Encoding": "br"}).status == 304
    missing = site.ask("HEAD", "/nowhere")
    assert (missing.status, missing.body) == (404, b"")


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("BR;q=0.5, GZIP;q=0.5", "br"),
        ("br;q=0.1, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity, br;q=0.5", None),
        ("identity;q=0", None),
        ("br;q=nonsense", None),
        ("", None),
        ("zstd", None),
        (", ;q=1,,br", "br"),
    ],
)
def test_it_is_compressed_as_asked(site: Site, accept: str, coding: str | None) -> None:
    plain = site.get("/page")
    answer = site.get("/page", Accept_Encoding=accept)
    assert answer.headers.get("content-encoding") == coding
    undone = {None: bytes, "br": brotli.decompress, "gzip": gzip.decompress}[coding]
    assert undone(answer.body) == plain.body
    assert answer.headers["vary"] == "accept-encoding"
    assert (answer.headers["etag"] == plain.headers["etag"]) == (coding is None)
    assert len(answer.body) < len(plain.body) or coding is None


def test_no_accept_encoding_is_plain_and_small_things_stay_plain(site: Site) -> None:
    assert "content-encoding" not in site.get("/page").headers
    assert "content-encoding" not in site.get("/small", Accept_Encoding="br").headers


def test_signed_in_requests_go_to_the_application(site: Site) -> None:
    for headers in (SESSION, {"Authorization": "Bearer x"}, {"Cookie": "remember_token=1"}):
        before = site.renders("/page")
        one = site.ask("GET", "/page", {**headers, "Accept-Encoding": "gzip"})
        site.ask("GET", "/page", headers)
        assert site.renders("/page") == before + 2
        assert one.headers["content-encoding"] == "gzip"
        again = {**headers, "Accept-Encoding": "gzip", "If-None-Match": one.headers["etag"]}
        assert site.ask("GET", "/page", again).status == 304
    assert site.get("/page", Accept_Encoding="gzip").headers["etag"] == one.headers["etag"]


def test_one_visitors_page_never_reaches_another(site: Site) -> None:
    assert b"Good evening, Sam" in site.ask("GET", "/greeting", SESSION).body
    assert b"Good evening, stranger" in site.get("/greeting").body
    assert b"Good evening, Sam" in site.ask("GET", "/greeting", SESSION).body
    assert b"Good evening, stranger" in site.get("/greeting", Cookie="theme=dark").body


def test_nothing_of_the_visitor_gets_into_a_kept_page(site: Site) -> None:
    marks = {
        "Cookie": "theme=poison",
        "Accept-Language": "poison",
        "Accept": "poison",
        "Range": "bytes=0-3",
        "X-Forwarded-Host": "poison.example",
        "X-Forwarded-Proto": "https",
        "Accept-Encoding": "poison, \t;;q=",
        "X-HTTP-Method-Override": "DELETE",
    }
    first = site.ask("GET", "/seen", marks)
    assert first.status == 200
    if site.port:  # a WSGI server of somebody else's passes them on; no proxy is trusted, though
        assert b"poison" not in first.body
    assert b"theme" not in first.body and b"bytes" not in first.body
    assert b"https" not in first.body
    assert site.get("/seen").body == first.body


def test_hosts_are_apart(site: Site) -> None:
    one = site.get("/seen", Host="one.example").body
    assert b"http://one.example/seen" in one
    assert b"http://two.example/seen" in site.get("/seen", Host="two.example").body
    assert site.get("/seen", Host="one.example").body == one


def test_what_is_not_the_same_for_all_is_not_kept(site: Site) -> None:
    for path in ("/sets-cookie", "/varies", "/missing", "/slow-private", "/nowhere"):
        before = site.renders(path)
        site.get(path)
        site.get(path)
        assert site.renders(path) == before + 2, path
    assert site.get("/varies", User_Agent="one").body == b"one"
    assert site.get("/varies", User_Agent="two").body == b"two"


def test_unknown_parameters_make_no_entries_and_known_ones_do(site: Site) -> None:
    before = site.renders("/page")
    for _ in range(2):
        assert b"workshop" in site.get("/page?kind=workshop").body
        assert site.get("/page?utm_source=x").headers["cache-control"] == "no-store"
    assert site.renders("/page") == before + 3


def test_other_spellings_of_an_address_make_no_entries(http_site: Site) -> None:
    before = http_site.renders("/page")
    assert http_site.get("//page").body == http_site.get("//page").body
    assert http_site.renders("/page") == before + 2


def test_the_internal_header_stays_inside_and_is_obeyed(site: Site) -> None:
    first = site.get("/until")
    assert not [name for name in first.headers if "groundswell" in name]
    assert not [name for name in site.ask("GET", "/until", SESSION).headers if "ground" in name]
    assert site.get("/until").body == first.body
    time.sleep(1.3)
    assert site.get("/until").body != first.body


def test_a_failing_feed_serves_the_last_good_one(site: Site) -> None:
    good = site.get("/feeds/all.ics", Accept_Encoding="br")
    site.get("/page")
    site.change("crash")
    failing = site.get("/feeds/all.ics", Accept_Encoding="br")
    assert (failing.status, failing.body) == (200, good.body)
    assert site.get("/feeds/all.ics", If_None_Match=good.headers["etag"]).status == 304
    site.change("better")
    assert b"better" in site.get("/feeds/all.ics").body
    assert b"better" in site.get("/page").body


def test_a_failing_page_stands_as_it_was_for_a_while(
    wsgi_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = wsgi_site
    site.change("first")
    good = site.get("/page")
    site.change("crash")
    assert site.get("/page").body == good.body
    assert site.get("/page?kind=never-before").status == 500
    monkeypatch.setattr(showing, "PAGE_GOOD_FOR", -1.0)  # ten minutes later
    assert site.get("/page").status == 500
    site.change("better")
    assert b"better" in site.get("/page").body


def test_a_feed_that_was_taken_away_never_comes_back_by_a_failure(site: Site) -> None:
    assert site.get("/feeds/all.ics").status == 200
    site.change("gone")
    assert site.get("/feeds/all.ics").status == 404
    site.change("crash")
    assert site.get("/feeds/all.ics").status == 500


def test_a_private_document_is_compressed_and_checked_but_not_kept(site: Site) -> None:
    before = site.renders("/feeds/me.ics")
    first = site.get("/feeds/me.ics", Accept_Encoding="gzip")
    assert b"private" in gzip.decompress(first.body)
    same = site.get("/feeds/me.ics", Accept_Encoding="gzip", If_None_Match=first.headers["etag"])
    assert (same.status, same.headers["cache-control"]) == (304, "private, no-cache")
    assert site.renders("/feeds/me.ics") == before + 2


def test_very_long_addresses_pass(site: Site) -> None:
    assert site.get("/page?kind=" + "x" * 5_000).status == 200
    assert site.get("/" + "x" * 5_000).status == 404


@pytest.mark.parametrize("path", ["/%ff%fe", "/%00", "/..%2f..%2fetc/passwd", "/page%2f"])
def test_odd_paths_are_not_found(site: Site, path: str) -> None:
    site.get("/page")
    assert site.get(path).status == 404


def test_a_stampede_renders_once(site: Site) -> None:
    before, parts = site.renders("/slow"), 12
    with ThreadPoolExecutor(parts) as crowd:
        answers = list(crowd.map(lambda _: site.get("/slow"), range(parts)))
    assert {answer.body for answer in answers} == {f"first {PADDING}".encode()}
    assert site.renders("/slow") == before + 1


def test_who_asks_after_a_change_does_not_get_what_was_begun_before(site: Site) -> None:
    with ThreadPoolExecutor(1) as early:
        begun = early.submit(site.get, "/slow")
        time.sleep(0.1)
        site.change("second")
        assert b"second" in site.get("/slow").body
        assert b"first" in begun.result().body
    assert b"second" in site.get("/slow").body


def test_private_pages_do_not_wait_for_each_other(http_site: Site) -> None:
    http_site.get("/slow-private")
    began = time.monotonic()
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda _: http_site.get("/slow-private"), range(8)))
    assert time.monotonic() - began < 0.6


# --- What only a server of ours can promise --------------------------------------------------


def test_a_slow_body_holds_up_nobody(http_site: Site) -> None:
    http_site.get("/page")
    slow = []
    for _ in range(64):
        connection = socket.create_connection(("127.0.0.1", http_site.port))
        connection.sendall(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
        slow.append(connection)
    began = time.monotonic()
    assert http_site.get("/page").status == 200
    assert http_site.ask("POST", "/length", {}, b"quick").body.strip() == b"5"
    assert time.monotonic() - began < 1
    slow[0].sendall(b"y" * 999)
    assert b"1000" in slow[0].recv(4_000)
    for connection in slow:
        connection.close()


def test_bodies_are_bounded(http_site: Site) -> None:
    with socket.create_connection(("127.0.0.1", http_site.port), timeout=5) as declared:
        declared.sendall(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n")
        answer = _until_quiet(declared)
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"At most 5 MB" in answer
    head = b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%s\r\n" % (1_000_000, b"x" * 1_000_000)
    with socket.create_connection(("127.0.0.1", http_site.port), timeout=5) as chunked:
        chunked.sendall(head + 3 * chunk + b"0\r\n\r\n")
        assert b"3000000" in _until_quiet(chunked)
    with socket.create_connection(("127.0.0.1", http_site.port), timeout=5) as endless:
        endless.sendall(head)
        sender = threading.Thread(target=_send_until_closed, args=(endless, chunk))
        sender.start()
        assert endless.recv(200).startswith(b"HTTP/1.1 413")
        sender.join()


def _until_quiet(connection: socket.socket) -> bytes:
    connection.settimeout(0.5)
    received = b""
    try:
        while part := connection.recv(4_000):
            received += part
    except TimeoutError:
        pass
    return received


def _send_until_closed(connection: socket.socket, chunk: bytes) -> None:
    try:
        for _ in range(30):
            connection.sendall(chunk)
    except OSError:
        pass


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        closing = request.replace(b"\n\n", b"\nConnection: close\n\n", 1)
        connection.sendall(closing.replace(b"\n", b"\r\n"))
        return _until_quiet(connection)


def test_odd_requests_cannot_poison(http_site: Site) -> None:
    http_site.change("first")
    port = http_site.port
    two = raw(port, b"GET /seen HTTP/1.1\nHost: a.example\nHost: b.example\n\n")
    assert two.startswith(b"HTTP/1.1 400")
    fat = raw(port, b"GET /seen HTTP/1.1\nHost: a.example\nContent-Length: 4\n\nkind")
    assert fat.startswith(b"HTTP/1.1 200")
    absolute = raw(port, b"GET http://evil.example/seen HTTP/1.1\nHost: a.example\n\n")
    assert b"http://a.example/seen" in absolute
    underscored = raw(port, b"GET /seen HTTP/1.1\nHost: a.example\nX_Forwarded_Host: evil\n\n")
    assert b"evil" not in underscored
    old = raw(port, b"GET /page HTTP/1.0\n\n")
    assert b"<p>first</p>" in old
    cookies = b"Cookie: a=b\nCookie: groundswell_session=Sam\n"
    two_cookies = raw(port, b"GET /greeting HTTP/1.1\nHost: c.example\n" + cookies + b"\n")
    assert b"Good evening, Sam" in two_cookies
    assert b"stranger" in http_site.get("/greeting", Host="c.example").body


@pytest.fixture(params=["http", "wsgi"])
def proxied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site that trusts one proxy in front of it."""
    url = f"sqlite:///{tmp_path / 'site.db'}"
    app = make_app(url, proxies=1)
    prepare(app)
    if request.param == "http":
        with on_free_port(lambda port: running(port, url, proxies=1)) as port:
            yield Site(ask_over_http(port), port)
    else:
        front = fronted(app)
        yield Site(ask_by_wsgi(Client(front, use_cookies=False)))
        front.window.close()
    with app.app_context():
        db.engine.dispose()


def test_behind_a_proxy_what_it_says_is_part_of_the_address(proxied: Site) -> None:
    def url(**headers: str) -> bytes:
        return proxied.get("/seen", Host="inner", **headers).body.rpartition(b"}")[2]

    assert url(X_Forwarded_Host="one.example") == b"http://one.example/seen"
    assert url(X_Forwarded_Host="two.example") == b"http://two.example/seen"
    assert url(X_Forwarded_Host="made.up, one.example") == b"http://one.example/seen"
    assert url(X_Forwarded_Proto="https", X_Forwarded_Host="one.example") == (
        b"https://one.example/seen"
    )
    assert url() == b"http://inner/seen"
    before = proxied.renders("/seen")
    url(X_Forwarded_Host="another.made.up, one.example", X_Forwarded_For="1.2.3.4")
    assert proxied.renders("/seen") == before
